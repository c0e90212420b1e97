"""The heatmap of one picture by any published method, in the picture's own pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from margin_core.errors import ModelError, ParameterError
from margin_core.storage.engine import Progress, silent
from margin_core.study.models.torch_model import TorchModel
from margin_core.study.resolved_model import resolve_model
from margin_core.tasks.saliency.heatmap import normalize
from margin_core.tasks.saliency.methods.black_box import Picture, predict_probabilities
from margin_core.tasks.saliency.methods.class_activation import grad_cam, layer_cam
from margin_core.tasks.saliency.methods.deep_lift import deep_lift
from margin_core.tasks.saliency.methods.gradients import gradient, gradient_x_input, integrated_gradients, smooth_grad
from margin_core.tasks.saliency.methods.lime import lime
from margin_core.tasks.saliency.methods.occlusion import occlusion
from margin_core.tasks.saliency.methods.published import Method, find_published_method
from margin_core.tasks.saliency.methods.rise import rise
from margin_core.values import Doubles, Floats, Model

VERSION = 1
"""Raised whenever a method would give another heatmap."""

GRADIENT_METHODS: dict[str, Callable[[TorchModel, Tensor, Tensor], Tensor]] = {
    "grad_cam": grad_cam,
    "layer_cam": layer_cam,
    "gradient": gradient,
    "gradient_x_input": gradient_x_input,
    "smooth_grad": smooth_grad,
    "integrated_gradients": integrated_gradients,
    "deep_lift": deep_lift,
}

BLACK_BOX_METHODS: dict[str, Callable[[Model, Picture, int, Progress], Doubles]] = {
    "occlusion": occlusion,
    "rise": rise,
    "lime": lime,
}


def attribute(
    method: str, model: Model, picture: Picture, target: int | None = None, progress: Progress = silent
) -> Floats:
    """Compute the heatmap of a picture for a class.

    Parameters
    ----------
    method : str
        Name of one of `margin_core.tasks.saliency.methods.METHODS`.
    model : Model
        Methods that need gradients need a `TorchModel`; the others need class probabilities only.
    picture : uint8 array (h, w) or (h, w, 3)
    target : int, optional
        The class; default the predicted one.
    progress : callable
        Stops the work by raising; black-box methods report to it.

    Returns
    -------
    float32 array (h, w)
        In [0, 1], larger = more important, 1 at the most important pixel; all 0 where the method finds nothing that
        supports the class.

    Raises
    ------
    ParameterError
        There is no such method or class.
    ModelError
        The model is not one that the method can explain, or the input is no picture.

    Notes
    -----
    Deterministic. The model is left as it is, and several threads may explain one model at the same time.
    Costs about `Method.passes` pictures through the network.
    """
    chosen = find_published_method(method)
    picture = _checked_picture(picture)
    if chosen.needs_gradients:
        network = require_torch_model(chosen, model)
        if target is None:
            target = int(predict_probabilities(model, picture[None])[0].argmax())
        target = _checked_target(network.classes, target)
        progress(0.0, f"Making a {chosen.title} heatmap")
        raw = compute_raw_heatmaps(chosen.name, network, network.preparation(picture[None]), [target])[0]
        return _normalized(network.preparation.placed(raw, picture.shape[:2]), chosen)
    probabilities = predict_probabilities(model, picture[None])[0]
    target = _checked_target(len(probabilities), target) if target is not None else int(probabilities.argmax())
    return _normalized(BLACK_BOX_METHODS[chosen.name](model, picture, target, progress), chosen)


def compute_raw_heatmaps(method: str, model: TorchModel, views: Tensor, targets: list[int]) -> Floats:
    """Compute heatmaps of prepared pictures by a method that needs gradients.

    Parameters
    ----------
    method : str
        A key of `GRADIENT_METHODS`.
    model : TorchModel
    views : float32 Tensor (b, channels, H, W)
        Prepared pictures.
    targets : list of int
        The class of each, b of them.

    Returns
    -------
    float32 array (b, h, w)
        0 or more, larger = more important, on the method's own scale and in its own resolution: that of the view, or of
        a feature map.

    Raises
    ------
    ModelError
        The network is not one that the method can explain.
    """
    title = find_published_method(method).title
    # A caller may be in inference mode, whose tensors have no gradients for good; their copies made here do.
    with torch.inference_mode(False), torch.enable_grad():
        try:
            found = GRADIENT_METHODS[method](model, views.clone(), torch.tensor(targets))
        except (RuntimeError, AssertionError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelError(
                f"{title} cannot follow the gradients of {model.description} ({reason}). "
                "Use Occlusion, RISE or LIME, which ask for probabilities only."
            ) from error
    heatmaps: Floats = found.numpy()
    return heatmaps


def require_torch_model(method: Method, model: Model) -> TorchModel:
    """Return the torch network behind a model.

    Parameters
    ----------
    method : Method
        Whose need it is; named in the error.
    model : Model

    Returns
    -------
    TorchModel

    Raises
    ------
    ModelError
        The model is a black box.
    """
    model = resolve_model(model)
    if not isinstance(model, TorchModel):
        description = getattr(model, "description", "This model")
        raise ModelError(
            f"{method.title} needs the gradients of a torch network; {description} only gives probabilities. "
            "Use Occlusion, RISE or LIME."
        )
    return model


def _normalized(raw: Floats | Doubles, method: Method) -> Floats:
    """Divide a heatmap by its largest value; raise where it holds what is no number."""
    if not np.isfinite(raw).all():
        raise ModelError(
            f"The {method.title} heatmap holds values that are no numbers: the network's scores overflow on this "
            "picture. Use Occlusion, RISE or LIME."
        )
    return normalize(raw)


def _checked_picture(picture: Picture) -> Picture:
    array = np.asarray(picture)
    if array.dtype != np.uint8 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)) or not array.size:
        raise ModelError(
            "Saliency is shown on pictures: a uint8 array (h, w) or (h, w, 3); "
            f"got {array.dtype} of shape {array.shape}. Open the pictures themselves."
        )
    return array


def _checked_target(classes: int, target: int) -> int:
    if not 0 <= target < classes:
        raise ParameterError(f"Class {target} does not exist: the model has {classes:,} classes, 0 to {classes - 1}.")
    return target
