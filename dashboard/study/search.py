"""Finding samples by what they are called, and by what they are made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.study.inputs.sample_display import WORDS, shown_kind
from margin_core.values import Ints, Need, Study


def find_samples(study: Study, text: str) -> Ints:
    """Find samples by the name of their class, or by a part of their id, file, text or of a value that is no number.

    Parameters
    ----------
    study : Study
    text : str
        Upper and lower case are alike.

    Returns
    -------
    int array
        Rows, ascending.
    """
    sought = text.casefold()
    named = np.array([sought == name.casefold() for name in study.class_names], dtype=bool)
    if named.any() and study.has(Need.LABELS):
        return np.flatnonzero(np.isin(study.labels, np.flatnonzero(named)))
    columns = [study.ids, *(study.columns[name] for name in ("file",) if name in study.columns)]
    hits = [np.char.find(np.char.lower(column.astype(str)), sought) >= 0 for column in columns]
    return np.flatnonzero(np.any([*hits, *_in_content(study, sought)], axis=0))


def _in_content(study: Study, sought: str) -> list[NDArray[np.bool_]]:
    """Return which samples have a text in what they are made of, (n,) for each place where one may be."""
    match shown_kind(study):
        case "text":
            found = (sought in str(study.inputs[row]).casefold() for row in range(len(study)))
            return [np.fromiter(found, dtype=bool, count=len(study))]
        case "values" if getattr(study.inputs, "written", None) is not None:
            import pyarrow as pa  # slow to import, and here already where a table was read from a file
            import pyarrow.compute as pc

            texts = (one for one in study.inputs.written.columns.values() if pa.types.is_string(one.type))
            matches = (pc.match_substring(one, sought, ignore_case=True).fill_null(False) for one in texts)
            return [np.asarray(one, dtype=bool) for one in matches]
        case "none" if WORDS in study.columns:
            return [np.char.find(np.char.lower(study.columns[WORDS].astype(str)), sought) >= 0]
        case _:
            return []
