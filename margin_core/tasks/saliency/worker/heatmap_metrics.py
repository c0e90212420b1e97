"""How faithful a heatmap is to the model, and how much it changes with the picture."""

from __future__ import annotations

from collections.abc import Callable

from margin_core.storage.engine import Arrays, Progress, Run
from margin_core.tasks.saliency.faithfulness import deletion, gini, insertion, road
from margin_core.tasks.saliency.faithfulness.part_curves import compute_part_curves
from margin_core.tasks.saliency.masking import mask_sample
from margin_core.tasks.saliency.worker.heatmaps import Heatmaps
from margin_core.tasks.saliency.worker.perturbed_heatmaps import perturb_by_random_signs
from margin_core.tasks.saliency.worker.request import METRICS_EPS, SaliencyRequest
from margin_core.tasks.saliency.worker.stored_arrays import UNMEASURED, enlarge, metric_arrays


def compute_metrics(
    heatmaps: Heatmaps, request: SaliencyRequest, progress: Progress, on_draft: Callable[[], None]
) -> None:
    """Compute the metrics of a heatmap, and the heatmap first, unless they are stored already.

    Parameters
    ----------
    heatmaps : Heatmaps
    request : SaliencyRequest
    progress : callable
        Stops the work by raising.
    on_draft : callable
        Called when a first version of the heatmap is stored.
    """
    whole = Run(progress=progress)
    heatmap = heatmaps.compute(request, whole.part(0.0, 0.4).progress, on_draft)
    row, target = request.row, request.target
    explained = heatmaps.results.explained

    def work() -> Arrays:
        whole.report(0.4, "Taking the most important parts away")
        if explained.kind != "picture":
            masked = mask_sample(heatmaps.results.study, row, "mean")
            deleted, inserted = compute_part_curves(masked, heatmap, target)
            return metric_arrays(deleted, inserted, float("nan"), gini(heatmap), UNMEASURED)
        model, picture = explained.fast_model, explained.picture(row)
        enlarged = enlarge(heatmap, picture.shape[:2])
        deleted = deletion(model, picture, enlarged, target)
        inserted = insertion(model, picture, enlarged, target)
        whole.report(0.5, "Filling in what was taken away")
        imputed = road(model, picture, enlarged, target)
        pair = perturb_by_random_signs(heatmaps, request, METRICS_EPS, whole.part(0.6, 1.0).progress)
        change = UNMEASURED if pair is None else pair.change
        return metric_arrays(deleted, inserted, imputed, gini(enlarged), change)

    heatmaps.results.step(request, work)
