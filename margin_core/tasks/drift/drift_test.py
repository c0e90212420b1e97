"""Whether the new samples differ from the reference, as a whole and class by class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from margin_core.domain.hash_sample import hash_sample
from margin_core.storage.engine import Run
from margin_core.tasks.drift.compared_classes import ComparedClasses, compare_classes
from margin_core.tasks.drift.two_sample import TwoSampleTest, adjust_holm, compare_samples
from margin_core.values import UNLABELED, Doubles, Floats, Ints, Study, Texts, usable_rows
from margin_core.values.arrays import freeze

VERSION = 1
"""Raised whenever the same samples would be tested otherwise."""

MIN_OF_A_CLASS = 5
"""Samples from which a class is tested, on either side."""

MAX_OF_A_CLASS = 500
"""Samples of a class that are compared, on either side; a hash of the ids selects them."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ClassShifts:
    """What became of c classes.

    Attributes
    ----------
    names : array of str (c,)
    n_new, n_reference : int array (c,)
        Samples.
    mmd : float array (c,)
        Squared discrepancy between new and reference within the class; NaN where it was not tested.
    p_values, corrected : float array (c,)
        Of the test within the class, and corrected for the number of classes (Holm); NaN where it was not tested.
    permutations : int
        Of each class: so many that also the corrected p-value could fall below the level.
    source : str
        Where the classes come from; see `margin_core.tasks.drift.compared_classes`.
    """

    names: Texts
    n_new: Ints
    n_reference: Ints
    mmd: Doubles
    p_values: Doubles
    corrected: Doubles
    permutations: int
    source: str

    def __post_init__(self) -> None:
        freeze(self, "names", "n_new", "n_reference", "mmd", "p_values", "corrected")

    def __len__(self) -> int:
        return len(self.names)

    @property
    def shares_new(self) -> Doubles:
        """Share of each class among the new samples that have one, (c,)."""
        return self.n_new / max(int(self.n_new.sum()), 1)

    @property
    def shares_reference(self) -> Doubles:
        """The same of the reference, (c,)."""
        return self.n_reference / max(int(self.n_reference.sum()), 1)

    def drifted(self, level: float) -> NDArray[np.bool_]:
        """Return which classes differ from the reference.

        Parameters
        ----------
        level : float
            Bound on the chance that any is named that does not.

        Returns
        -------
        bool array (c,)
        """
        return np.nan_to_num(self.corrected, nan=1.0) <= level


@dataclass(frozen=True, eq=False)
class DriftTest:
    """Both tests, and the shares of classes.

    Attributes
    ----------
    whole : TwoSampleTest
        Of all samples, or of as many as were compared.
    classes : ClassShifts
    shares_p : float
        Of a chi-squared test whether the shares of the classes are the same; NaN with less than two classes.
    class_of : int array (n,)
        Place among the classes of each new sample; -1 where it has none.
    """

    whole: TwoSampleTest
    classes: ClassShifts
    shares_p: float
    class_of: Ints

    def __post_init__(self) -> None:
        freeze(self, "class_of")

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return the result as named arrays, for an archive.

        Returns
        -------
        dict of str to array
        """
        whole, classes = self.whole, self.classes
        named = {name: getattr(classes, name) for name in _OF_CLASSES}
        return named | {
            "whole": np.array([whole.mmd, whole.p_value, self.shares_p]),
            "counts": np.array([whole.permutations, whole.n_new, whole.n_reference, classes.permutations]),
            "source": np.array([classes.source]),
            "class_of": self.class_of,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return the result from the arrays of `to_arrays`.

        Parameters
        ----------
        arrays : mapping of str to array
            As `to_arrays` names them.

        Returns
        -------
        DriftTest
        """
        mmd, p_value, shares_p = arrays["whole"].tolist()
        permutations, n_new, n_reference, of_classes = arrays["counts"].tolist()
        classes = ClassShifts(
            **{name: np.asarray(arrays[name]) for name in _OF_CLASSES},
            permutations=of_classes,
            source=str(arrays["source"][0]),
        )
        whole = TwoSampleTest(mmd, p_value, permutations, n_new, n_reference)
        return cls(whole, classes, shares_p, np.asarray(arrays["class_of"]))


_OF_CLASSES = ("names", "n_new", "n_reference", "mmd", "p_values", "corrected")


def measure_drift(study: Study, permutations: int, samples: int, level: float, run: Run) -> DriftTest:
    """Test whether the samples of a study differ from its reference.

    Parameters
    ----------
    study : Study
        With an embedding and a reference.
    permutations : int
        Of the test of the whole; of those of classes as many or more.
    samples : int
        Samples that are compared on either side at most; a hash of the ids selects them.
    level : float
        Of the tests of classes, which decides how many permutations these need.
    run : Run
        Receives the progress.

    Returns
    -------
    DriftTest
    """
    reference = study.reference
    new, old = (_usable_sample(one, np.arange(len(one)), samples) for one in (study, reference))
    whole = compare_samples(new, old, permutations, run.part(0.0, 0.4))
    classes = compare_classes(study, run.part(0.4, 0.6))
    shifts = _shifts(study, classes, permutations, level, run.part(0.6, 1.0))
    return DriftTest(whole, shifts, _test_shares(classes), classes.new)


def _usable_sample(study: Study, rows: Ints, count: int) -> Floats:
    """Return the features of some of the rows, in the order of their ids."""
    rows = rows[usable_rows(study.embedding[rows])]
    rows = rows[hash_sample(study.ids[rows], count)]
    return study.embedding[rows[np.argsort(study.ids[rows], kind="stable")]]


def _shifts(study: Study, classes: ComparedClasses, permutations: int, level: float, run: Run) -> ClassShifts:
    c = len(classes.names)
    counts = [np.bincount(one[one != UNLABELED], minlength=c) for one in (classes.new, classes.reference)]
    tested = np.flatnonzero((counts[0] >= MIN_OF_A_CLASS) & (counts[1] >= MIN_OF_A_CLASS))
    # The smallest p-value times the number of classes is half the level.
    permutations = max(permutations, ceil(2 * len(tested) / level) - 1)
    mmd, p_values = np.full(c, np.nan), np.full(c, np.nan)
    for place, number in enumerate(tested.tolist()):
        run.report(place / len(tested), f"Testing class {place + 1:,} of {len(tested):,}")
        found = compare_samples(
            _usable_sample(study, np.flatnonzero(classes.new == number), MAX_OF_A_CLASS),
            _usable_sample(study.reference, np.flatnonzero(classes.reference == number), MAX_OF_A_CLASS),
            permutations,
        )
        if min(found.n_new, found.n_reference) >= MIN_OF_A_CLASS:
            mmd[number], p_values[number] = found.mmd, found.p_value
    return ClassShifts(
        names=np.array(classes.names, dtype=str) if c else np.empty(0, "U1"),
        n_new=counts[0],
        n_reference=counts[1],
        mmd=mmd,
        p_values=p_values,
        corrected=adjust_holm(p_values),
        permutations=permutations,
        source=classes.source,
    )


def _test_shares(classes: ComparedClasses) -> float:
    from scipy.stats import chi2_contingency  # slow to import

    c = len(classes.names)
    counts = np.stack([np.bincount(one[one != UNLABELED], minlength=c) for one in (classes.new, classes.reference)])
    counts = counts[:, counts.any(axis=0)]
    if counts.shape[1] < 2 or not counts.any(axis=1).all():
        return float("nan")
    return float(chi2_contingency(counts, correction=False).pvalue)
