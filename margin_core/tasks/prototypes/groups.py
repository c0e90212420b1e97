"""The groups in which samples are compared with each other: the classes, or the data set as one."""

from __future__ import annotations

import numpy as np

from margin_core.values import UNLABELED, Ints, Need, Study, usable_rows


def has_classes(study: Study) -> bool:
    """Return whether any sample of a study has a label.

    Parameters
    ----------
    study : Study

    Returns
    -------
    bool
    """
    return study.has(Need.LABELS) and bool((study.labels != UNLABELED).any())


def number_groups(study: Study, *, by_class: bool) -> Ints:
    """Return the group of each sample.

    Parameters
    ----------
    study : Study
        With an embedding.
    by_class : bool
        Whether the classes are the groups, where there are any; else all samples are one.

    Returns
    -------
    int array (n,)
        The class, or 0; -1 = in none, for want of features or of a label.
    """
    numbers = study.labels if by_class and has_classes(study) else np.zeros(len(study), dtype=np.int64)
    return np.where(usable_rows(study.embedding), numbers, -1)


def rows_of_groups(numbers: Ints) -> tuple[Ints, ...]:
    """Return the rows of each group that has any.

    Parameters
    ----------
    numbers : int array (n,)
        The group of each row; -1 = in none.

    Returns
    -------
    tuple of int arrays (g,)
        In the order of the groups' numbers; rows ascending.
    """
    order = np.argsort(numbers, kind="stable")
    found, starts = np.unique(numbers[order], return_index=True)
    parts = np.split(order, starts[1:])
    return tuple(rows for number, rows in zip(found, parts, strict=True) if number >= 0)
