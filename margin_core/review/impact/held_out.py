"""Held-out evaluation: which samples accuracy is measured on, and which models are fitted to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.domain.samples import encode_groups, encode_splits
from margin_core.errors import MissingPart
from margin_core.probe.folds import assign_folds
from margin_core.values import UNLABELED, Ints, Study, freeze, usable_rows

N_PARTS = 4
"""Without a split of its own, a study is held out by quarters, one after the other."""

ENOUGH_SAMPLES = 10_000
"""Held-out samples after which no further quarter is held out: the interval is narrow, the time long."""

MIN_SAMPLES = 20
"""Fewer held-out samples are too few to measure accuracy on."""


@dataclass(frozen=True, eq=False, kw_only=True)
class HeldOut:
    """Which samples are held out when.

    Parameters
    ----------
    part : int array (n,)
        The part that each sample is in; -1 = in none: always fitted to.
    n_used : int
        Parts 0 to n_used - 1 are held out in turn, each from a model of its own.
    units : int array (n,)
        Samples of one unit belong together (a group); every other sample is a unit of its own.
    description : str
        Which samples are held out, for a person.
    """

    part: Ints
    n_used: int
    units: Ints
    description: str

    def __post_init__(self) -> None:
        freeze(self, "part", "units")

    @property
    def evaluated(self) -> NDArray[np.bool_]:
        """Samples that are held out at some time, (n,)."""
        found: NDArray[np.bool_] = (self.part >= 0) & (self.part < self.n_used)
        return found

    @property
    def training(self) -> NDArray[np.bool_]:
        """Samples that some model is fitted to, (n,)."""
        found: NDArray[np.bool_] = np.any([self.training_rows(part) for part in range(self.n_used)], axis=0)
        return found

    def training_rows(self, part: int) -> NDArray[np.bool_]:
        """Return the samples that a model may be fitted to while a part is held out: no group is on both sides.

        Parameters
        ----------
        part : int

        Returns
        -------
        bool array (n,)
        """
        out = self.part == part
        found: NDArray[np.bool_] = ~out & ~np.isin(self.units, self.units[out])
        return found


def hold_out(study: Study, evaluation_labels: Ints) -> HeldOut:
    """Select the samples that accuracy is measured on.

    The study's own split where it has one: everything but the training split (``train``, else the largest). Else each
    quarter in turn, stratified by class in a random order of the sorted ids, groups in one part; from 40,000 samples on
    one quarter is enough.

    Parameters
    ----------
    study : Study
        With labels and embedding.
    evaluation_labels : int array (n,)
        The labels that accuracy is measured by; `UNLABELED` for a sample that is left out.

    Returns
    -------
    HeldOut

    Raises
    ------
    MissingPart
        No labels or features, one class only, fewer than `MIN_SAMPLES` samples to hold out, or groups so large that
        none can be held out.
    """
    labels, n = study.labels, len(study)
    usable = usable_rows(study.embedding)
    known = usable & (labels != UNLABELED)
    if len(np.unique(labels[known])) < 2:
        raise MissingPart(
            f"The labels of study '{study.name}' are all of one class, so there is nothing to learn, and "
            "corrections can have no impact."
        )
    groups = encode_groups(study.columns["group"]) if "group" in study.columns else None
    alone = np.arange(n)
    units = alone if groups is None else np.where(groups < 0, groups.max() + 1 + alone, groups)
    can_evaluate = usable & (evaluation_labels != UNLABELED)
    splits = encode_splits(study.columns["split"]) if "split" in study.columns else None
    if splits is not None and (can_evaluate & (splits > 0)).sum() >= MIN_SAMPLES:
        names = np.unique(study.columns["split"].astype(str)[splits > 0])
        words = f"the {int((can_evaluate & (splits > 0)).sum()):,} samples of the split {' and '.join(names.tolist())}"
        held = HeldOut(part=np.where(splits > 0, 0, -1), n_used=1, units=units, description=words)
    else:
        part = assign_folds(np.where(known, labels, UNLABELED), study.ids, N_PARTS, groups)
        sizes = np.cumsum(np.bincount(part[can_evaluate], minlength=N_PARTS))
        used = min(int(np.searchsorted(sizes, ENOUGH_SAMPLES)) + 1, N_PARTS)
        words = (
            f"all {int(sizes[-1]):,} samples, each by a model that learned from the other three quarters"
            if used == N_PARTS
            else f"{int(sizes[used - 1]):,} samples that the model did not learn from"
        )
        held = HeldOut(part=part, n_used=used, units=units, description=words)
    n_evaluated = int((can_evaluate & held.evaluated).sum())
    if n_evaluated < MIN_SAMPLES:
        raise MissingPart(
            f"Study '{study.name}' has {n_evaluated} labeled samples that could be held out; measuring the impact of "
            f"corrections takes at least {MIN_SAMPLES}."
        )
    if any(len(np.unique(labels[known & held.training_rows(part)])) < 2 for part in range(held.n_used)):
        raise MissingPart(
            f"Study '{study.name}' cannot be held out in part: its split or its groups leave labels of fewer than two "
            "classes to learn from."
        )
    return held
