"""Maps of single samples by every method that fits, with their numbers, remembered piece by piece.

``orders`` says what can be asked for and where it is kept, without importing torch; ``maker`` makes it; ``worker`` does
so in a process of its own, for the dashboard; ``comparison`` sums up many samples.
"""

from margin_core.saliency.comparison import BETTER, Compared, compare
from margin_core.saliency.orders import ATTACKS, CHANGES, EPS, NUMBERS, PREDICTED, Order, step_of
from margin_core.saliency.ways import MARGIN, WAYS, sort_of, way_named, ways_for

__all__ = [
    "ATTACKS",
    "BETTER",
    "CHANGES",
    "EPS",
    "MARGIN",
    "NUMBERS",
    "PREDICTED",
    "WAYS",
    "Compared",
    "Order",
    "compare",
    "sort_of",
    "step_of",
    "way_named",
    "ways_for",
]
