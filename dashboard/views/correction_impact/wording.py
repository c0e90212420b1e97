"""What the page about the impact of corrections says."""

TITLE = "Impact of corrections"
HELP = (
    "A simple model learns from your labels twice: as they were given, and as you corrected them. Both are judged on "
    "samples that they did not learn from."
)
NO_DECISIONS = "No corrections yet"
STEPS = """This page shows whether a model that learns from your corrected labels is right more often.

1. Review some suspect labels.
2. Measure the impact: seconds, or a minute or two for a large study.
3. Compare the accuracy on held-out samples, after each decision, with other orders of review."""
REVIEW = "Review suspect labels"
CURVE = "After each decision"
BAND = "The band is the 95 % interval of your own curve."
ORDER, HALFWAY, AT_END, CHANGE = "order", "after half", "after all", "change in points"
OUTDATED = "More was decided since it was last measured."
COST = (
    "A linear model is trained on the labels before and after your decisions, and again in the order of other "
    "rankings. That takes seconds, a minute or two for a large study; you can go on meanwhile."
)
MEASURE = "Measure the impact"


def limits(features: str) -> str:
    """Return what the measurement does not show."""
    return (
        f"The model is a logistic regression on {features}. A few wrong labels hardly mislead so simple a model; a "
        "large network, which learns them by heart, may gain more. Where the features come from a network that was "
        "trained on the wrong labels, correcting them here does not train it anew."
    )


def count_of_decisions(count: int) -> str:
    """Return how many labels are decided on."""
    return f"{count:,} {'label is' if count == 1 else 'labels are'} decided on"
