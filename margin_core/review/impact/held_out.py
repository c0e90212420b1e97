"""Which samples judge, and which are learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.domain.samples import encode_groups, encode_splits
from margin_core.errors import MissingPart
from margin_core.probe.folds import assign_folds
from margin_core.values import UNLABELLED, Ints, Study, freeze, usable_rows

PARTS = 4
"""Without a split of its own, a study is held out by quarters, one after the other."""

ENOUGH = 10_000
"""Held-out samples after which no further quarter is held out: the interval is narrow, the time long."""

LEAST = 20
"""Of fewer held-out samples nothing can be said."""


@dataclass(frozen=True, eq=False, kw_only=True)
class HeldOut:
    """Who is held out when.

    Attributes
    ----------
    part : int array (n,)
        The part that each sample is in; -1 = in none: always learnt from.
    used : int
        Parts 0 to used - 1 are held out in turn, each from a model of its own.
    units : int array (n,)
        Samples of one unit belong together (a group); everybody else is a unit of their own.
    words : str
        Which samples judge, for a person.
    """

    part: Ints
    used: int
    units: Ints
    words: str

    def __post_init__(self) -> None:
        freeze(self, "part", "units")

    @property
    def judges(self) -> NDArray[np.bool_]:
        """Samples that are held out at some time, (n,)."""
        found: NDArray[np.bool_] = (self.part >= 0) & (self.part < self.used)
        return found

    @property
    def teaches(self) -> NDArray[np.bool_]:
        """Samples that some model learns from, (n,)."""
        found: NDArray[np.bool_] = np.any([self.learnt_from(part) for part in range(self.used)], axis=0)
        return found

    def learnt_from(self, part: int) -> NDArray[np.bool_]:
        """Give the samples that may be learnt from while a part is held out: no group is on both sides. (n,)."""
        out = self.part == part
        found: NDArray[np.bool_] = ~out & ~np.isin(self.units, self.units[out])
        return found


def hold_out(study: Study, judged_by: Ints) -> HeldOut:
    """Choose who judges.

    The study's own split where it has one: everything but the split that is learnt from (``train``, else the largest).
    Else each quarter in turn, dealt class by class in an order drawn for the sorted ids, groups kept whole; from 40,000
    samples on one quarter is enough.

    Parameters
    ----------
    study : Study
        With labels and embedding.
    judged_by : int array (n,)
        The labels that held-out samples are judged by; `UNLABELLED` judges nothing.

    Raises
    ------
    MissingPart
        No labels or features, one class only, fewer than `LEAST` samples to judge by, or groups so large that none can
        be held out.
    """
    labels, n = study.labels, len(study)
    usable = usable_rows(study.embedding)
    known = usable & (labels != UNLABELLED)
    if len(np.unique(labels[known])) < 2:
        raise MissingPart(
            f"The labels of study '{study.name}' are all of one class, so there is nothing to learn, and nothing that "
            "corrections could buy."
        )
    groups = encode_groups(study.columns["group"]) if "group" in study.columns else None
    alone = np.arange(n)
    units = alone if groups is None else np.where(groups < 0, groups.max() + 1 + alone, groups)
    can_judge = usable & (judged_by != UNLABELLED)
    splits = encode_splits(study.columns["split"]) if "split" in study.columns else None
    if splits is not None and (can_judge & (splits > 0)).sum() >= LEAST:
        names = np.unique(study.columns["split"].astype(str)[splits > 0])
        words = f"the {int((can_judge & (splits > 0)).sum()):,} samples of the split {' and '.join(names.tolist())}"
        held = HeldOut(part=np.where(splits > 0, 0, -1), used=1, units=units, words=words)
    else:
        part = assign_folds(np.where(known, labels, UNLABELLED), study.ids, PARTS, groups)
        sizes = np.cumsum(np.bincount(part[can_judge], minlength=PARTS))
        used = min(int(np.searchsorted(sizes, ENOUGH)) + 1, PARTS)
        words = (
            f"all {int(sizes[-1]):,} samples, each by a model that learnt from the other three quarters"
            if used == PARTS
            else f"{int(sizes[used - 1]):,} samples that the model did not learn from"
        )
        held = HeldOut(part=part, used=used, units=units, words=words)
    judging = int((can_judge & held.judges).sum())
    if judging < LEAST:
        raise MissingPart(
            f"Study '{study.name}' has {judging} labelled samples that could be held out; to see what corrections buy "
            f"takes at least {LEAST}."
        )
    if any(len(np.unique(labels[known & held.learnt_from(part)])) < 2 for part in range(held.used)):
        raise MissingPart(
            f"Study '{study.name}' cannot be held out in part: its split or its groups leave labels of fewer than two "
            "classes to learn from."
        )
    return held
