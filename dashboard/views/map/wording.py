"""What the page of the map says."""

from collections.abc import Sequence

from margin_core.study.samples import counted

TITLE = "Map"
SAMPLE_ACTION = "Show on map"
HELP = "Samples that are close on the map have similar features. Scores never use the map itself."
COLOR, FILTER = "Color", "Filter"
GIVEN_LABEL, SPLIT = "Given label", "Split"
HINT = "Draw a lasso or a box around points, or click a class, to list its samples here."
GESTURES = (
    ("click", "a point: its sample is shown here"),
    ("draw", "around points: their samples are listed"),
    ("legend", "a class: all its samples are listed"),
    ("wheel", "zooms; the right button moves the map"),
)
INSIDE_LASSO = "on the map"
CLEAR_FILTER, CLEAR_FILTER_HELP = "Clear filter", "Show all samples again."
REVIEW_THESE, LABEL_THESE, CLEAR = "Review these", "Label these", "Clear"


def colored_by(title: str) -> str:
    """Return the text of a choice of colors."""
    return f"{COLOR}: {title}"


def selected(count: int, title: str) -> str:
    """Return how many samples are listed, and which; Markdown."""
    return f"**{counted(count, 'sample')}** {title}"


def filtered(conditions: Sequence[str], matching: int, samples: int) -> str:
    """Return which samples stand out on the map; plain text."""
    return f"Filtered: {', '.join(conditions)} – {matching:,} of {counted(samples, 'sample')}"
