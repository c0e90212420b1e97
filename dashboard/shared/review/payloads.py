"""What the review and the server send each other about the queue and decisions."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from dashboard.study.payloads import BriefCard, Card, HistoryEntry


class RemainingErrors(TypedDict):
    """How many labels are still wrong, at most.

    Attributes
    ----------
    found
        Labels that reviews say are wrong.
    lower, upper
        At least, at most so many wrong labels are left; each with 95 % confidence.
    sampled
        Random samples that this rests on.
    informative
        Whether `upper` says more than that little was checked yet.
    labeled
        Samples with a label.
    goal
        So many may be left.
    checks
        So many more random samples, all of them right, bring it to the goal; None: they cannot.
    """

    found: int
    lower: int
    upper: int
    sampled: int
    informative: bool
    labeled: int
    goal: int
    checks: int | None


class QueueProgress(TypedDict):
    """How far the review is.

    Attributes
    ----------
    total
        Samples of the study.
    open
        Suspects that nobody has decided on or skipped.
    decided
        Samples that are relabeled, kept or excluded.
    given
        Samples whose label was given here, the source having none, and that no review changed.
    """

    total: int
    open: int
    decided: int
    kept: int
    relabeled: int
    skipped: int
    excluded: int
    given: NotRequired[int]
    remaining: NotRequired[RemainingErrors]


class QueueCard(Card):
    """A sample to decide on; ``sampled``: whether it is there at random, which nobody who decides is shown."""

    sampled: NotRequired[bool]


class RefitState(TypedDict):
    """How often the ranking was refitted, on how many corrections the last time, and why the newest refit failed."""

    refits: int
    corrections: int
    error: str


class LabelingState(TypedDict):
    """How far the labeling of samples without a label is.

    Attributes
    ----------
    state
        Whether there is a batch, it is being chosen, it cannot be, or no sample without a label is left.
    left
        Samples of the batch that are to be labeled.
    size
        Of the batch.
    batch
        All of its samples, in the order of choice, with the decision that holds on each.
    next
        Whether the batch after it is there, is being chosen, or will be.
    labeled, unlabeled
        Samples of the study with a label; those without one that nobody has decided on.
    message
        Why no batch can be chosen; empty otherwise.
    """

    state: Literal["ready", "working", "failed", "none"]
    left: int
    size: int
    batch: list[BriefCard]
    next: Literal["later", "working", "ready"]
    labeled: int
    unlabeled: int
    message: str


class QueueAnswer(TypedDict):
    """How the review stands and what comes next.

    Attributes
    ----------
    version
        Of the decisions.
    history
        The last decisions that hold, newest first.
    """

    version: int
    progress: QueueProgress
    history: list[HistoryEntry]
    refit: NotRequired[RefitState]
    labeling: NotRequired[LabelingState]
    cards: list[QueueCard]


class Refused(TypedDict):
    """A decision that makes no sense, by its number, and why; sending it again does not help."""

    seq: int
    reason: str


class DecisionsAnswer(QueueAnswer):
    """What became of the decisions that were posted.

    Attributes
    ----------
    recorded
        Numbers that are in the log, now or since an earlier sending.
    conflicts
        Decisions that replaced another reviewer's unseen.
    """

    recorded: list[int]
    refused: list[Refused]
    conflicts: NotRequired[int]


class SuspectGroup(TypedDict):
    """Open suspects that share their given and suggested label."""

    given: int
    suggested: int
    count: int


class SuspectGroups(TypedDict):
    """All of them, the largest first."""

    groups: list[SuspectGroup]


class PostedDecision(TypedDict):
    """A decision as it is posted, and as it waits in the storage of browsers.

    A name that changes here goes on being read under the old one, since decisions may have waited through an update.

    Attributes
    ----------
    seq
        The client's number for it; sent again with the same number, it is recorded once.
    at
        When it was made.
    label
        For ``relabel``.
    score
        That was on screen.
    basedOn
        The decision that was on screen.
    sampled
        Whether the sample was a random check.
    task
        ``active_sampling`` for the label of a sample that had none; absent for a review.
    """

    seq: int
    at: str
    row: int
    id: str
    verdict: Literal["keep", "relabel", "skip", "exclude", "undo"]
    label: int | None
    note: NotRequired[str]
    score: NotRequired[float | None]
    basedOn: NotRequired[int | None]
    sampled: NotRequired[bool]
    task: NotRequired[Literal["active_sampling"]]


class DecisionsRequest(TypedDict):
    """Decisions of one life of one page."""

    client: str
    reviewer: str
    explanation: str
    decisions: list[PostedDecision]
