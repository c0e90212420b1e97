"""What the page of the label review says outside its component."""

TITLE = "Label review"
REVIEW_ALL = "Review all"
WITHOUT_LABEL = "without a label"
REVIEW_STATE, SCORE_AT_LEAST = "Review state", "Label error score at least"


def only_these(count: int, title: str) -> str:
    """Return which samples are reviewed, where these are not all suspects."""
    return f"Only the **{count:,} samples** {title}"
