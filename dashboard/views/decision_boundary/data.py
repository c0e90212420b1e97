"""The samples between two classes of the model, pair by pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from dashboard.study.cards import sample_reference
from dashboard.study.open_study import OpenStudy
from dashboard.study.payloads import ReadableSample
from dashboard.study.sample_content import readable_sample
from margin_core.function.uncertainty import NO_CLASS
from margin_core.tasks import DecisionBoundary
from margin_core.tasks.decision_boundary.class_margin import class_contact
from margin_core.values import Doubles, Explanation, Ints, Study

Pair = tuple[int, int]
"""Two classes, the smaller number first."""

RANKINGS = {"boundary": DecisionBoundary(), "errors": DecisionBoundary(view="errors")}
"""What the page can show, by the name that addresses give it; the default first."""

MAX_SAMPLES = 120
"""Of one pair the browser is sent no more samples."""

MAX_PAIRS = 300
"""Pairs to choose from; beyond, those that touch least are left out."""

MAX_CLASSES = 16
"""In the table of pairs; beyond, those classes that touch least are left out."""

MAX_BOUNDARIES = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Boundary:
    """An answer, with the pair of classes that each sample lies between.

    Attributes
    ----------
    answer : Explanation
    probabilities : float array (n, c)
    predicted : int array (n,)
    wrong : bool array (n,)
        Whether that is not its label.
    scores : float array (n,)
        0 where there are no probabilities.
    pair_of : int array (n,)
        Number of its pair, ``a * c + b`` with a < b; -1 for none.
    touch : float array (c, c)
        How much classes touch; see `margin_core.tasks.decision_boundary.class_margin.class_contact`.
    pairs : tuple of Pair
        All that touch or have samples between them, those that touch most first.
    """

    answer: Explanation
    probabilities: NDArray[np.floating]
    predicted: Ints
    wrong: NDArray[np.bool_]
    scores: Doubles
    pair_of: Ints
    touch: Doubles
    pairs: tuple[Pair, ...]

    def between(self, pair: Pair, limit: int | None = None) -> Ints:
        """Select the samples between two classes, in the order of the ranking."""
        ranked = self.answer.rows
        rows: Ints = ranked[self.pair_of[ranked] == self.number(pair)][:limit]
        return rows

    def number(self, pair: Pair) -> int:
        """Return the number of a pair."""
        return pair[0] * len(self.touch) + pair[1]

    def lead(self, pair: Pair, rows: Ints) -> Doubles:
        """Return by how much the first class of a pair is likelier than the second, in [-1, 1]."""
        lead: Doubles = self.probabilities[rows, pair[0]].astype(np.float64) - self.probabilities[rows, pair[1]]
        return lead


def boundary_of(opened: OpenStudy, order: str) -> Boundary | None:
    """Return the samples between classes in one of the orders of `RANKINGS`; None until that is computed.

    Raises
    ------
    MissingPart
        The study lacks something that takes.
    """
    found = opened.answer(RANKINGS[order])
    if found is None:
        return None
    return opened.memory.recall("boundary", order, lambda: by_pair(opened.study, found), capacity=MAX_BOUNDARIES)


def by_pair(study: Study, found: Explanation) -> Boundary:
    """Assign each sample of an answer to its pair of classes; O(edges)."""
    findings, c = found.findings, len(study.class_names)
    by_row = {name: _by_row(found, findings.evidence[name]) for name in ("first", "second", "given", "wrong")}
    ranked = _by_row(found, findings.roles == "boundary")
    predicted, wrong = by_row["first"], by_row["wrong"]
    # In the order of errors, a misclassified sample lies between its label and the predicted class.
    errors = found.parameters["view"] == "errors"
    other = np.where(wrong & errors, by_row["given"], by_row["second"])
    low, high = np.minimum(predicted, other), np.maximum(predicted, other)
    pair_of = np.where(ranked & (low != NO_CLASS), low * c + high, NO_CLASS)
    touch = class_contact(found.graph, predicted, c)
    counts = np.bincount(pair_of[pair_of >= 0], minlength=c * c).reshape(c, c)
    first, second = np.nonzero(np.triu((touch > 0) | (counts > 0), 1))
    order = np.lexsort((second, first, -counts[first, second], -touch[first, second]))
    signal = found.signal.values
    return Boundary(
        answer=found,
        probabilities=np.asarray(signal),
        predicted=predicted,
        wrong=wrong,
        scores=_by_row(found, findings.scores),
        pair_of=pair_of,
        touch=touch,
        pairs=tuple(zip(first[order].tolist(), second[order].tolist(), strict=True)),
    )


def _by_row(found: Explanation, column: NDArray[Any]) -> NDArray[Any]:
    values = np.empty_like(column)
    values[found.rows] = column
    return values


class ClassContact(TypedDict):
    """Two classes that touch.

    Attributes
    ----------
    pair
        The smaller number first.
    contact
        Share of their neighbors that lead across.
    count
        Samples between them.
    wrong
        Those of them whose label the model contradicts.
    """

    pair: tuple[int, int]
    contact: float
    count: int
    wrong: int


class ClassContacts(TypedDict):
    """Which classes touch, those that touch most first.

    Attributes
    ----------
    classes
        Those that are worth a table.
    total
        Pairs that there are.
    """

    pairs: list[ClassContact]
    classes: list[int]
    total: int


class BoundarySample(ReadableSample):
    """A sample between two classes.

    Attributes
    ----------
    margin
        By how much the first class is likelier than the second, in [-1, 1].
    probabilities
        Of the two.
    predicted
        The predicted class.
    wrong
        Whether that is not its label.
    score
        In [0, 1]; larger = more confusing.
    disagreement
        Share of its neighbors, by weight, of another class; None: that is not known.
    """

    margin: float
    probabilities: list[float]
    predicted: int
    given: int
    wrong: bool
    score: float
    disagreement: float | None


class PairSamples(TypedDict):
    """The samples between two classes, the most confusing first."""

    pair: tuple[int, int]
    total: int
    samples: list[BoundarySample]


def pairs_payload(boundary: Boundary) -> ClassContacts:
    """Return how much each pair touches, how many samples lie between, and which classes are worth a table."""
    c = boundary.touch.shape[0]
    known = boundary.pair_of >= 0
    counts = np.bincount(boundary.pair_of[known], minlength=c * c)
    wrong = np.bincount(boundary.pair_of[known & boundary.wrong], minlength=c * c)
    listed = boundary.pairs[:MAX_PAIRS]
    apart = boundary.touch.copy()
    np.fill_diagonal(apart, 0)
    chief = np.sort(np.lexsort((np.arange(c), -apart.max(axis=1, initial=0)))[:MAX_CLASSES])
    return {
        "pairs": [
            {
                "pair": pair,
                "contact": round(float(boundary.touch[pair]), 5),
                "count": int(counts[boundary.number(pair)]),
                "wrong": int(wrong[boundary.number(pair)]),
            }
            for pair in listed
        ],
        "classes": chief.tolist(),
        "total": len(boundary.pairs),
    }


def pair_payload(opened: OpenStudy, boundary: Boundary, pair: Pair) -> PairSamples:
    """Return the samples between two classes, the most confusing first."""
    rows = boundary.between(pair, MAX_SAMPLES)
    evidence = boundary.answer.findings.evidence
    place = np.empty(len(boundary.predicted), dtype=np.int64)
    place[boundary.answer.rows] = np.arange(len(place))
    lead = boundary.lead(pair, rows)
    disagreement = evidence["disagreement"][place[rows]]
    given = evidence["given"][place[rows]]
    samples: list[BoundarySample] = [
        {
            **sample_reference(opened, row),
            **readable_sample(opened, row, *pair),
            "margin": round(float(lead[number]), 4),
            "probabilities": [round(float(boundary.probabilities[row, c]), 4) for c in pair],
            "predicted": int(boundary.predicted[row]),
            "given": int(given[number]),
            "wrong": bool(boundary.wrong[row]),
            "score": round(float(boundary.scores[row]), 4),
            "disagreement": None if np.isnan(disagreement[number]) else round(float(disagreement[number]), 4),
        }
        for number, row in enumerate(rows.tolist())
    ]
    total = int((boundary.pair_of == boundary.number(pair)).sum())
    return PairSamples(pair=pair, total=total, samples=samples)


def scores_of(boundary: Boundary) -> Doubles:
    """Return each sample's score (n,) for the map; NaN where there is none."""
    known: Doubles = np.where(boundary.pair_of >= 0, boundary.scores, np.nan)
    return known
