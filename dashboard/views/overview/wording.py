"""What the overview says."""

from __future__ import annotations

from collections.abc import Sequence

TITLE = "Overview"
HELP = "What was found in this data set. Every number leads to the samples behind it."

SAMPLES, SUSPECTS, DECIDED = "Samples", "Suspect labels", "Decided"
WITHOUT_CONFLICT = "Labels without conflict"

SAMPLES_HELP = "Everything that was opened."
SUSPECTS_HELP = "Labels where another class is more probable than the given one, before review."
WITHOUT_CONFLICT_HELP = (
    "A rough estimate of label quality before review. Right labels for which another class is more probable count "
    "against it. “Label error estimate” has a better one, with an interval, that follows your review."
)
LIST_THEM = "List them"

LIKELIEST = "Most likely label errors"
LIKELIEST_HELP = "Where the review begins: given label, then the suggested one. Click one to review it."
NO_SUSPECTS = "No label is suspect that nobody has decided on."

CLASSES, CLASSES_HINT = "Classes", "Samples of each class. Click a bar to list them on the map."
DATA_QUALITY = "Data quality"
CONFUSED, NONE_CONFUSED = "Confused classes", "No two classes are confused."
CONFUSED_HELP = "Given label → suggested label, with the number of suspects. Click a pair to list them on the map."
AS_MATRIX = "All pairs as a matrix"

GROUPS = {
    "unlabelled": ("Without a label", "Samples that carry no label; they are ranked as 'to label', never as wrong."),
    "unreadable": ("Unreadable", "Files that cannot be opened, or rows whose features are missing."),
    "exact_duplicates": ("Exact duplicates", "Samples with the same features as another one."),
    "near_duplicates": ("Near duplicates", "Much nearer to another sample than neighbors usually are."),
    "conflicting_duplicates": ("Conflicting duplicates", "Exact or near duplicates that carry different labels."),
}


def decided_help(relabeled: int, kept: int) -> str:
    """Return what stands behind the number of decisions."""
    return f"{relabeled:,} relabeled, {kept:,} kept."


def labeled(name: str) -> str:
    """Return in words which samples lie behind the bar of a class."""
    return f"labeled {name}"


def labeled_as(given: str, suggested: str) -> str:
    """Return in words which samples lie behind a pair of classes."""
    return f"labeled {given}, suggested {suggested}"


def none_of(titles: Sequence[str]) -> str:
    """Return one line about groups that have no sample."""
    return f"None: {', '.join(titles)}."


def review_button(suspects: int) -> str:
    """Return the text of the button that leads to the review."""
    return f"Review {suspects:,} suspect {'label' if suspects == 1 else 'labels'}"
