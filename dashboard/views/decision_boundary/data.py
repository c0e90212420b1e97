"""The boundaries between classes, pair by pair, as the browser shows them."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dashboard.views.decision_boundary.figure import Pin
from margin_core.tasks import DecisionBoundary
from margin_core.tasks.decision_boundary.class_margin import NO_CLASS, class_contact
from margin_core.tasks.decision_boundary.slice import Slice
from margin_core.values import UNLABELLED, Doubles, Explanation, Ints, Need, Study, usable_rows

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy

Pair = tuple[int, int]
"""Two classes, the smaller number first."""

VIEWS = {"boundary": DecisionBoundary(), "errors": DecisionBoundary(view="errors")}
"""What the page can show, by the name that addresses give it; the default first."""

Corners = tuple[int, int, int]
"""The samples that a slice goes through, by row: left, right, top."""

MOST = 120
"""Of one pair the browser is sent no more samples."""

MOST_PAIRS = 300
"""Pairs to choose from; beyond, those that touch least are left out."""

MOST_CLASSES = 16
"""In the table of pairs; beyond, those classes that touch least are left out."""

SURE = 200
"""Of the surer half of a class, at most so many, the one nearest to the torn sample stands for it in the slice."""

SMALLEST = 64
"""Pixels. Smaller pictures are enlarged pixel by pixel before they are pinned to a slice."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Boundary:
    """An answer, with every sample's pair of classes.

    Attributes
    ----------
    answer : Explanation
    said : float array (n, c)
        What is said of each sample.
    predicted : int array (n,)
    wrong : bool array (n,)
        Whether that is not its label.
    scores : float array (n,)
        0 where nothing is said.
    pair_of : int array (n,)
        Number of its pair, ``a * c + b`` with a < b; -1 for none.
    touch : float array (c, c)
        How much classes touch; see `margin_core.tasks.decision_boundary.class_margin.class_contact`.
    pairs : tuple of Pair
        All that touch or have samples between them, those that touch most first.
    """

    answer: Explanation
    said: NDArray[np.floating]
    predicted: Ints
    wrong: NDArray[np.bool_]
    scores: Doubles
    pair_of: Ints
    touch: Doubles
    pairs: tuple[Pair, ...]

    def between(self, pair: Pair, most: int | None = None) -> Ints:
        """List the samples between two classes, in the order of the ranking."""
        ranked = self.answer.rows
        rows: Ints = ranked[self.pair_of[ranked] == self.number(pair)][:most]
        return rows

    def number(self, pair: Pair) -> int:
        """Give the number of a pair."""
        return pair[0] * len(self.touch) + pair[1]

    def lead(self, pair: Pair, rows: Ints) -> Doubles:
        """Say by how much the first class of a pair is likelier than the second, in [-1, 1]."""
        lead: Doubles = self.said[rows, pair[0]].astype(np.float64) - self.said[rows, pair[1]]
        return lead


def bounded(study: Study, found: Explanation) -> Boundary:
    """Take an answer apart, pair by pair; O(edges)."""
    findings, c = found.findings, len(study.class_names)
    by_row = {name: _by_row(found, findings.evidence[name]) for name in ("first", "second", "given", "wrong")}
    ranked = _by_row(found, findings.roles == "boundary")
    predicted, wrong = by_row["first"], by_row["wrong"]
    # What the model gets wrong lies between its label and what the model says, where errors are asked for.
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
        said=np.asarray(signal),
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


class TouchingPair(TypedDict):
    """Two classes that touch.

    Attributes
    ----------
    pair
        The smaller number first.
    touch
        Share of their neighbours that lead across.
    count
        Samples between them.
    wrong
        Those of them whose label the model contradicts.
    """

    pair: tuple[int, int]
    touch: float
    count: int
    wrong: int


class TouchingPairs(TypedDict):
    """Which classes touch, those that touch most first.

    Attributes
    ----------
    classes
        Those that are worth a table.
    total
        Pairs that there are.
    """

    pairs: list[TouchingPair]
    classes: list[int]
    total: int


class BetweenSample(TypedDict):
    """A sample between two classes.

    Attributes
    ----------
    lead
        By how much the first class is likelier than the second, in [-1, 1].
    p
        Probabilities of the two.
    says
        The class that the model says.
    wrong
        Whether that is not its label.
    score
        In [0, 1]; larger = more confusing.
    disagreement
        Share of its neighbours, by weight, of another class; None: that is not known.
    """

    row: int
    id: str
    lead: float
    p: list[float]
    says: int
    given: int
    wrong: bool
    score: float
    disagreement: float | None


class Film(TypedDict):
    """The samples between two classes, the most confusing first."""

    pair: tuple[int, int]
    total: int
    samples: list[BetweenSample]


def pairs_told(boundary: Boundary) -> TouchingPairs:
    """Tell of every pair how much it touches and how many samples lie between, and which classes are worth a table."""
    c = boundary.touch.shape[0]
    known = boundary.pair_of >= 0
    counts = np.bincount(boundary.pair_of[known], minlength=c * c)
    wrong = np.bincount(boundary.pair_of[known & boundary.wrong], minlength=c * c)
    listed = boundary.pairs[:MOST_PAIRS]
    apart = boundary.touch.copy()
    np.fill_diagonal(apart, 0)
    chief = np.sort(np.lexsort((np.arange(c), -apart.max(axis=1, initial=0)))[:MOST_CLASSES])
    return {
        "pairs": [
            {
                "pair": pair,
                "touch": round(float(boundary.touch[pair]), 5),
                "count": int(counts[boundary.number(pair)]),
                "wrong": int(wrong[boundary.number(pair)]),
            }
            for pair in listed
        ],
        "classes": chief.tolist(),
        "total": len(boundary.pairs),
    }


