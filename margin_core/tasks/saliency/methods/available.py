"""All saliency methods, MARGIN's own among them, and which of them fit a study."""

from __future__ import annotations

from typing import Literal

from margin_core.study.inputs.texts import are_texts
from margin_core.study.resolved_model import is_black_box
from margin_core.tasks.saliency.methods.published import METHODS, Method, find_published_method
from margin_core.tasks.saliency.task import Saliency
from margin_core.values import Need, Study

SampleKind = Literal["picture", "values", "text"]

MARGIN = Method(
    "margin", "MARGIN", False, Saliency.evaluations,
    "How far the probability falls when parts are hidden, many at a time; small parts of large effect count most.",
)  # fmt: skip
"""The heatmap of `margin_core.tasks.Saliency`."""

ALL_METHODS = (MARGIN, *METHODS)
"""All methods, MARGIN's own first."""


def find_method(name: str) -> Method:
    """Return the method of a name.

    Parameters
    ----------
    name : str
        That of one of `ALL_METHODS`.

    Returns
    -------
    Method

    Raises
    ------
    ParameterError
        There is none of that name.
    """
    return find_published_method(name, ALL_METHODS)


def sample_kind(study: Study) -> SampleKind:
    """Return what a sample of a study is.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        ``picture``, ``values`` (a row of numbers) or ``text``.

    Raises
    ------
    MissingPart
        The study has no inputs.
    """
    inputs = study.require(Need.INPUTS)
    if are_texts(inputs):
        return "text"
    return "values" if len(getattr(inputs, "shape", ())) == 2 else "picture"  # files have no shape


def methods_for(study: Study) -> tuple[tuple[Method, ...], str]:
    """Return the methods that fit the samples and the model of a study.

    Parameters
    ----------
    study : Study

    Returns
    -------
    methods : tuple of Method
        MARGIN's own first.
    excluded : str
        A sentence about those that do not fit; empty when all do.

    Raises
    ------
    MissingPart
        The study has no inputs or no model.
    """
    kind = sample_kind(study)
    model = study.require(Need.MODEL)
    if kind != "picture":
        what = "Rows of numbers" if kind == "values" else "Texts"
        return (MARGIN,), f"{what} have MARGIN's own heatmap; the other methods are made for pictures."
    if is_black_box(model):
        excluded = ", ".join(method.title for method in ALL_METHODS if method.needs_gradients)
        return (
            tuple(method for method in ALL_METHODS if not method.needs_gradients),
            f"This model only gives probabilities, so the methods that follow gradients are left out: {excluded}.",
        )
    return ALL_METHODS, ""
