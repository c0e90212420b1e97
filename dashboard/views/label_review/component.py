"""Suspect labels: decide about one sample after another, or about a group at once, by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from dashboard.shared.components import ClassEntry, register
from margin_core.overview import SUSPECT

_mount = register(__name__)


@dataclass(frozen=True)
class ReviewEvents:
    """What the desk told Python since it is on the page.

    ``saved`` is the version of the decisions when the hands last rested (none lost, none waiting). ``action`` is where
    to go: ``"map"``: show ``row`` there; ``"saliency"``: what the model saw in it; ``"export"``: to that page;
    ``"unlabelled"``: on with the samples that have no label; ``"all"``: from a selection to the whole queue. ``seq``
    grows with every action, so that a new one is told.
    """

    saved: int | None
    action: Literal["map", "saliency", "export", "unlabelled", "all"] | None
    row: int | None
    seq: int


def review_desk(
    study: str,
    classes: Sequence[ClassEntry],
    reviewer: str,
    explanation: str,
    selection: str | None = None,
    mode: Literal["one", "grid"] = "one",
    *,
    kind: Literal["picture", "values", "text", "none"] = "picture",
    unlabelled: int = 0,
    goal: int = 10,
    at: int | None = None,
    key: str,
    on_saved: Callable[[], None] | None = None,
    on_action: Callable[[], None] | None = None,
) -> ReviewEvents:
    """Mount the review desk.

    Decisions do not pass through here: the browser posts them to the server and repeats them until each is recorded or
    refused, so a rerun can neither lose nor double one.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    classes
        Name, colour and key of every class, in the order of their numbers.
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
    unlabelled
        Samples without a label that nobody has decided on; offered when the queue has come to its end.
    goal
        Of 1,000 labels so many may be wrong when somebody stops; random checks pause there.
    at
        The sample to begin with, when the desk is mounted; None: the first of the queue.
    key
        Streamlit's key of the component.
    on_saved, on_action
        Called before the rerun that the event causes.

    Returns
    -------
    ReviewEvents
        Plain values.
    """
    state = _mount(
        key=key,
        data={
            "study": study,
            "classes": tuple(classes),  # Of a list Streamlit would ask pandas, slow to import, whether it is a table.
            "reviewer": reviewer,
            "explanation": explanation,
            "selection": selection,
            "mode": mode,
            "kind": kind,
            "unlabelled": unlabelled,
            "goal": goal,
            "at": at,
            "threshold": SUSPECT,
        },
        on_saved_change=on_saved or _nothing,
        on_action_change=on_action or _nothing,
    )
    saved = cast("dict[str, int] | None", state.get("saved"))
    action = cast("dict[str, Any]", state.get("action") or {})
    return ReviewEvents(
        saved=saved["version"] if saved else None,
        action=action.get("name"),
        row=action.get("row"),
        seq=action.get("seq", 0),
    )


def _nothing() -> None:
    """Streamlit names a component's states by their callbacks; this one has nothing to add to the rerun."""
