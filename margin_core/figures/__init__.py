"""Plotly figures of explanations and estimates: what the dashboard's pages show, for a notebook.

`explanation_figure` draws any explanation, `score_map` lays its scores out on the map. `class_bars` and
`confusion_matrix` are the overview's; `review_yield`, `reliability_diagram` and `planted_error_curve` those of the
estimate; `yield_curve` compares rankings where the truth is known; `impact_curve`, `slice_picture` and
`faithfulness_curves` are named for what they show.

The names below are imported when they are first used: the dashboard needs but a few of them to start.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from margin_core.figures.boundary_slice import Pin, slice_picture
    from margin_core.figures.classes import class_bars, confusion_matrix
    from margin_core.figures.estimates import planted_error_curve, reliability_diagram, review_yield
    from margin_core.figures.explanations import explanation_figure, score_map
    from margin_core.figures.faithfulness import faithfulness_curves
    from margin_core.figures.impact import impact_curve
    from margin_core.figures.yields import yield_curve

__all__ = [
    "Pin",
    "class_bars",
    "confusion_matrix",
    "explanation_figure",
    "faithfulness_curves",
    "impact_curve",
    "planted_error_curve",
    "reliability_diagram",
    "review_yield",
    "score_map",
    "slice_picture",
    "yield_curve",
]

_HOMES = {
    "Pin": "boundary_slice",
    "class_bars": "classes",
    "confusion_matrix": "classes",
    "explanation_figure": "explanations",
    "faithfulness_curves": "faithfulness",
    "impact_curve": "impact",
    "planted_error_curve": "estimates",
    "reliability_diagram": "estimates",
    "review_yield": "estimates",
    "score_map": "explanations",
    "slice_picture": "boundary_slice",
    "yield_curve": "yields",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
