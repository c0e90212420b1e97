"""Explanations by an invertible classifier: where a sample meets the boundary of two classes, drawn as a sample.

`surrogate` trains the classifier, `cross` carries a sample across a boundary, `with_margin` gives every sample its
signed distance as a column. torch is imported when one of them needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from margin_core.tasks.invertible.input_space import LARGEST_SIDE, Space
from margin_core.tasks.invertible.margin_column import with_margin
from margin_core.tasks.invertible.margins import signed_margins
from margin_core.tasks.invertible.surrogate import Surrogate, TrainedSurrogate, is_trained, recipe_for, surrogate

if TYPE_CHECKING:
    from margin_core.tasks.invertible.counterfactual_path import Crossing, cross

__all__ = [
    "LARGEST_SIDE",
    "Crossing",
    "Space",
    "Surrogate",
    "TrainedSurrogate",
    "cross",
    "is_trained",
    "recipe_for",
    "signed_margins",
    "surrogate",
    "with_margin",
]


def __getattr__(name: str) -> Any:
    if name in ("Crossing", "cross"):
        from margin_core.tasks.invertible import counterfactual_path

        return getattr(counterfactual_path, name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
