"""What is asked for on the saliency page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from margin_core.errors import ParameterError
from margin_core.tasks.saliency.methods import Method
from margin_core.tasks.saliency.methods.available import find_method, methods_for, sample_kind
from margin_core.tasks.saliency.worker.request import PREDICTED, SaliencyRequest
from margin_core.values import Doubles, Need, Study

MAX_METHODS = 4
"""Heatmaps side by side."""

FIRST_CHOICES = ("margin", "grad_cam", "integrated_gradients", "occlusion", "rise")
"""What is shown until somebody chooses: the first three that fit."""


@dataclass(frozen=True)
class SaliencyQuery:
    """The heatmaps of one sample that are asked for.

    Attributes
    ----------
    row : int
    methods : tuple of str
    target : int
        The class, or `PREDICTED`.
    against : int or None
        A second class, whose heatmap is taken away from the first.
    parts : bool
        Whether outlines of parts are shown.
    """

    row: int
    methods: tuple[str, ...]
    target: int = PREDICTED
    against: int | None = None
    parts: bool = False

    def class_of(self, probabilities: Doubles) -> int:
        """Return the class that is explained, from the probabilities (c,) that the model gives the sample."""
        return int(probabilities.argmax()) if self.target == PREDICTED else self.target

    def check(self, study: Study) -> None:
        """Refuse what this study cannot show.

        Raises
        ------
        ParameterError
            No such row, class or method, or too many of them.
        MissingPart
            The study has nothing to show, or no model to show it to.
        """
        fitting, left_out = methods_for(study)
        if not 1 <= len(self.methods) <= MAX_METHODS:
            raise ParameterError(f"Choose 1 to {MAX_METHODS} methods; got {len(self.methods)}.")
        for name in self.methods:
            if find_method(name) not in fitting:
                raise ParameterError(f"{find_method(name).title} does not fit this study. {left_out}")
        for target in (self.target, self.against if self.against is not None else PREDICTED):
            SaliencyRequest("prediction", self.row, target=target).check(study)


def first_choices(methods: Sequence[Method]) -> tuple[str, ...]:
    """Select the methods that are shown first."""
    names = {method.name for method in methods}
    return tuple(name for name in FIRST_CHOICES if name in names)[:3]


def can_measure_fragility(study: Study) -> bool:
    """Return whether the fragility of every sample can be computed: pictures with features, and a model."""
    needs = (Need.INPUTS, Need.MODEL, Need.EMBEDDING)
    return all(study.has(need) for need in needs) and sample_kind(study) == "picture"
