"""What the model saw in a sample: what is looked at, which maps there are, and what the browser is told of them.

`wish` is what somebody looks at and `book` what is made already; `sample`, `side_by_side`, `attacks`, `examples` and
`series` tell what is known of it and order the rest from the maker of maps.
"""

from dashboard.saliency.attacks import attacked, strength_orders, strengths_told
from dashboard.saliency.book import MapBook, class_names
from dashboard.saliency.examples import examples_told, no_examples
from dashboard.saliency.export import arrays
from dashboard.saliency.sample import seen
from dashboard.saliency.series import (
    FRAGILE_MAPS,
    MOST_IN_A_ROW,
    compared_rows,
    comparison_told,
    offered,
    start_comparison,
    start_strip,
    strip_told,
    trail,
)
from dashboard.saliency.side_by_side import Agreement, agreements, curves
from dashboard.saliency.wish import MOST_SHOWN, Wish, can_be_shaken, cannot, first_choices

__all__ = [
    "FRAGILE_MAPS",
    "MOST_IN_A_ROW",
    "MOST_SHOWN",
    "Agreement",
    "MapBook",
    "Wish",
    "agreements",
    "arrays",
    "attacked",
    "can_be_shaken",
    "cannot",
    "class_names",
    "compared_rows",
    "comparison_told",
    "curves",
    "examples_told",
    "first_choices",
    "no_examples",
    "offered",
    "seen",
    "start_comparison",
    "start_strip",
    "strength_orders",
    "strengths_told",
    "strip_told",
    "trail",
]
