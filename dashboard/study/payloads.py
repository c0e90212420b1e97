"""What the browser is sent about samples: cards, the evidence on a label, decisions.

Typed dictionaries, from which the types of the browser's modules are written; see `tests/js/payload_types.py`.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

VerdictName = Literal["keep", "relabel", "skip", "exclude"]
"""What a decision that holds says."""


class ClassProbability(TypedDict):
    """A class and its probability ``p``."""

    label: int
    p: float


TextPieces = list[tuple[str, float]]
"""A text in pieces; 0: a piece is not marked."""


class ValuePlaces(TypedDict):
    """The places of a row's values among its given and its suggested class, a value of each list a column.

    Attributes
    ----------
    isNumber
        Whether a place is a percentile; else it is the share of the class that has the same value.
    given, suggested
        Places in [0, 1]; None: there is none.
    unusualGiven, unusualSuggested
        Whether the class hardly has such a value.
    order
        Columns, the most unusual in the given class first.
    """

    isNumber: list[bool]
    given: list[float | None]
    suggested: list[float | None]
    unusualGiven: list[bool]
    unusualSuggested: list[bool]
    order: list[int]


class SampleContent(TypedDict):
    """What a sample is made of: a picture to fetch, else its values by name, or its text.

    Attributes
    ----------
    values
        Names and values, as they were written.
    others
        Those of columns that are not features.
    places, otherPlaces
        Where the values of both lie among the classes.
    pieces
        The text; marked in [-1, 1] by how much a word is evidence for the given label (above 0) or the suggested one.
    folded, short
        The same of a text that is too long to be read at once, and where there is little room: parts around its marked
        words.
    """

    kind: Literal["picture", "values", "text"]
    values: NotRequired[list[list[str]]]
    others: NotRequired[list[list[str]]]
    places: NotRequired[ValuePlaces]
    otherPlaces: NotRequired[ValuePlaces]
    text: NotRequired[str]
    pieces: NotRequired[TextPieces]
    folded: NotRequired[TextPieces]
    short: NotRequired[TextPieces]


class CardDecision(TypedDict):
    """The decision that holds on a sample.

    Attributes
    ----------
    label
        The class it was relabeled to; None for other verdicts.
    at
        In UTC, as ISO 8601 has it.
    """

    id: int | None
    verdict: VerdictName
    label: int | None
    reviewer: str
    at: str


class SampleReference(TypedDict):
    """A sample as others speak of it.

    Attributes
    ----------
    excerpt
        What stands where a picture would: the beginning of its text, or its first values by name. Empty for a picture,
        and for a sample that is nothing to the eye.
    """

    row: int
    id: str
    excerpt: str


class ValueLine(TypedDict):
    """A value of a row, and its place in one class.

    Attributes
    ----------
    share
        In [0, 1], as of `ValuePlaces`; None: there is none.
    """

    name: str
    value: str
    share: float | None
    isNumber: bool
    isUnusual: bool


class ReadableSample(SampleReference):
    """A sample with what can be read of it at a glance.

    Attributes
    ----------
    pieces
        Of a text: words that are evidence for one class are marked above 0, for the other below.
    lines
        Of a row: some of its values.
    """

    pieces: NotRequired[TextPieces]
    lines: NotRequired[list[ValueLine]]


class BriefCard(SampleReference):
    """The little that a thumbnail needs.

    Attributes
    ----------
    rank
        In the ranking that the study was opened with, from 1.
    given, suggested
        Classes; -1: none.
    score
        Label error score in [0, 1]; larger = more likely wrong.
    """

    rank: int
    given: int
    suggested: int
    score: float
    decision: CardDecision | None


class ComparedSample(SampleReference):
    """A sample beside another one.

    Attributes
    ----------
    pieces
        Of a text: what it shares with the other is marked, in (0, 1].
    values, differs
        Of a row: its values in the columns that the card of the other compares, and whether they differ from its own.
    """

    pieces: NotRequired[TextPieces]
    values: NotRequired[list[str]]
    differs: NotRequired[list[bool]]


class Neighbor(ComparedSample):
    """A sample that is near, with its label as it is now."""

    label: int


class Card(BriefCard, SampleContent):
    """Everything that the review screen shows of a sample.

    Attributes
    ----------
    agree, voting
        So many of its labeled neighbors carry its given label.
    agreement
        Their share.
    probabilities
        The likeliest classes, the given one among them.
    probabilitiesSource
        Where these probabilities come from.
    neighbors
        Those with a label first, since they vote; nearest first among these and among the others.
    compared
        Columns of a row, by their place among its values, that its neighbors are compared in, the most unusual first;
        empty for other samples.
    byEdge
        Whether its neighbors are those that edges of a given graph join to it, and not the nearest by features.
    x, y
        On the map, in [-1, 1]; None: not laid out yet.
    note
        Of the decision that holds.
    split
        Which part of the data it belongs to; empty where none is known.
    """

    agree: int
    voting: int
    agreement: float
    probabilities: list[ClassProbability]
    probabilitiesSource: str
    neighbors: list[Neighbor]
    compared: list[int]
    byEdge: bool
    x: float | None
    y: float | None
    note: str
    split: str


class Cards(TypedDict):
    """The samples that were asked for."""

    cards: list[Card]


class SelectedCard(BriefCard, ReadableSample):
    """A sample of a selection, with what can be read of it at a glance."""


class SelectionPage(TypedDict):
    """One page of a selection, in its order; ``total`` samples are in all of it."""

    total: int
    cards: list[SelectedCard]


class HistoryEntry(SampleReference):
    """A decision that holds, and what it changed.

    Attributes
    ----------
    decision
        Its number in the log.
    given, label
        The class before, and for a relabel the class after.
    seq, client
        The number that its page gave it, and that page.
    at
        In UTC, as ISO 8601 has it.
    """

    decision: int | None
    verdict: VerdictName
    given: int
    label: int | None
    seq: int
    client: str
    at: str


class DecisionsVersion(TypedDict):
    """How many decisions there are, undone ones included: another number, other decisions."""

    version: int


class ErrorCurve(TypedDict):
    """How likely labels are wrong, by the log odds of their scores.

    Attributes
    ----------
    scoreLogit
        Increasing; empty where nothing is known yet.
    mean, low, high
        The probability of an error at each, and its 90 % interval.
    """

    version: int
    scoreLogit: list[float]
    mean: list[float]
    low: list[float]
    high: list[float]


class EvidenceSource(TypedDict):
    """What one source of evidence says of a label.

    Attributes
    ----------
    weight
        Exponent in the product of all; 0: it is left out.
    share
        Of the weight of all.
    probabilities
        Of each class listed.
    """

    words: str
    weight: float
    share: float
    probabilities: list[float]


class VotingNeighbor(ComparedSample):
    """A labeled neighbor, as it counts.

    Attributes
    ----------
    label
        As it is now.
    share
        Of the weight of all neighbors.
    reviewed
        Whether a reviewer has decided on it.
    suggested
        The class it looks like itself, where its label looks wrong.
    scoreIfCorrected
        The score of the sample if that were its label.
    """

    label: int
    share: float
    agrees: bool
    reviewed: bool
    suggested: int | None
    scoreIfCorrected: float | None


class SimilarDecision(ComparedSample):
    """A decision on a similar sample."""

    given: int
    verdict: str
    label: int | None
    reviewer: str
    at: str


class DecidedAlike(TypedDict):
    """What was decided on all samples with the same given label that look like the same other class."""

    suggested: int
    decided: int
    relabeled: int
    kept: int


class LabelEvidence(TypedDict):
    """Why a sample is suspect, as labels stand now.

    Attributes
    ----------
    version
        Of the decisions.
    curve
        How likely a label of each score is wrong: of the same version as the score.
    label
        Its label now; -1: none.
    suggested
        The strongest other class; -1: there is none.
    factor
        How many times as often the suggested class is taken for the label as one class is for another on average.
    ranksTheQueue
        Whether this score orders the queue.
    isolated
        Whether nobody can be compared with it.
    byEdge
        Whether its neighbors are those that edges of a given graph join to it, and not the nearest by features.
    classes
        Those that are listed.
    pooled
        Probability of each, by all sources together.
    voting
        Labeled neighbors that count.
    nearest
        How many of them are among its nearest; it is among those of the others.
    agreement
        Their share by weight that carries its label.
    unlisted
        The share by weight that is not listed.
    suspectNeighbors
        Neighbors whose own label looks wrong.
    scoreIfAllCorrected
        The score if all of them were corrected; None: there is none.
    """

    row: int
    id: str
    version: int
    given: int
    label: int
    suggested: int
    score: float
    factor: float
    ranksTheQueue: bool
    isolated: bool
    byEdge: bool
    classes: list[int]
    pooled: list[float]
    sources: list[EvidenceSource]
    voting: int
    nearest: int
    neighbors: list[VotingNeighbor]
    agreement: float
    unlisted: float
    suspectNeighbors: int
    scoreIfAllCorrected: float | None
    similar: list[SimilarDecision]
    decidedAlike: DecidedAlike | None
    curve: ErrorCurve
