"""What the saliency page says."""

from __future__ import annotations

TITLE = "Saliency"
HELP = "Which parts of a sample made the model predict its class, by MARGIN and by published methods side by side."
PLACES = {"picture": "pixels", "values": "columns", "text": "words"}

FAITHFULNESS = "Faithfulness"
FAITHFULNESS_HELP = (
    "The most important places of each heatmap are taken away, or put in, step by step, and the model is asked."
)
AGREEMENT = "Agreement of heatmaps"
AGREEMENT_HELP = (
    "Rank correlation: 1 where two heatmaps put all pixels in the same order, 0 where their orders have nothing to do "
    "with each other. Of their most important tenth, heatmaps without any relation have 10 % in common. Where heatmaps "
    "disagree, the numbers above say which one the model bears out."
)
AGREEMENT_TABLE = "| Heatmaps | Rank correlation | Most important pixels in common |\n| :-- | --: | --: |\n"
FRAGILITY = "Fragility of a heatmap"
FRAGILITY_HELP = (
    "Interpretation of neural networks is fragile (Ghorbani, Abid and Zou, 2019): a change that nobody sees can change "
    "the heatmap. A constant heatmap never changes: stability alone ranks nothing."
)
FRAGILITY_OF_ALL = "Fragility of every heatmap"
FRAGILITY_OF_ALL_HELP = (
    "A heatmap that changes when nobody sees a change says little about this sample. A constant heatmap never changes: "
    "stability alone ranks nothing."
)
MOST_FRAGILE, UNUSUALLY_FRAGILE, COLOR_MAP = "Most fragile first", "Unusually fragile", "Color the map"
MOST_FRAGILE_TITLE, UNUSUALLY_FRAGILE_TITLE = "with the most fragile heatmaps", "with unusually fragile heatmaps"
MEASURE_ALL = "Measure every sample"
COMPARISON, COMPARISON_OF_ONE = "Compare on the whole set", "Faithfulness on the whole set"
COMPARISON_HELP = "Each method explains the same samples, drawn by chance, at the class that the model predicts."


def fragility_of_half(measure: str, half: float, few: float) -> str:
    """Return how fragile the heatmaps of a study are."""
    return f"{measure}: at most {half:.0%} in half of the samples, more than {few:.0%} in one of twenty."


def cost_of_measuring(samples: int) -> str:
    """Return what it takes to measure every sample."""
    return (
        f"Every picture is changed by chance, so little that nobody sees it, and its heatmap computed again: two "
        f"heatmaps for each of {samples:,} samples, in the background. What is done when you stop is kept."
    )
