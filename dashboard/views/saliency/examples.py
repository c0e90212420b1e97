"""The training samples that support a prediction, before and after a change to the picture."""

from __future__ import annotations

from typing import Literal, TypedDict, cast

from dashboard.study.cards import brief_cards
from dashboard.study.open_study import OpenStudy
from dashboard.study.payloads import BriefCard
from dashboard.views.saliency import wording
from dashboard.views.saliency.attacks import UnderWay, under_way
from dashboard.views.saliency.heatmap_store import heatmaps_of
from dashboard.views.saliency.worker import RequestStatus, SaliencyWorker
from margin_core.study.resolved_model import is_black_box
from margin_core.tasks.saliency.fragility.kinds import EXEMPLAR_KINDS
from margin_core.tasks.saliency.worker.request import SaliencyRequest
from margin_core.tasks.saliency.worker.stored_arrays import PREDICTED
from margin_core.values import Need, Study


class ExamplesAnswer(TypedDict):
    """The training samples that support a prediction.

    Attributes
    ----------
    predicted
        The predicted class; None: no change kept it.
    before
        Those for the picture as it is.
    after
        Those for the picture as it is changed, at random and by an attack; None: the prediction did not stay.
    """

    state: Literal["ready"]
    predicted: int | None
    before: list[BriefCard]
    after: dict[Literal["random", "attack"], list[BriefCard] | None]


def missing_examples_reason(study: Study) -> str:
    """Return why a study has no supporting samples; empty when it has."""
    if not study.has(Need.LABELS):
        return wording.NO_LABELS
    if not study.has(Need.EMBEDDING):
        return wording.NO_FEATURES
    if is_black_box(study.model):
        return wording.BLACK_BOX
    return ""


def examples_payload(opened: OpenStudy, worker: SaliencyWorker, row: int, eps: int) -> UnderWay | ExamplesAnswer:
    """Return which samples support the prediction, before and after each change; request what is not computed.

    Raises
    ------
    MarginError
        There is no such strength, or the study has no labels or features.
    """
    requests = [SaliencyRequest("examples", row, attack=change, eps=eps) for change in EXEMPLAR_KINDS]
    for request in requests:
        request.check(opened.study)
    found = {request: heatmaps_of(opened).load(request) for request in requests}
    missing = [request for request, answer in found.items() if answer is None]
    worker.submit(missing)
    statuses = [worker.status(request) for request in missing]
    failed = next((one for one in statuses if one.state == "failed"), None)
    making = next((one for one in statuses if one.state == "making"), None)
    shown = failed or making or RequestStatus("waiting", text=worker.error)
    if missing:
        return under_way(shown)
    after = {
        request.attack: answer for request, answer in found.items() if answer is not None and bool(answer["survived"])
    }
    before = next(iter(after.values()), None)
    changes = cast("tuple[Literal['random', 'attack'], ...]", EXEMPLAR_KINDS)
    return {
        "state": "ready",
        "predicted": None if before is None else int(before[PREDICTED]),
        "before": [] if before is None else brief_cards(opened, before["before"]),
        "after": {
            change: brief_cards(opened, after[change]["after"]) if change in after else None for change in changes
        },
    }
