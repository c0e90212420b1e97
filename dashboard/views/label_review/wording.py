"""What the page of the label review says outside its component."""

TITLE = "Label review"
REVIEW_ALL = "Review all"
WITHOUT_LABEL = "without a label"
REVIEW_STATE, SCORE_AT_LEAST = "Review state", "Label error score at least"


def few_labels(count: int, per_class: int) -> str:
    """Return that so few labels are ranked with little certainty."""
    return (
        f"{count:,} samples are labeled so far. Which labels are suspect is uncertain until there are about "
        f"{per_class} labels a class: label more under “What to label next”."
    )


def only_these(count: int, title: str) -> str:
    """Return which samples are reviewed, where these are not all suspects."""
    return f"Only the **{count:,} samples** {title}"
