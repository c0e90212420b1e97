"""The drop of each class's probability when one part of a sample is hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from margin_core.storage.engine import Arrays, Progress
from margin_core.tasks.saliency.masking import mask_sample, single_node_masks, split_sample
from margin_core.tasks.saliency.worker.request import PREDICTED, SaliencyRequest
from margin_core.tasks.saliency.worker.stored_results import StoredResults

BATCH_SIZE = 32
"""Masked samples in memory at a time."""


def compute_part_effects(results: StoredResults, request: SaliencyRequest, progress: Progress) -> None:
    """Compute how far the probability of every class drops when a part of the coarsest division is hidden.

    Parameters
    ----------
    results : StoredResults
        Where they are stored.
    request : SaliencyRequest
        Its sample counts.
    progress : callable
        Stops the work by raising.
    """

    def work() -> Arrays:
        progress(0.0, "Hiding one part after another")
        unmasked = results.probabilities(request.row)
        layout = split_sample(results.study, request.row).layout[:1]
        masks = single_node_masks(layout)
        sample = mask_sample(results.study, request.row, "mean")
        masked = []
        for start in range(0, len(masks), BATCH_SIZE):
            progress(start / len(masks), "Hiding one part after another")
            masked.append(sample.probabilities(masks[start : start + BATCH_SIZE]))
        drops = unmasked - np.concatenate(masked)
        return {"layout": layout[0].astype(np.uint16), "drops": drops.astype(np.float32)}

    results.step(replace(request, target=PREDICTED), work)
