"""How well scores tell attacked from clean samples: areas under curves, overlaps, and what they depend on."""

from margin_core.tasks.adversarial.comparison.area import Area, compute_areas, measure_area
from margin_core.tasks.adversarial.comparison.overlap import Overlap, measure_overlap
from margin_core.tasks.adversarial.comparison.prevalence import SHARES, Prevalence, measure_prevalence
from margin_core.tasks.adversarial.comparison.shares import ShareComparison, compare_criticisms, compare_shares

__all__ = [
    "SHARES",
    "Area",
    "Overlap",
    "Prevalence",
    "ShareComparison",
    "compare_criticisms",
    "compare_shares",
    "compute_areas",
    "measure_area",
    "measure_overlap",
    "measure_prevalence",
]
