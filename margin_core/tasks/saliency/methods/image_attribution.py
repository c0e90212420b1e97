"""One map of one picture by any method, in the picture's own pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from margin_core.errors import ModelError, ParameterError
from margin_core.storage.engine import Progress, silent
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.methods.black_box import Picture, ask, resolve_model
from margin_core.tasks.saliency.methods.class_activation import grad_cam, layer_cam
from margin_core.tasks.saliency.methods.deep_lift import deep_lift
from margin_core.tasks.saliency.methods.gradients import gradient, gradient_x_input, integrated_gradients, smooth_grad
from margin_core.tasks.saliency.methods.lime import lime
from margin_core.tasks.saliency.methods.occlusion import occlusion
from margin_core.tasks.saliency.methods.published import Method, find_published_method
from margin_core.tasks.saliency.methods.rise import rise
from margin_core.values import Doubles, Floats, Model

VERSION = 1
"""Raised whenever a method would make another map."""

INSIDE: dict[str, Callable[[TorchModel, Tensor, Tensor], Tensor]] = {
    "grad_cam": grad_cam,
    "layer_cam": layer_cam,
    "gradient": gradient,
    "gradient_x_input": gradient_x_input,
    "smooth_grad": smooth_grad,
    "integrated_gradients": integrated_gradients,
    "deep_lift": deep_lift,
}

OUTSIDE: dict[str, Callable[[Model, Picture, int, Progress], Doubles]] = {
    "occlusion": occlusion,
    "rise": rise,
    "lime": lime,
}


def attribute(
    method: str, model: Model, picture: Picture, target: int | None = None, progress: Progress = silent
) -> Floats:
    """Say how much each pixel of a picture counts for a class.

    Parameters
    ----------
    method : str
        Name of one of `margin_core.tasks.saliency.methods.METHODS`.
    model : Model
        Methods that look inside want a `TorchModel`; the others need probabilities only.
    picture : uint8 array (h, w) or (h, w, 3)
    target : int, optional
        The class; default the one that the model says.
    progress : callable
        Stops the work by raising; black-box methods report to it.

    Returns
    -------
    float32 array (h, w)
        In [0, 1], larger = more important, 1 at the most important pixel; all 0 where the method finds nothing that
        speaks for the class.

    Raises
    ------
    ParameterError
        There is no such method or class.
    ModelError
        The model is not one that the method can explain, or the input is no picture.

    Notes
    -----
    Deterministic. The model is left as it is, and several threads may ask about one model at the same time.
    Costs about `Method.passes` pictures through the network.
    """
    chosen = find_published_method(method)
    picture = _checked_picture(picture)
    if chosen.looks_inside:
        inside = require_torch_model(chosen, model)
        target = _checked_target(inside.classes, target) if target is not None else predicted(model, picture)
        progress(0.0, f"Making a {chosen.title} map")
        found = compute_raw_heatmaps(chosen.name, inside, inside.preparation(picture[None]), [target])[0]
        return in_unit(inside.preparation.placed(found, picture.shape[:2]), chosen)
    classes = ask(model, picture[None])[0]
    target = _checked_target(len(classes), target) if target is not None else int(classes.argmax())
    return in_unit(OUTSIDE[chosen.name](model, picture, target, progress), chosen)


def compute_raw_heatmaps(method: str, model: TorchModel, views: Tensor, targets: list[int]) -> Floats:
    """Make the maps of prepared pictures (b, channels, H, W) by a method that looks inside.

    Returns
    -------
    float32 array (b, a, b')
        0 or more, on the method's own scale and in its own resolution: that of the view, or of a feature map.

    Raises
    ------
    ModelError
        The network is not one that the method can explain.
    """
    name = find_published_method(method)
    # A caller may be in inference mode, whose tensors have no gradients for good; their copies made here do.
    with torch.inference_mode(False), torch.enable_grad():
        try:
            found = INSIDE[method](model, views.clone(), torch.tensor(targets))
        except (RuntimeError, AssertionError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelError(
                f"{name.title} cannot follow the gradients of {model.description} ({reason}). "
                "Use Occlusion, RISE or LIME, which ask for probabilities only."
            ) from error
    maps: Floats = found.numpy()
    return maps


def require_torch_model(method: Method, model: Model) -> TorchModel:
    """Refuse a model that cannot be looked into.

    Raises
    ------
    ModelError
        It is a black box.
    """
    model = resolve_model(model)
    if not isinstance(model, TorchModel):
        words = getattr(model, "description", "This model")
        raise ModelError(
            f"{method.title} needs the gradients of a torch network; {words} only gives probabilities. "
            "Use Occlusion, RISE or LIME."
        )
    return model


def predicted(model: Model, picture: Picture) -> int:
    """Give the class that a model says a picture is."""
    return int(ask(model, picture[None])[0].argmax())


def in_unit(raw: Floats | Doubles, method: Method) -> Floats:
    """Divide a map by its largest value; a map without any stays 0.

    Raises
    ------
    ModelError
        It holds what is no number.
    """
    if not np.isfinite(raw).all():
        raise ModelError(
            f"The {method.title} map holds values that are no numbers: the network's scores overflow on this picture. "
            "Use Occlusion, RISE or LIME."
        )
    most = float(raw.max(initial=0.0))
    return np.asarray(raw / most if most > 0 else np.zeros_like(raw), dtype=np.float32)


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
