"""Step 6: decisions. Recorded durably in a log, folded to what holds now, exported.

`ReviewSession` is what a review screen talks to; `ReviewStore` keeps the log; `export` writes the corrected data set.
"""

from margin_core.audit.overview import Confusion
from margin_core.review.choice import Choice, Outcome, Refusal
from margin_core.review.decision import CODES, OPEN, Decision, Verdict, label_name, study_key
from margin_core.review.export import FORMATS, Exported, Format, corrected_labels, export, only_changes
from margin_core.review.imports import Imported, import_decisions, record_import
from margin_core.review.progress import ReviewProgress
from margin_core.review.refit_schedule import RefitSchedule
from margin_core.review.rescorer import Rescorer
from margin_core.review.reviewed_labels import ReviewedLabels, reviewed_labels
from margin_core.review.session import ReviewSession
from margin_core.review.session_corrections import session_corrections
from margin_core.review.state import Conflict, ReviewState
from margin_core.review.store import Appended, ReviewStore, log_frame

__all__ = [
    "CODES",
    "FORMATS",
    "OPEN",
    "Appended",
    "Choice",
    "Conflict",
    "Confusion",
    "Decision",
    "Exported",
    "Format",
    "Imported",
    "Outcome",
    "RefitSchedule",
    "Refusal",
    "Rescorer",
    "ReviewProgress",
    "ReviewSession",
    "ReviewState",
    "ReviewStore",
    "ReviewedLabels",
    "Verdict",
    "corrected_labels",
    "export",
    "import_decisions",
    "label_name",
    "log_frame",
    "only_changes",
    "record_import",
    "reviewed_labels",
    "session_corrections",
    "study_key",
]
