"""Plotly figures of explanations and estimates: what the dashboard's pages show, for a notebook.

`explanation_figure` draws any explanation, `score_map` lays its scores out on the map. `class_bars` and
`confusion_matrix` are the overview's; `review_yield`, `reliability_diagram` and `planted_error_curve` those of the
estimate; `yield_curve` compares rankings where the truth is known; `impact_curve`, `slice_picture`,
`faithfulness_curves`, `importance_bars`, `importance_map`, `shuffle_curves` and `correlation_map` are named for what
they show.

The names below are imported when they are first used: the dashboard needs but a few of them to start.
"""

from typing import TYPE_CHECKING

from margin_core.lazy_names import lazy_names

if TYPE_CHECKING:
    from margin_core.figures.boundary_slice import Pin, slice_picture
    from margin_core.figures.classes import class_bars, confusion_matrix
    from margin_core.figures.estimates import planted_error_curve, reliability_diagram, review_yield
    from margin_core.figures.explanations import explanation_figure, score_map
    from margin_core.figures.faithfulness import faithfulness_curves
    from margin_core.figures.impact import impact_curve
    from margin_core.figures.label_curve import accuracy_curve, strategy_curves
    from margin_core.figures.variables import correlation_map, importance_bars, importance_map, shuffle_curves
    from margin_core.figures.yields import yield_curve

__all__ = [
    "Pin",
    "accuracy_curve",
    "class_bars",
    "confusion_matrix",
    "correlation_map",
    "explanation_figure",
    "faithfulness_curves",
    "impact_curve",
    "importance_bars",
    "importance_map",
    "planted_error_curve",
    "reliability_diagram",
    "review_yield",
    "score_map",
    "shuffle_curves",
    "slice_picture",
    "strategy_curves",
    "yield_curve",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "boundary_slice": ("Pin", "slice_picture"),
        "classes": ("class_bars", "confusion_matrix"),
        "estimates": ("planted_error_curve", "reliability_diagram", "review_yield"),
        "explanations": ("explanation_figure", "score_map"),
        "faithfulness": ("faithfulness_curves",),
        "impact": ("impact_curve",),
        "label_curve": ("accuracy_curve", "strategy_curves"),
        "variables": ("correlation_map", "importance_bars", "importance_map", "shuffle_curves"),
        "yields": ("yield_curve",),
    },
)
