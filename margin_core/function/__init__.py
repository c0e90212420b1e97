"""Step 3 of the protocol: the explanation function, one per file, of those that several tasks share."""

from margin_core.function.disagreement import disagreement
from margin_core.function.given_labels import given_labels

__all__ = ["disagreement", "given_labels"]
