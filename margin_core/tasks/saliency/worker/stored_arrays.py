"""The arrays of each kind of result, and the size and precision of a stored heatmap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from margin_core.storage.engine import Arrays
from margin_core.tasks.saliency.faithfulness import FaithfulnessCurve
from margin_core.tasks.saliency.fragility.heatmap_change import HeatmapChange
from margin_core.tasks.saliency.methods.black_box import Picture
from margin_core.values import Floats

if TYPE_CHECKING:
    from margin_core.tasks.saliency.fragility.perturbed_exemplars import PerturbedExemplars
    from margin_core.tasks.saliency.fragility.perturbed_picture import PerturbedPicture

MAX_SIDE = 512
"""Height and width of a stored heatmap, at most."""

PREDICTED = "says"
"""Name under which workspaces keep the class that a prediction with its examples is of."""

UNMEASURED = HeatmapChange(float("nan"), float("nan"), float("nan"))
"""Of a heatmap that no change of the picture could be tried on."""


@dataclass(frozen=True, eq=False)
class HeatmapPair:
    """A picture before and after a change that the prediction survives, and its heatmaps.

    Attributes
    ----------
    before, after : uint8 array (h, w) or (h, w, 3)
    heatmap_before, heatmap_after : float32 array (h, w)
    change : HeatmapChange
    """

    before: Picture
    after: Picture
    heatmap_before: Floats
    heatmap_after: Floats
    change: HeatmapChange


def shrink(heatmap: Floats) -> NDArray[np.float16]:
    """Return a heatmap in the size and precision in which it is stored.

    Parameters
    ----------
    heatmap : float32 array (h, w) or (places,)
        In [0, 1].

    Returns
    -------
    float16 array, (h, w) at most `MAX_SIDE`, or (places,)
    """
    if heatmap.ndim == 2 and max(heatmap.shape) > MAX_SIDE:
        scale = MAX_SIDE / max(heatmap.shape)
        size = max(round(heatmap.shape[1] * scale), 1), max(round(heatmap.shape[0] * scale), 1)
        heatmap = np.asarray(Image.fromarray(heatmap).resize(size, Image.Resampling.BILINEAR))
    return heatmap.astype(np.float16)


def enlarge(heatmap: Floats, size: tuple[int, ...]) -> Floats:
    """Return a stored heatmap in the size of its picture.

    Parameters
    ----------
    heatmap : float32 array (h, w)
        In [0, 1]; larger = more important.
    size : (int, int)
        Height and width.

    Returns
    -------
    float32 array of that size
    """
    if heatmap.shape == size:
        return heatmap
    return np.asarray(Image.fromarray(heatmap).resize((size[1], size[0]), Image.Resampling.BILINEAR))


def metric_arrays(
    deleted: FaithfulnessCurve, inserted: FaithfulnessCurve, road: float, gini: float, change: HeatmapChange
) -> Arrays:
    """Return what is stored of the metrics of a heatmap.

    Parameters
    ----------
    deleted, inserted : FaithfulnessCurve
    road, gini : float
    change : HeatmapChange
        Under random signs.

    Returns
    -------
    mapping of str to array
        The two curves, and ``metrics`` in the order of `METRICS`.
    """
    values = [deleted.auc, inserted.auc, road, gini, change.top_k, change.correlation, change.shift]
    return {
        "shares": deleted.shares,
        "deletion": deleted.probabilities,
        "insertion": inserted.probabilities,
        "metrics": np.array(values),
    }


def attack_arrays(found: HeatmapPair | PerturbedPicture | None) -> Arrays:
    """Return what is stored of an attack on a heatmap.

    Parameters
    ----------
    found : HeatmapPair or PerturbedPicture or None
        None when the prediction survived no change.

    Returns
    -------
    mapping of str to array
    """
    if found is None:
        return {"survived": np.array(False)}
    return {
        "survived": np.array(True),
        "before": found.before,
        "after": found.after,
        "heatmap_before": found.heatmap_before.astype(np.float16),
        "heatmap_after": found.heatmap_after.astype(np.float16),
        "change": np.array([found.change.top_k, found.change.correlation, found.change.shift]),
    }


def exemplar_arrays(found: PerturbedExemplars | None) -> Arrays:
    """Return what is stored of the samples that support a prediction, before and after a change.

    Parameters
    ----------
    found : PerturbedExemplars or None
        None when the prediction survived no change.

    Returns
    -------
    mapping of str to array
    """
    if found is None:
        return {"survived": np.array(False)}
    return {
        "survived": np.array(True),
        PREDICTED: np.array(found.predicted),
        "before": found.rows_before,
        "after": found.rows_after,
    }
