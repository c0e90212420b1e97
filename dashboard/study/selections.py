"""Samples that somebody selected, kept under a short key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from margin_core.storage.fingerprint import fingerprint
from margin_core.values import Ints

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy

MAX_SELECTIONS = 32


@dataclass(frozen=True, eq=False)
class Selection:
    """Some samples, and in words which.

    Attributes
    ----------
    rows : int array
    title : str
    is_ranked : bool
        Whether they are shown in this order; else the most suspect first.
    """

    rows: Ints
    title: str
    is_ranked: bool = False


def keep_selection(opened: OpenStudy, rows: Ints | Sequence[int], title: str, *, is_ranked: bool = False) -> str:
    """Store a selection of samples and return its key; the last 32 are kept.

    Parameters
    ----------
    rows : int array (r,)
    title : str
        Which samples these are, to follow their number: ``12 samples <title>``.
    is_ranked : bool
        Whether they are shown in this order; else the most suspect first.
    """
    kept = np.asarray(rows, dtype=np.int64)
    key = fingerprint(kept, title, is_ranked)[:16]
    opened.memory.keep("selection", key, Selection(kept, title, is_ranked), capacity=MAX_SELECTIONS)
    return key


def selection_of(opened: OpenStudy, key: str | None) -> Selection | None:
    """Return the selection of a key; None when it is not kept (any more), or there is no key."""
    return opened.memory.get("selection", key) if key else None


def ordered_rows(opened: OpenStudy, selection: Selection) -> Ints:
    """List the samples of a selection in the order in which they are shown."""
    return selection.rows if selection.is_ranked else opened.session.sort_by_score(selection.rows)
