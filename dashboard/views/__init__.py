"""Every view of the dashboard. The menu, the pages, the routes and the colors of the map are read off `VIEWS`."""

from __future__ import annotations

from dashboard.views.active_sampling import ACTIVE_SAMPLING
from dashboard.views.adversarial import ADVERSARIAL
from dashboard.views.benchmark import BENCHMARK
from dashboard.views.correction_impact import CORRECTION_IMPACT
from dashboard.views.counterfactuals import COUNTERFACTUALS
from dashboard.views.decision_boundary import DECISION_BOUNDARY
from dashboard.views.export import EXPORT
from dashboard.views.label_error_estimate import LABEL_ERROR_ESTIMATE
from dashboard.views.label_review import LABEL_REVIEW
from dashboard.views.map import MAP
from dashboard.views.new_data import NEW_DATA
from dashboard.views.open_source import OPEN
from dashboard.views.opening import OPENING
from dashboard.views.overview import OVERVIEW
from dashboard.views.prototypes import PROTOTYPES
from dashboard.views.report import REPORT
from dashboard.views.saliency import SALIENCY
from dashboard.views.variable_importance import VARIABLE_IMPORTANCE

VIEWS = (
    OVERVIEW,
    MAP,
    PROTOTYPES,
    VARIABLE_IMPORTANCE,
    NEW_DATA,
    LABEL_REVIEW,
    LABEL_ERROR_ESTIMATE,
    CORRECTION_IMPACT,
    ACTIVE_SAMPLING,
    BENCHMARK,
    DECISION_BOUNDARY,
    COUNTERFACTUALS,
    SALIENCY,
    ADVERSARIAL,
    EXPORT,
    REPORT,
    OPEN,
)
"""In the order of the menu; the first is where a study begins."""

__all__ = ["OPENING", "VIEWS"]
