"""Which methods there are, and which of them fit a study."""

from __future__ import annotations

from typing import Literal

from margin_core.errors import ParameterError
from margin_core.study.inputs.texts import are_texts
from margin_core.tasks.saliency.methods import METHODS, Method
from margin_core.tasks.saliency.methods.black_box import is_black_box
from margin_core.tasks.saliency.task import Saliency
from margin_core.values import Need, Study

SampleKind = Literal["picture", "values", "text"]

MARGIN = Method(
    "margin", "MARGIN", False, Saliency.evaluations,
    "What the class loses when parts are hidden, many at a time; kept where a part says as much with less.",
)  # fmt: skip
"""The map of `margin_core.tasks.Saliency`."""

ALL_METHODS = (MARGIN, *METHODS)
"""All methods, MARGIN's own first."""


def find_method(name: str) -> Method:
    """Find a method.

    Raises
    ------
    ParameterError
        There is none of that name.
    """
    for way in ALL_METHODS:
        if way.name == name:
            return way
    raise ParameterError(
        f"There is no saliency method '{name}'. Choose one of: {', '.join(way.name for way in ALL_METHODS)}."
    )


def sample_kind(study: Study) -> SampleKind:
    """Say what a sample of a study is: a picture, a row of numbers or a text; the study must have inputs."""
    inputs = study.require(Need.INPUTS)
    if are_texts(inputs):
        return "text"
    return "values" if len(getattr(inputs, "shape", ())) == 2 else "picture"  # files have no shape


def methods_for(study: Study) -> tuple[tuple[Method, ...], str]:
    """Give the methods that work on a study, and a sentence about those that do not; empty when all do.

    Raises
    ------
    MissingPart
        It has no samples that could be shown to a model, or no model.
    """
    sort = sample_kind(study)
    model = study.require(Need.MODEL)
    if sort != "picture":
        what = "Rows of numbers" if sort == "values" else "Texts"
        return (MARGIN,), f"{what} have MARGIN's own map; the other methods are made for pictures."
    if is_black_box(model):
        left_out = ", ".join(way.title for way in ALL_METHODS if way.looks_inside)
        return (
            tuple(way for way in ALL_METHODS if not way.looks_inside),
            f"This model only gives probabilities, so the methods that follow gradients are left out: {left_out}.",
        )
    return ALL_METHODS, ""
