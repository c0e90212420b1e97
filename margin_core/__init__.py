"""Find and fix what is wrong in labelled data, and see what a model learnt from it."""

from margin_core.errors import MarginError
from margin_core.protocol import explain
from margin_core.study import load_study
from margin_core.tasks import TASKS
from margin_core.types import Explanation, Study

__version__ = "0.1.0"

__all__ = ["TASKS", "Explanation", "MarginError", "Study", "__version__", "explain", "load_study"]
