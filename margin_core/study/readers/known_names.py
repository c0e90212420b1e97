"""The names by which the columns of a table, or the fields of a sample, are recognized; all in lower case."""

from __future__ import annotations

LABELS = ("label", "labels", "class", "target", "y")
LIKELY_LABELS = frozenset(
    {"sentiment", "category", "species", "variety", "diagnosis", "outcome", "intent", "topic", "emotion", "gold_label",
     "given_label", "noisy_label", "class_label", "label_name", "class_name", "classification"}
)  # fmt: skip
"""Names that usually are the label where no column has one of `LABELS`, one column has one of these, and it holds
classes."""
IDS = ("id", "sample_id")
TEXTS = ("text", "sentence")
SPLITS = ("split",)
WEIGHTS = ("sample_weight",)
"""Not ``weight``: that may as well be a quantity that was measured."""
GROUPS = ("group", "group_id")
