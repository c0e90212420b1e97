"""Counterfactuals by an invertible classifier: a sample moved across the boundary of two classes.

`fit_surrogate` trains the classifier, `compute_counterfactual_path` moves a sample across a boundary,
`with_margin_column` adds the signed distance of every sample as a column. torch is imported when one of them needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from margin_core.lazy_names import lazy_names
from margin_core.tasks.invertible.fit_surrogate import fit_surrogate, is_trained
from margin_core.tasks.invertible.input_space import MAX_PICTURE_SIDE, InputSpace
from margin_core.tasks.invertible.margin_column import with_margin_column
from margin_core.tasks.invertible.margins import compute_signed_margins
from margin_core.tasks.invertible.surrogate import Surrogate, default_surrogate
from margin_core.tasks.invertible.trained_surrogate import TrainedSurrogate

if TYPE_CHECKING:
    from margin_core.tasks.invertible.counterfactual_path import CounterfactualPath, compute_counterfactual_path

__all__ = [
    "MAX_PICTURE_SIDE",
    "CounterfactualPath",
    "InputSpace",
    "Surrogate",
    "TrainedSurrogate",
    "compute_counterfactual_path",
    "compute_signed_margins",
    "default_surrogate",
    "fit_surrogate",
    "is_trained",
    "with_margin_column",
]

__getattr__, __dir__ = lazy_names(
    __name__, {"counterfactual_path": ("CounterfactualPath", "compute_counterfactual_path")}
)
