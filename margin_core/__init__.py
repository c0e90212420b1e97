"""Find and fix what is wrong in labeled data, and see what a model learned from it.

The names below are imported when they are first used: whoever needs one part does not wait for the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

_HOMES = {
    "TASKS": "tasks", "Explanation": "values", "MarginError": "errors", "Study": "values", "explain": "protocol",
    "load_study": "study", "add_model_outputs": "study", "as_model": "study.models",
    "estimate_errors": "review.estimates",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
