"""What can be requested about one sample, and under which name and key a workspace stores the result."""

from __future__ import annotations

from dataclasses import dataclass

from margin_core.errors import ParameterError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.inputs.texts import are_texts
from margin_core.tasks.saliency import image_parts, task
from margin_core.tasks.saliency.fragility.kinds import ATTACK_KINDS, EPS, EXEMPLAR_KINDS
from margin_core.tasks.saliency.masking import masked_predictions
from margin_core.tasks.saliency.methods.available import find_method
from margin_core.tasks.saliency.variables import TEXT_VERSION
from margin_core.values import Need, Study

VERSION = 4
"""Raised whenever the same request would give another result: when a method, a metric or what is stored changes."""

RECIPE = fingerprint(VERSION, task.VERSION, image_parts.VERSION, masked_predictions.VERSION, task.Saliency())
"""Of all that a result depends on and that is no part of the study."""

PREDICTED = -1
"""Stands for the predicted class."""

KINDS = ("prediction", "heatmap", "draft", "metrics", "parts", "attack", "examples")
"""The class probabilities; a heatmap; one worth a first look; its metrics; the drop of each part; an attack on a
heatmap; the samples that support a prediction, before and after a change."""

METRICS_EPS = 4
"""Of the random signs behind the metrics of every heatmap."""

METRICS = ("deletion", "insertion", "road", "gini", "top_k", "correlation", "shift")
"""What the array ``metrics`` of a step of that kind holds, in order; NaN where a metric is not known."""


@dataclass(frozen=True)
class SaliencyRequest:
    """One result that is requested about one sample.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    row : int
        The sample.
    method : str
        Name of one of `margin_core.tasks.saliency.methods.available.ALL_METHODS`; empty where none is needed.
    target : int
        The class, or `PREDICTED`.
    attack : str
        One of `ATTACK_KINDS`, of `EXEMPLAR_KINDS` for examples; else empty.
    eps : int
        One of `EPS`; 0 but for an attack or examples.
    """

    kind: str
    row: int
    method: str = ""
    target: int = PREDICTED
    attack: str = ""
    eps: int = 0

    def check(self, study: Study) -> None:
        """Raise for a request that cannot be computed for a study, whatever its model predicts.

        Parameters
        ----------
        study : Study

        Raises
        ------
        ParameterError
            There is no such row, kind, method, attack or strength.
        MissingPart
            The study has no inputs or no model.
        """
        study.require(Need.INPUTS)
        study.require(Need.MODEL)
        if self.kind not in KINDS:
            raise ParameterError(f"There is no result '{self.kind}'. Request one of: {', '.join(KINDS)}.")
        if not 0 <= self.row < len(study):
            raise ParameterError(f"Row {self.row} does not exist: the study has {len(study):,} samples.")
        if self.kind in ("heatmap", "draft", "metrics", "attack"):
            find_method(self.method)
        if self.target < PREDICTED:
            raise ParameterError(f"Class {self.target} does not exist.")
        if self.kind == "attack" and (self.attack not in ATTACK_KINDS or self.eps not in EPS):
            raise ParameterError(
                f"An attack is one of {', '.join(ATTACK_KINDS)} with an eps of {', '.join(map(str, EPS))}; "
                f"got '{self.attack}' with {self.eps}."
            )
        if self.kind == "examples":
            if self.attack not in EXEMPLAR_KINDS or self.eps not in EPS:
                raise ParameterError(
                    f"Examples are compared under one of {', '.join(EXEMPLAR_KINDS)} with an eps of "
                    f"{', '.join(map(str, EPS))}; got '{self.attack}' with {self.eps}."
                )
            study.require(Need.EMBEDDING)
            study.require(Need.LABELS)


def step_key(study: Study, request: SaliencyRequest) -> tuple[str, str]:
    """Return name and key of the step that gives the result of a request.

    Parameters
    ----------
    study : Study
    request : SaliencyRequest
        Its target is a class, where it has any.

    Returns
    -------
    name : str
    key : str
        It depends on the samples and the model, and on no label: a correction leaves all heatmaps as they are. That of
        examples depends on features, labels and splits too.
    """
    content = fingerprint(RECIPE, study.parts["inputs"], study.parts["model"])
    if are_texts(study.maybe_inputs):
        content = fingerprint(content, TEXT_VERSION)
    if request.kind == "examples":
        content = fingerprint(content, [study.parts.get(part) for part in ("embedding", "labels", "column split")])
    return f"saliency_{request.kind}", fingerprint(content, request)
