"""Heatmaps and supporting samples before and after a small change of the picture: at random, or by an attack."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from margin_core.storage.engine import Arrays, Progress, Run
from margin_core.tasks.saliency.fragility.heatmap_change import compare_heatmaps
from margin_core.tasks.saliency.fragility.kinds import EPS
from margin_core.tasks.saliency.fragility.random_signs import MAX_TRIES, random_signs
from margin_core.tasks.saliency.worker.heatmaps import Heatmaps
from margin_core.tasks.saliency.worker.request import SaliencyRequest
from margin_core.tasks.saliency.worker.stored_arrays import HeatmapPair, attack_arrays, exemplar_arrays
from margin_core.tasks.saliency.worker.stored_results import StoredResults


def perturb_by_random_signs(
    heatmaps: Heatmaps, request: SaliencyRequest, eps: int, progress: Progress
) -> HeatmapPair | None:
    """Compute the heatmap of a picture before and after random signs are added to it.

    Parameters
    ----------
    heatmaps : Heatmaps
    request : SaliencyRequest
        The sample, the method and the class.
    eps : int
        Strength, in steps of 1/255.
    progress : callable
        Stops the work by raising.

    Returns
    -------
    HeatmapPair or None
        None when the prediction survives none of `MAX_TRIES` draws.
    """
    from margin_core.tasks.saliency.fragility.perturbed_picture import resize_to_model

    explained = heatmaps.results.explained
    model, picture = explained.fast_model, explained.picture(request.row)
    before = resize_to_model(explained.model, picture)
    predicted = int(model.probabilities(before[None])[0].argmax())
    if np.array_equal(before, picture):
        heatmap = heatmaps.compute(request, progress, lambda: None)
    else:
        heatmap = heatmaps.compute_for_picture(request, before, progress)
    rng = np.random.default_rng(0)
    for _ in range(MAX_TRIES):
        after = random_signs(before, eps, rng)
        if int(model.probabilities(after[None])[0].argmax()) == predicted:
            changed = heatmaps.compute_for_picture(request, after, progress)
            return HeatmapPair(before, after, heatmap, changed, compare_heatmaps(heatmap, changed))
    return None


def compute_attack(heatmaps: Heatmaps, request: SaliencyRequest, progress: Progress) -> Arrays:
    """Compute how far a change of the picture can move its heatmap, unless that is stored already.

    Parameters
    ----------
    heatmaps : Heatmaps
    request : SaliencyRequest
        Also names the attack and its strength.
    progress : callable
        Stops the work by raising.

    Returns
    -------
    mapping of str to array
        Of `attack_arrays`.

    Raises
    ------
    MarginError
        The samples are no pictures.
    """
    results = heatmaps.results
    results.explained.require_pictures()

    def work() -> Arrays:
        if request.attack == "random":
            return attack_arrays(perturb_by_random_signs(heatmaps, request, request.eps, progress))
        from margin_core.tasks.saliency.fragility.attack import perturb

        place, whole = EPS.index(request.eps), Run(progress=progress)
        known = []
        if place:  # An attack goes on from what it found with less strength, so that more is never worse.
            part = whole.part(0, place / (place + 1)).progress
            weaker = compute_attack(heatmaps, replace(request, eps=EPS[place - 1]), part)
            known = [np.asarray(weaker["after"])] if bool(weaker["survived"]) else []
        found = perturb(
            request.attack, request.method, results.explained.model, results.explained.picture(request.row),
            request.eps, request.target, known=known, progress=whole.part(place / (place + 1), 1).progress,
        )  # fmt: skip
        return attack_arrays(found)

    return results.step(request, work)


def compute_exemplars(results: StoredResults, request: SaliencyRequest, progress: Progress) -> None:
    """Compute the most influential training samples before and after a change of the picture.

    Parameters
    ----------
    results : StoredResults
        Where they are stored.
    request : SaliencyRequest
        Also names the attack and its strength.
    progress : callable
        Stops the work by raising.

    Raises
    ------
    MarginError
        The samples are no pictures.
    """
    results.explained.require_pictures()
    from margin_core.tasks.saliency.fragility.perturbed_exemplars import perturb_exemplars

    def work() -> Arrays:
        probe = results.explained.influence_probe
        found = perturb_exemplars(results.study, probe, request.row, request.eps, request.attack, progress=progress)
        return exemplar_arrays(found)

    results.step(request, work)
