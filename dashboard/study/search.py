"""Finding samples by what they are called."""

from __future__ import annotations

import numpy as np

from margin_core.values import Ints, Study


def find_samples(study: Study, text: str) -> Ints:
    """Find samples by a part of their id or file, or by the name of their class; upper and lower case are alike."""
    sought = text.casefold()
    named = np.array([sought == name.casefold() for name in study.class_names], dtype=bool)
    if named.any():
        return np.flatnonzero(np.isin(study.labels, np.flatnonzero(named)))
    columns = [study.ids, *(study.columns[name] for name in ("file",) if name in study.columns)]
    hits = [np.char.find(np.char.lower(column.astype(str)), sought) >= 0 for column in columns]
    return np.flatnonzero(np.any(hits, axis=0))