def film_told(opened: OpenStudy, boundary: Boundary, pair: Pair) -> Film:
    """Tell of the samples between two classes, the most confusing first."""
    rows = boundary.between(pair, MOST)
    evidence = boundary.answer.findings.evidence
    place = np.empty(len(boundary.predicted), dtype=np.int64)
    place[boundary.answer.rows] = np.arange(len(place))
    lead = boundary.lead(pair, rows)
    disagreement = evidence["disagreement"][place[rows]]
    given = evidence["given"][place[rows]]
    samples: list[BetweenSample] = [
        {
            "row": row,
            "id": str(opened.study.ids[row]),
            "lead": round(float(lead[number]), 4),
            "p": [round(float(boundary.said[row, one]), 4) for one in pair],
            "says": int(boundary.predicted[row]),
            "given": int(given[number]),
            "wrong": bool(boundary.wrong[row]),
            "score": round(float(boundary.scores[row]), 4),
            "disagreement": None if np.isnan(disagreement[number]) else round(float(disagreement[number]), 4),
        }
        for number, row in enumerate(rows.tolist())
    ]
    total = int((boundary.pair_of == boundary.number(pair)).sum())
    return Film(pair=pair, total=total, samples=samples)


def usual_plane(study: Study, boundary: Boundary, pair: Pair) -> Corners | None:
    """Choose three samples for a slice: a sure one of either class, near to the most confusing one, which is the third.

    None where the model says one of the two classes of no sample that can be used, or nothing lies between them.
    """
    usable = usable_rows(study.embedding) if study.has(Need.EMBEDDING) else np.ones(len(study), dtype=bool)
    between = boundary.between(pair)
    between = between[usable[between]]
    if not len(between):
        return None
    from scipy.spatial.distance import cdist  # slow to import, and a study is opened without it

    torn = int(between[0])
    ends = []
    for label, sign in zip(pair, (1, -1), strict=True):
        eligible = usable & (boundary.predicted == label) & ~boundary.wrong
        eligible[torn] = False
        rows = np.flatnonzero(eligible)
        if not len(rows):
            return None
        lead = sign * boundary.lead(pair, rows)
        surest = rows[np.argsort(-lead, kind="stable")[: min((len(rows) + 1) // 2, SURE)]]
        apart = cdist(study.embedding[[torn]], study.embedding[surest])[0]
        ends.append(int(surest[apart.argmin()]))
    return ends[0], ends[1], torn


def with_corner(corners: Corners, number: int, row: int) -> Corners:
    """Put another sample in one of the three places."""
    first, second, third = (row if place == number else one for place, one in enumerate(corners))
    return first, second, third


def pins_of(opened: OpenStudy, found: Slice) -> list[Pin]:
    """Tell of the three samples of a slice what is pinned there."""
    study = opened.study
    pins = []
    for row, said in zip(found.rows.tolist(), found.sample_probabilities, strict=True):
        label = int(study.labels[row]) if study.has(Need.LABELS) else UNLABELLED
        given = "no label" if label == UNLABELLED else f"labelled {study.class_names[label]}"
        words = f"{given}, said to be {study.class_names[int(said.argmax())]} ({said.max():.2f})"
        picture = _inline(opened, row) if opened.pictures.kind == "picture" else None
        pins.append(Pin(str(study.ids[row]), words, picture))
    return pins


def _inline(opened: OpenStudy, row: int) -> str:
    """Write a sample's thumbnail as an address that holds it; Plotly would blur a small one."""
    content, kind = opened.pictures.picture(row, "thumb")
    image = Image.open(io.BytesIO(content))
    if max(image.size) < SMALLEST:
        times = -(-SMALLEST // max(image.size))
        stream = io.BytesIO()
        image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST).save(stream, "PNG")
        content, kind = stream.getvalue(), "image/png"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def slice_in_words(found: Slice, study: Study) -> str:
    """Say what is drawn, and how far to believe it."""
    if found.of == "inputs":
        words = "Drawn from your own model: it was shown mixtures of the three samples."
        if study.has(Need.PROBABILITIES) and study.out_of_sample:
            words += " It may say otherwise than the out-of-sample probabilities that the order above rests on."
        return f"{words} Outside the triangle, values beyond black or white are cut off." if found.cut.any() else words
    learnt = "what your model says" if study.has(Need.PROBABILITIES) else "what their label is"
    return f"Drawn from a linear model on the features, which says of {found.agreement:.1%} of the samples {learnt}."


def scores_of(boundary: Boundary) -> Doubles:
    """Give each sample's score for the map; NaN where nothing is said."""
    known: Doubles = np.where(boundary.pair_of >= 0, boundary.scores, np.nan)
    return known


def said_in_words(task: DecisionBoundary, study: Study) -> str:
    """Say on what the order rests."""
    whose = task.rests_on(study)
    first = "Most against its label" if task.view == "errors" else "Most torn"
    return f"{first} first, by the probabilities of a sample and of its neighbours; these come from {whose}."


def notes_of(task: DecisionBoundary, study: Study, boundary: Boundary) -> tuple[str, ...]:
    """Say what to know of the classes, a sentence each."""
    return task.notes(study, boundary.predicted)
