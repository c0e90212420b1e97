"""What can be asked about one sample, and under which name a workspace keeps the answer."""

from __future__ import annotations

from dataclasses import dataclass

from margin_core.domain import image_parts
from margin_core.errors import ParameterError
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.saliency import task as saliency
from margin_core.tasks.saliency.masking import masked_predictions as asked
from margin_core.tasks.saliency.methods.available import find_method
from margin_core.values import Need, Study

VERSION = 3
"""Raised whenever the same order would be answered otherwise: when a method, a number or what is kept changes."""

RECIPE = fingerprint(VERSION, saliency.VERSION, image_parts.VERSION, asked.VERSION, saliency.Saliency())
"""Of all that stands behind an answer and is no part of the study."""

PREDICTED = -1
"""Stands for the class that the model says."""

KINDS = ("look", "map", "draft", "numbers", "parts", "attack", "examples")
"""What the model says; a map; one worth a first look; its numbers; the drop of each part; an attack on a map; the
samples that hold an answer up, before and after a change."""

EPS = (1, 2, 4, 8)
"""Largest change of a value in an attack, of 255."""

ATTACKS = ("random", "top_k", "centre")
"""Signs drawn by chance; against the most important pixels; against the centre of mass."""

CHANGES = ("random", "attack")
"""What the samples that hold an answer up are compared under: signs drawn by chance; an attack on their influence."""

METRICS_EPS = 4
"""Of the random signs behind the number under every map."""

METRICS = ("deletion", "insertion", "road", "gini", "top_k", "correlation", "shift")
"""What the array ``numbers`` of a step of that kind holds, in order; NaN where it is not known."""


@dataclass(frozen=True)
class SaliencyRequest:
    """One thing to find out about one sample.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    row : int
    method : str
        Name of one of `margin_core.saliency.WAYS`; empty where none is needed.
    target : int
        The class, or `PREDICTED`.
    attack : str
        One of `ATTACKS`, of `CHANGES` for examples; else empty.
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
        """Refuse what cannot be carried out on a study whatever its model says.

        Raises
        ------
        ParameterError
            There is no such row, kind, method, attack or strength.
        MissingPart
            The study has nothing to show, or no model to show it to.
        """
        study.require(Need.INPUTS)
        study.require(Need.MODEL)
        if self.kind not in KINDS:
            raise ParameterError(f"Nothing is known of '{self.kind}'. Ask for one of: {', '.join(KINDS)}.")
        if not 0 <= self.row < len(study):
            raise ParameterError(f"Row {self.row} does not exist: the study has {len(study):,} samples.")
        if self.kind in ("map", "draft", "numbers", "attack"):
            find_method(self.method)
        if self.target < PREDICTED:
            raise ParameterError(f"Class {self.target} does not exist.")
        if self.kind == "attack" and (self.attack not in ATTACKS or self.eps not in EPS):
            raise ParameterError(
                f"An attack is one of {', '.join(ATTACKS)} with an eps of {', '.join(map(str, EPS))}; "
                f"got '{self.attack}' with {self.eps}."
            )
        if self.kind == "examples":
            if self.attack not in CHANGES or self.eps not in EPS:
                raise ParameterError(
                    f"Examples are compared under one of {', '.join(CHANGES)} with an eps of "
                    f"{', '.join(map(str, EPS))}; got '{self.attack}' with {self.eps}."
                )
            study.require(Need.EMBEDDING)
            study.require(Need.LABELS)


def step_key(study: Study, order: SaliencyRequest) -> tuple[str, str]:
    """Give name and key of the step that answers an order, whose target is a class where it has any.

    The key depends on the samples and the model, and on no label: a correction leaves all maps as they are. Examples
    depend on features, labels and splits too.
    """
    looked_at = fingerprint(RECIPE, study.parts["inputs"], study.parts["model"])
    if order.kind == "examples":
        looked_at = fingerprint(looked_at, [study.parts.get(part) for part in ("embedding", "labels", "column split")])
    return f"saliency_{order.kind}", fingerprint(looked_at, order)
