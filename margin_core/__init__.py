"""Find and fix what is wrong in labeled data, and see what a model learned from it.

The names below are imported when they are first used: whoever needs one part does not wait for the others.
"""

from typing import TYPE_CHECKING

from margin_core.lazy_names import lazy_names

if TYPE_CHECKING:
    from margin_core.errors import MarginError
    from margin_core.protocol import explain
    from margin_core.review.estimates import estimate_errors
    from margin_core.study import add_model_outputs, load_study
    from margin_core.study.models import as_model
    from margin_core.tasks import TASKS
    from margin_core.values import Explanation, Study

__version__ = "0.1.0"

__all__ = [
    "TASKS",
    "Explanation",
    "MarginError",
    "Study",
    "__version__",
    "add_model_outputs",
    "as_model",
    "estimate_errors",
    "explain",
    "load_study",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "errors": ("MarginError",),
        "protocol": ("explain",),
        "review.estimates": ("estimate_errors",),
        "study": ("add_model_outputs", "load_study"),
        "study.models": ("as_model",),
        "tasks": ("TASKS",),
        "values": ("Explanation", "Study"),
    },
)
