"""The samples that hold an answer up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

from dashboard.study.payloads import BriefCard
from dashboard.views.saliency.worker import MapMaker, Waiting
from margin_core.tasks.saliency.methods.black_box import is_black_box
from margin_core.tasks.saliency.worker.request import CHANGES, SaliencyRequest
from margin_core.values import Need, Study

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


class ExamplesAnswer(TypedDict):
    """The samples that hold an answer up.

    Attributes
    ----------
    says
        The class that the model says; None: no change kept it.
    before
        Those for the picture as it is.
    after
        Those for the picture as it is changed, by chance and by an attack; None: the answer did not stay.
    """

    state: Literal["ready"]
    says: int | None
    before: list[BriefCard]
    after: dict[Literal["random", "attack"], list[BriefCard] | None]


def no_examples(study: Study) -> str:
    """Say why nobody can tell which samples hold an answer up; empty when somebody can."""
    if not study.has(Need.LABELS):
        return "This study has no labels, so there is nothing that its samples could teach."
    if not study.has(Need.EMBEDDING):
        return "This study has no features, so nobody can tell which samples hold an answer up."
    if is_black_box(study.model):
        return (
            "This model only gives probabilities. Which samples hold an answer up can be followed through a network "
            "that gives features."
        )
    return ""


def examples_told(opened: OpenStudy, maker: MapMaker, row: int, eps: int) -> dict[str, Any]:
    """Tell which samples hold the answer up, before and after each change; order what is not known.

    Raises
    ------
    MarginError
        There is no such strength, or the study has no labels or features.
    """
    orders = [SaliencyRequest("examples", row, attack=change, eps=eps) for change in CHANGES]
    for order in orders:
        order.check(opened.study)
    found = {order: opened.maps.recalled(order) for order in orders}
    to_come = [order for order, answer in found.items() if answer is None]
    maker.ask(to_come)
    standings = [maker.standing(order) for order in to_come]
    failed = next((one for one in standings if one.state == "failed"), None)
    making = next((one for one in standings if one.state == "making"), None)
    shown = failed or making or Waiting("waiting", text=maker.trouble)
    if to_come:
        return {"state": shown.state, "fraction": shown.fraction, "text": shown.text}
    after = {order.attack: answer for order, answer in found.items() if answer is not None and bool(answer["survived"])}
    before = next(iter(after.values()), None)
    return {
        "state": "ready",
        "says": None if before is None else int(before["says"]),
        "before": [] if before is None else opened.brief(before["before"]),
        "after": {change: opened.brief(after[change]["after"]) if change in after else None for change in CHANGES},
    }
