"""What the overview says."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

TITLE = "Overview"
HELP = "The results for this data set. Every number links to its samples."

SAMPLES, SUSPECTS, DECIDED = "Samples", "Suspect labels", "Decided"
WITHOUT_CONFLICT = "Labels without conflict"

SAMPLES_HELP = "All samples of the source."
SUSPECTS_HELP = (
    "Labels where another class was more probable than the given one, before review. The button above and the menu "
    "count those that are left to decide on."
)
WITHOUT_CONFLICT_HELP = (
    "The share of ranked labels that are not suspects: a rough measure of label quality before review, too low where "
    "correct labels are suspects. “Label error estimate” has a better one, with an interval, that follows your review."
)
LIST_THEM = "List them"

LABELED, LABELED_HELP = "Labeled", "Samples with a label."
SKIPPED, SKIPPED_HELP = "Skipped", "Samples that were put off."
EXCLUDED, EXCLUDED_HELP = "Excluded", "Samples that are not to be in the data set."
NO_LABELS = "No sample has a label yet"
LABEL_SAMPLES = "Label samples"
FIRST_SAMPLES = "first samples"

LIKELIEST = "Most likely label errors"
LIKELIEST_HELP = "The first samples of the review: given label → suggested label. Click one to review it."
LINES = "Label error score, given label → suggested label, and what the sample begins with."
NO_SUSPECTS = "No suspects left to decide on."

CLASSES, CLASSES_HINT = "Classes", "Samples of each class. Click a bar to list them on the map."
DATA_QUALITY = "Data quality"
CONFUSED, NONE_CONFUSED = "Confused classes", "No two classes are confused."
CONFUSED_HELP = "Given label → suggested label, with the number of suspects. Click a pair to list them on the map."
AS_MATRIX, MOST_AS_MATRIX = "All pairs as a matrix", "The most frequent pairs as a matrix"

GROUPS = {
    "unlabelled": ("Without a label", "Samples that have no label; they are never ranked as errors."),
    "unranked": (
        "Labeled, not ranked",
        "Labels of samples without features that can be compared: they have no label error score and count in no "
        "share.",
    ),
    "unreadable": ("Unreadable", "Files that cannot be opened, or rows whose features are missing."),
    "exact_duplicates": ("Exact duplicates", "Samples with the same features as another one."),
    "near_duplicates": ("Near duplicates", "Much closer to another sample than neighbors usually are."),
    "conflicting_duplicates": ("Conflicting duplicates", "Exact or near duplicates that have different labels."),
}


EDGES_HELP = (
    "Edges of the given graph are the neighbors of label review, prototypes and decision boundary. The more of them "
    "join nodes with the same label, the more they say of a label; by chance: if the same edges ended at random."
)
ABSENT = {
    "without a label": "samples without a label",
    "labeled, not ranked": "labels without a rank",
    "unreadable": "unreadable samples",
}
"""What there is none of, where the title of a group is no noun."""


def edges(count: int, homophily: float, chance: float) -> str:
    """Return how many edges there are, and how many of them join samples of one class."""
    if isnan(homophily):
        return f"{count:,} edges"
    return f"{count:,} edges; {homophily:.0%} join two samples of one class ({chance:.0%} by chance)"


def what_labels_give(n_classes: int) -> str:
    """Return what there is of a study without labels, and what the first labels give."""
    first = "Name the classes and label" if not n_classes else "Label"
    return (
        "Map, prototypes and duplicates are there without labels. "
        f"{first} some samples: each batch is chosen so that it teaches the most, and from the first labels on the "
        "other pages fill, too."
    )


def first_samples(count: int) -> str:
    """Return the heading of the first samples of a study."""
    return f"The first {count:,} samples"


def what_was_read(losses: int, assumptions: int) -> str:
    """Return the heading of what was read of the source, with how much of it was left out or assumed."""
    left_out = [f"{losses:,} left out"] if losses else []
    return " · ".join(["What was read", *left_out, *([f"{assumptions:,} assumed"] if assumptions else [])])


def without_conflict_help(ranked: int, labeled: int) -> str:
    """Return what the share of labels without conflict is, and of how many labels where some were not ranked."""
    counted = "" if ranked == labeled else f" Here {ranked:,} of {labeled:,} labels are ranked."
    return f"{WITHOUT_CONFLICT_HELP}{counted}"


def decided_help(relabeled: int, kept: int, excluded: int, skipped: int) -> str:
    """Return what stands behind the number of decisions."""
    return f"{relabeled:,} relabeled, {kept:,} kept, {excluded:,} excluded. Skipped ones are not counted: {skipped:,}."


def likeliest(shown: int, n_open: int) -> str:
    """Return the heading of the likeliest errors, with how many are shown where that is not all."""
    return LIKELIEST if shown >= n_open else f"{LIKELIEST}: {shown:,} of {n_open:,}"


def labeled(name: str) -> str:
    """Return in words which samples lie behind the bar of a class."""
    return f"labeled {name}"


def labeled_as(given: str, suggested: str) -> str:
    """Return in words which samples lie behind a pair of classes."""
    return f"labeled {given}, suggested {suggested}"


def none_of(titles: Sequence[str]) -> str:
    """Return one line about groups that have no sample."""
    absent = [ABSENT.get(title, title) for title in titles]
    return f"No {' or '.join([*([', '.join(absent[:-1])] if absent[:-1] else []), absent[-1]])}."


def review_button(suspects: int) -> str:
    """Return the text of the button that leads to the review."""
    return f"Review {suspects:,} suspect {'label' if suspects == 1 else 'labels'}"


def skipped(count: int) -> str:
    """Return how many suspects are neither decided nor left to decide on."""
    return f"{count:,} skipped"


def worst_classes(shown: int, n_classes: int) -> str:
    """Return which classes have a bar where not all have."""
    return f"The {shown} of {n_classes:,} classes with the most suspects."
