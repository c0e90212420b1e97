"""Samples that a command names: by their ids, never by their rows."""

from __future__ import annotations

from collections.abc import Sequence

from margin_core.errors import ParameterError
from margin_core.values import Study


def find_rows(study: Study, ids: Sequence[str]) -> list[int]:
    """Return the rows of samples.

    Parameters
    ----------
    study : Study
    ids : sequence of str

    Returns
    -------
    list of int
        In the order given.

    Raises
    ------
    ParameterError
        There is no such sample; where it is the number of a row, the message names the id of that row.
    """
    row_of = study.row_of
    for name in ids:
        if name not in row_of:
            is_row = name.isascii() and name.isdigit() and int(name) < len(study)
            hint = f" Samples are named by their ids; that of row {name} is '{study.ids[int(name)]}'." if is_row else ""
            raise ParameterError(f"Study '{study.name}' has no sample '{name}'.{hint}")
    return [row_of[name] for name in ids]
