"""The parts of the pages that live in the browser: plain JavaScript modules and their typed wrappers."""

from dashboard.components.grid import thumbnail_grid
from dashboard.components.map import ClassLegend, LegendEntry, ScoreLegend, sample_map
from dashboard.components.prototypes import PrototypeEvents, prototype_rows
from dashboard.components.review import ReviewEvents, review_desk
from dashboard.components.sample import SampleEvents, sample_panel
from dashboard.components.shared import ClassEntry, class_entries
from dashboard.components.walk import Trust, WalkEvents, boundary_walk

__all__ = [
    "ClassEntry",
    "ClassLegend",
    "LegendEntry",
    "PrototypeEvents",
    "ReviewEvents",
    "SampleEvents",
    "ScoreLegend",
    "Trust",
    "WalkEvents",
    "boundary_walk",
    "class_entries",
    "prototype_rows",
    "review_desk",
    "sample_map",
    "sample_panel",
    "thumbnail_grid",
]
