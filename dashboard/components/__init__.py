"""The parts of the pages that live in the browser: plain JavaScript modules and their typed wrappers."""

from dashboard.components.boundary import BoundaryEvents, boundary_film
from dashboard.components.comparison import method_comparison
from dashboard.components.fragility import fragility_slider
from dashboard.components.grid import thumbnail_grid
from dashboard.components.map import ClassLegend, LegendEntry, ScoreLegend, sample_map
from dashboard.components.prototypes import PrototypeEvents, prototype_rows
from dashboard.components.review import ReviewEvents, review_desk
from dashboard.components.saliency import SaliencyEvents, saliency_maps
from dashboard.components.sample import SampleEvents, sample_panel
from dashboard.components.shared import ClassEntry, class_entries
from dashboard.components.walk import Trust, WalkEvents, boundary_walk

__all__ = [
    "BoundaryEvents",
    "ClassEntry",
    "ClassLegend",
    "LegendEntry",
    "PrototypeEvents",
    "ReviewEvents",
    "SaliencyEvents",
    "SampleEvents",
    "ScoreLegend",
    "Trust",
    "WalkEvents",
    "boundary_film",
    "boundary_walk",
    "class_entries",
    "fragility_slider",
    "method_comparison",
    "prototype_rows",
    "review_desk",
    "saliency_maps",
    "sample_map",
    "sample_panel",
    "thumbnail_grid",
]
