"""What the overview says."""

TITLE = "Overview"
HELP = "What was found in this data set. Every number leads to the samples behind it."

SAMPLES, SUSPECTS, DECIDED = "Samples", "Suspect labels", "Decided"
WITHOUT_CONFLICT = "Labels without conflict"

SAMPLES_HELP = "Everything that was opened."
SUSPECTS_HELP = "Another class is likelier than the given one."
WITHOUT_CONFLICT_HELP = (
    "A rough estimate of label quality before review. Right labels that look like another class count against it. "
    "“Label error estimate” has a better one, with an interval, that follows your review."
)
LIST_THEM = "List them"

CLASSES, CLASSES_HINT = "Classes", "Click a bar for its samples."
WORTH_A_LOOK = "Worth a look"
CONFUSED, NONE_CONFUSED = "Confused classes", "No two classes are mixed up."
AS_MATRIX = "All pairs as a matrix"

GROUPS = {
    "unlabelled": ("Without a label", "Samples that carry no label; they are ranked as 'to label', never as wrong."),
    "unreadable": ("Unreadable", "Files that cannot be opened, or rows whose features are missing."),
    "exact_duplicates": ("Exact duplicates", "Samples with the same features as another one."),
    "near_duplicates": ("Near duplicates", "Much nearer to another sample than neighbors usually are."),
    "conflicting_duplicates": ("Conflicting duplicates", "Exact or near duplicates that carry different labels."),
}


def review_button(suspects: int) -> str:
    """Return the text of the button that leads to the review."""
    return f"Review {suspects:,} suspect labels"
