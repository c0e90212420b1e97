"""The review of samples by key: one after another or a group at once; of suspect labels, or of those without any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict, cast

from dashboard.shared.components import ClassEntry, Kind, VersionReported, no_callback, register
from margin_core.tasks.label_flips.label_error_score import SUSPECT_THRESHOLD

_mount = register(__name__)


class LabelingChoice(TypedDict):
    """How samples without a label are chosen: by which strategy, and how many at once."""

    strategy: str
    size: int


class ReviewData(TypedDict):
    """What the review works on.

    Attributes
    ----------
    explanation
        Fingerprint of what the reviewer looks at; a change starts the queue afresh.
    selection
        Key of a selection to which the queue is restricted.
    unlabeled
        Samples without a label that nobody has decided on.
    goal
        Of 1,000 labels so many may be wrong when somebody stops.
    at
        The row to begin with; None: the first of the queue.
    threshold
        A score from which on a sample is suspect.
    hasSaliency
        Whether heatmaps of the samples can be computed.
    labeling
        How the samples without a label are chosen that are shown; None: suspect labels are reviewed.
    """

    study: str
    classes: tuple[ClassEntry, ...]
    reviewer: str
    explanation: str
    selection: str | None
    mode: Literal["one", "grid"]
    kind: Kind
    unlabeled: int
    goal: int
    at: int | None
    threshold: float
    hasSaliency: bool
    labeling: LabelingChoice | None


class ReviewAction(TypedDict):
    """Where to go, for ``map`` and ``saliency`` with a row."""

    name: Literal["map", "saliency", "export", "unlabeled", "all", "review", "default"]
    row: NotRequired[int]
    seq: int


class ReviewStates(TypedDict, total=False):
    """What the component reports: decisions that are in the log, with none waiting, or where to go."""

    saved: VersionReported
    action: ReviewAction


@dataclass(frozen=True)
class ReviewEvents:
    """What the component has reported since it was mounted.

    ``saved`` is the version of the decisions when the hands last rested (none lost, none waiting). ``action`` is where
    to go: ``"map"``: show ``row`` there; ``"saliency"``: its heatmaps; ``"export"``: to that page;
    ``"unlabeled"``: on with the samples that have no label; ``"all"``: from a selection to the whole queue;
    ``"review"``: to the review of suspect labels; ``"default"``: on with the default strategy.
    ``seq`` grows with every action, so that a new one is recognized.
    """

    saved: int | None
    action: Literal["map", "saliency", "export", "unlabeled", "all", "review", "default"] | None
    row: int | None
    seq: int


def review_component(
    study: str,
    classes: Sequence[ClassEntry],
    reviewer: str,
    explanation: str,
    selection: str | None = None,
    mode: Literal["one", "grid"] = "one",
    *,
    kind: Kind = "picture",
    unlabeled: int = 0,
    goal: int = 10,
    at: int | None = None,
    has_saliency: bool,
    labeling: LabelingChoice | None = None,
    key: str,
    on_saved: Callable[[], None] | None = None,
    on_action: Callable[[], None] | None = None,
) -> ReviewEvents:
    """Mount the review.

    Decisions do not pass through here: the browser posts them to the server and repeats them until each is recorded or
    refused, so a rerun can neither lose nor double one.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    classes
        Name, color and key of every class, in the order of their numbers.
    reviewer
        Who decides.
    explanation
        Fingerprint of the explanation that the reviewer is looking at; a change starts the queue afresh.
    selection
        Key of a selection to which the queue is restricted.
    mode
        ``"one"`` sample at a time, or ``"grid"``: groups that share a suggestion.
    kind
        What a sample is to the eye; of ``"none"`` the map is all there is to see.
    unlabeled
        Samples without a label that nobody has decided on; offered when the queue has come to its end.
    goal
        Of 1,000 labels so many may be wrong when somebody stops; random checks pause there.
    at
        The sample to begin with, when the review is mounted; None: the first of the queue.
    has_saliency
        Whether heatmaps of the samples can be computed.
    labeling
        How samples without a label are chosen, to label these; None: to review suspect labels.
    key
        Streamlit's key of the component.
    on_saved, on_action
        Called before the rerun that the event causes.

    Returns
    -------
    ReviewEvents
        Plain values.
    """
    mounted = _mount(
        key=key,
        data=ReviewData(
            study=study,
            classes=tuple(classes),  # Of a list Streamlit would ask pandas, slow to import, whether it is a table.
            reviewer=reviewer,
            explanation=explanation,
            selection=selection,
            mode=mode,
            kind=kind,
            unlabeled=unlabeled,
            goal=goal,
            at=at,
            hasSaliency=has_saliency,
            labeling=labeling,
            threshold=SUSPECT_THRESHOLD,
        ),
        on_saved_change=on_saved or no_callback,
        on_action_change=on_action or no_callback,
    )
    states = cast("ReviewStates", mounted)
    saved, action = states.get("saved"), states.get("action")
    return ReviewEvents(
        saved=saved["version"] if saved else None,
        action=action["name"] if action else None,
        row=action.get("row") if action else None,
        seq=action["seq"] if action else 0,
    )
