"""The published saliency methods that stand beside MARGIN's own heatmap, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from margin_core.errors import ParameterError


@dataclass(frozen=True)
class Method:
    """One saliency method.

    Attributes
    ----------
    name : str
        In snake case; what `margin_core.tasks.saliency.methods.attribute` takes.
    title : str
        For a person.
    needs_gradients : bool
        Whether it needs the torch network; the others need class probabilities of any model.
    passes : int
        About how many pictures pass through the network for one heatmap; one that passes backward too counts twice.
    sentence : str
        What it does.
    """

    name: str
    title: str
    needs_gradients: bool
    passes: int
    sentence: str


METHODS = (
    Method("grad_cam", "Grad-CAM", True, 2, "The last feature map, its channels weighted by their mean gradient."),
    Method("layer_cam", "Layer-CAM", True, 2, "The last feature map, each place by its own positive gradient."),
    Method("gradient", "Gradient", True, 2, "How much the class score reacts to each pixel, whatever its sign."),
    Method("gradient_x_input", "Gradient × input", True, 2, "Each pixel times the gradient of the class score there."),
    Method("smooth_grad", "SmoothGrad", True, 50, "The gradient averaged over 25 noisy copies of the picture."),
    Method("integrated_gradients", "Integrated Gradients", True, 100,
           "The change of the class score from a blank picture, shared out along a straight line."),
    Method("deep_lift", "DeepLIFT", True, 4,
           "The change of the class score from a blank picture, shared out layer by layer."),
    Method("occlusion", "Occlusion", False, 170, "How far the probability falls when a square window is hidden."),
    Method("rise", "RISE", False, 1_000, "The mean probability while a pixel is left visible by random soft masks."),
    Method("lime", "LIME", False, 500, "A linear model of the probability over random choices of visible superpixels."),
)  # fmt: skip
"""All published methods, those that need gradients first."""

BLACK_BOX = tuple(method for method in METHODS if not method.needs_gradients)
"""Those that work with any model."""


def find_published_method(name: str, among: Sequence[Method] = METHODS) -> Method:
    """Return the published method of a name.

    Parameters
    ----------
    name : str
        That of one of the methods.
    among : sequence of Method

    Returns
    -------
    Method

    Raises
    ------
    ParameterError
        There is none of that name.
    """
    for method in among:
        if method.name == name:
            return method
    known = ", ".join(method.name for method in among)
    raise ParameterError(f"There is no saliency method '{name}'. Choose one of: {known}.")
