"""Step 6: decisions. Recorded once and for good, folded to what holds now, exported.

`ReviewSession` is what a review screen talks to; `ReviewStore` keeps the log; `export` writes what is left.
"""

from margin_core.review.corrections import corrections
from margin_core.review.decision import Decision, Verdict, label_name, study_key
from margin_core.review.export import FORMATS, Exported, Format, corrected_labels, export, only_changes
from margin_core.review.imports import import_decisions
from margin_core.review.refit_schedule import RefitSchedule, ReviewedLabels, reviewed_labels
from margin_core.review.session import (
    CODES,
    OPEN,
    Choice,
    Group,
    Outcome,
    Progress,
    Refusal,
    Rescorer,
    ReviewSession,
)
from margin_core.review.state import Conflict, ReviewState
from margin_core.review.store import Appended, ReviewStore, log_frame

__all__ = [
    "CODES",
    "FORMATS",
    "OPEN",
    "Appended",
    "Choice",
    "Conflict",
    "Decision",
    "Exported",
    "Format",
    "Group",
    "Outcome",
    "Progress",
    "RefitSchedule",
    "Refusal",
    "Rescorer",
    "ReviewSession",
    "ReviewState",
    "ReviewStore",
    "ReviewedLabels",
    "Verdict",
    "corrected_labels",
    "corrections",
    "export",
    "import_decisions",
    "label_name",
    "log_frame",
    "only_changes",
    "reviewed_labels",
    "study_key",
]
