"""What the saliency page says."""

from __future__ import annotations

from math import isnan

TITLE = "Saliency"
SAMPLE_ACTION = "Saliency"
HELP = "Which parts of a sample the prediction rests on, by MARGIN and by published methods side by side."
PLACES = {"picture": "pixels", "values": "columns", "text": "words"}

FAITHFULNESS = "Faithfulness"
FAITHFULNESS_HELP = (
    "The most important places of each heatmap are removed, or inserted, step by step, and the model predicts again."
)
AGREEMENT = "Agreement of heatmaps"
AGREEMENT_HELP = (
    "Rank correlation: 1 if two heatmaps put all pixels in the same order, 0 if their orders are unrelated. Unrelated "
    "heatmaps have 10 % of their most important tenth in common. Where heatmaps disagree, the faithfulness above shows "
    "which one agrees with the model."
)
AGREEMENT_TABLE = "| Heatmaps | Rank correlation | Most important pixels in common |\n| :-- | --: | --: |\n"
FRAGILITY = "Fragility of a heatmap"
FRAGILITY_HELP = (
    "A change of the picture that is too small to see can alter the heatmap (Ghorbani, Abid and Zou, 2019). A constant "
    "heatmap never changes, so stability alone cannot rank methods."
)
FRAGILITY_OF_ALL = "Fragility of every heatmap"
FRAGILITY_OF_ALL_HELP = (
    "If an invisible change of the picture alters the heatmap, the heatmap says little about this sample. A constant "
    "heatmap never changes, so stability alone cannot rank methods."
)
MOST_FRAGILE, UNUSUALLY_FRAGILE, COLOR_MAP = "Most fragile first", "Unusually fragile", "Color the map"
MOST_FRAGILE_TITLE, UNUSUALLY_FRAGILE_TITLE = "with the most fragile heatmaps", "with unusually fragile heatmaps"
FRAGILITY_AT_LEAST = "Fragility at least"
MEASURE_ALL = "Measure every sample"
COMPARISON, COMPARISON_OF_ONE = "Compare on the whole set", "Faithfulness on the whole set"
COMPARISON_HELP = "Each method explains the same random samples, for the class that the model predicts."
ONE_SUSPECT = "suspect label"
SUSPECTS_IN_ORDER, SAMPLES_IN_ORDER = "suspect labels, in their order", "samples, most suspect first"

NO_LABELS = "This study has no labels, so no sample supports a prediction."
NO_FEATURES = "This study has no features, so its supporting samples are unknown."
BLACK_BOX = (
    "This model only gives probabilities. The samples that support a prediction need a network that gives features."
)


def correlation(value: float) -> str:
    """Return a rank correlation; heatmaps without an order have none."""
    return "none" if isnan(value) else f"{value:.2f}"


def pair(one: str, other: str) -> str:
    """Return the names of two methods."""
    return f"{one} and {other}"


def fragility_of_half(measure: str, half: float, few: float) -> str:
    """Return how fragile the heatmaps of a study are."""
    return f"{measure}: at most {half:.0%} in half of the samples, more than {few:.0%} in one of twenty."


def cost_of_measuring(samples: int) -> str:
    """Return what it takes to measure every sample."""
    return (
        f"Every picture is changed at random, too little to be seen, and its heatmap is computed again: two heatmaps "
        f"for each of {samples:,} samples, in the background. If you stop, finished heatmaps are kept."
    )
