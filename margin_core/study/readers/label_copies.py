"""Columns of a table that say what the label says: a model that is given one of them learns nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from margin_core.study.notes import Note, assumption
from margin_core.study.samples import listed
from margin_core.study.typed_column import TypedColumn
from margin_core.values import UNLABELED, Ints

MIN_AGREEMENT = 0.95
"""Share of the labels that a column repeats at least; some of them are wrong, and its own values are not."""

MIN_LABELS = 20
"""Of fewer, two columns agree by chance."""


def notes_of_label_copies(typed: Sequence[TypedColumn], labels: Ints) -> Iterator[Note]:
    """Yield which features have a value for each class, and no other.

    Parameters
    ----------
    typed : sequence of TypedColumn
        That are features, of n rows.
    labels : int array (n,)
        Class numbers; `UNLABELED` where there is none.

    Yields
    ------
    Note
        One for all of them.
    """
    copies = [(column.name, agreement) for column in typed if (agreement := copied_share(column, labels))]
    if not copies:
        return
    names, least = [name for name, _ in copies], min(share for _, share in copies)
    are = "column has" if len(copies) == 1 else "columns have"
    yield assumption(
        f"{len(copies)} {are} one value for each class, the same for {least:.0%} of the labels ({listed(names)}). What "
        f"is ranked then compares labels with themselves: if it was written from the label, choose --feature "
        f"{names[0]}:ignore."
    )


def copied_share(column: TypedColumn, labels: Ints) -> float:
    """Return for which share of the labels a column says the same, if it has one value for each class.

    Parameters
    ----------
    column : TypedColumn
    labels : int array (n,)
        Class of each sample; `UNLABELED` where it has none.

    Returns
    -------
    float
        In [`MIN_AGREEMENT`, 1], or 0 where it is no copy.
    """
    given = column.codes if column.codes is not None else column.values
    known = labels != UNLABELED
    n = int(known.sum())
    classes, members = np.unique(labels[known], return_counts=True)
    if given is None or n < MIN_LABELS or not 2 <= len(classes) <= n / 2:
        return 0.0
    values = given[known]
    # A column of measurements has many values: the first rows tell it apart at once.
    if len(np.unique(values[: 4 * len(classes) + 100])) > len(classes) + 1:
        return 0.0
    names, places = np.unique(values, return_inverse=True)
    if not len(classes) <= len(names) <= len(classes) + 1:  # A missing value is one more.
        return 0.0
    together = np.zeros((len(names), len(classes)), dtype=np.int64)
    np.add.at(together, (places, np.searchsorted(classes, labels[known])), 1)
    of_class = together.argmax(axis=0)
    agreement = float(together.max(axis=0).sum() / members.sum())
    return agreement if len(set(of_class.tolist())) == len(classes) and agreement >= MIN_AGREEMENT else 0.0
