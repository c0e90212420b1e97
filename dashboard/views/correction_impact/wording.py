"""What the page about the impact of corrections says."""

TITLE = "Impact of corrections"
HELP = (
    "A simple model is trained twice: on the given labels and on your corrected ones. Both are evaluated on samples "
    "that they were not trained on."
)
NO_DECISIONS = "No corrections yet"
STEPS = """This page shows whether a model trained on your corrected labels is more accurate.

1. Review some suspect labels.
2. Measure the impact. This takes seconds, for a large study a minute or two.
3. Compare the accuracy on held-out samples, after each decision, with other orders of review."""
REVIEW = "Review suspect labels"
CURVE = "After each decision"
BAND = "The band is the 95 % interval of your own curve."
ORDER, HALFWAY, AT_END, CHANGE = "order", "after half", "after all", "change in points"
OUTDATED = "There are new decisions since the last measurement."
COST = (
    "A linear model is trained on the labels before and after your decisions, and again in the order of other "
    "rankings. This takes seconds, for a large study a minute or two; you can continue to work."
)
MEASURE = "Measure the impact"


def limits(features: str) -> str:
    """Return what the measurement does not show."""
    return (
        f"The model is a logistic regression on {features}. A few wrong labels hardly affect such a simple model; a "
        "large network, which memorizes them, may gain more. If the features come from a network that was trained on "
        "the wrong labels, correcting them here does not retrain it."
    )


def count_of_decisions(count: int) -> str:
    """Return how many labels are decided on."""
    return f"{count:,} {'label is' if count == 1 else 'labels are'} decided on"


def measured(measure: str) -> str:
    """Return what a column holds."""
    return f"{measure.capitalize()}, held out."
