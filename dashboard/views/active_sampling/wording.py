"""What the page of active sampling says."""

from __future__ import annotations

from margin_core.review.label_curve import AccuracyPoint
from margin_core.study.samples import counted

TITLE = "What to label next"
HELP = "Batches of samples without a label, chosen so that their labels teach a classifier most. Label them by key."

BATCHES, STRATEGY, BATCH = "Batches", "Strategy", "Samples in a batch"
BATCH_HELP = "Larger batches are more diverse; after smaller ones the next choice knows more."
STRATEGY_HELP = (
    "How the next batch is chosen. The batch that is being labeled is finished first. Once 60 labels are known, "
    "“Compare strategies”, below, shows which one suits these data."
)
STRATEGIES = {
    "influence_coverage": "Cover the map, typical samples first (MARGIN)",
    "influence": "Most influential first",
    "random": "At random",
    "balanced_random": "At random, balanced over predicted classes",
    "entropy": "Most uncertain: entropy",
    "least_margin": "Most uncertain: two likeliest classes",
    "k_center": "Cover the map: k-center (core-set)",
    "typiclust": "A typical sample of each cluster (TypiClust)",
    "probcover": "Cover dense places (ProbCover)",
    "badge": "Uncertain and diverse (BADGE)",
    "probabilistic_resampling": "Probabilistic resampling",
}
"""What each strategy does, in plain words; one that is not here is called as the task calls it."""

SIMULATED = {"balanced_random": "At random, balanced over true classes"}
"""What those do that know more where labels are hidden and given back."""

CLASSES = "Classes"
CLASSES_HELP = "The names that labels can have. A class can be renamed while no sample has its label."
NAME_CLASSES = "Name the classes"
NAME_CLASSES_TEXT = (
    "What kinds of samples are there? Write the names of the classes, separated by commas. You can add more later."
)
NAMES, NAMES_EXAMPLE = "Class names", "cat, dog, bird"
START = "Start labeling"
ADD_CLASS, ADD, RENAME = "Add a class", "Add", "Rename"
NO_OTHER_CLASSES = "This study came with probabilities of its classes, so no other class can be added."
ADDING = "The classes are being added; labeling goes on with them in a moment."

ACCURACY = "Accuracy"
ACCURACY_HELP = (
    "Cross-validated accuracy of a linear model on the labeled samples, with its 95 % Wilson interval, after each "
    "batch. Chosen samples are harder than others, so on all samples it is usually higher."
)
NO_ACCURACY = "Once samples of two classes are labeled, the accuracy of a linear model on them is shown here."

FIRST = "to label"
RENAMED, NEW_NAME = "Class without labels", "New name"

ON_MAP = "On the map"
IN_BATCH, LABELED, OTHERS = "in this batch", "labeled", "without a label"
MAP_COLOR = "what to label next"
BATCH_TITLE = "of the batch to label"

SIMULATE = "Compare strategies"
SIMULATE_HELP = (
    "The labels that are known are hidden and given back as each strategy chooses them, six times up to 200 labels or "
    "to all there are, with three seeds. The curves show how accurate a classifier is then on held-out samples."
)
RUN_SIMULATION = "Run the simulation"
SIMULATION_COST = "Minutes for thousands of samples. It can be stopped, and goes on where it was stopped."
CLASSIFIERS = {"probe": "a linear model", "gcn": "a graph convolutional network"}

ALL_LABELED = "Every sample has a label"
ALL_LABELED_TEXT = "No sample without a label is left. Review the labels that look wrong, or export them."
REVIEW, EXPORT = "Review suspect labels", "Export labels"
CANNOT_CHOOSE = "No batch with this strategy yet"
WITH_DEFAULT = "Use the default strategy"


def accuracy(point: AccuracyPoint) -> str:
    """Return the accuracy, and on how many labels: those that were given since the last batch are not among them."""
    labels = counted(point.labeled, "label").replace(" ", "\N{NO-BREAK SPACE}")
    return f"{ACCURACY} {point.accuracy:.0%} ({labels})"


def interval(point: AccuracyPoint) -> str:
    """Return the accuracy on so many labels, with its interval."""
    between = f"{point.low:.0%} to {point.high:.0%}"
    return f"**{point.accuracy:.0%}** on {point.labeled:,} labeled samples; 95 % interval {between}"


def simulated(seeds: int, classifier: str) -> str:
    """Return what the curves are."""
    return (
        f"Mean accuracy of {CLASSIFIERS[classifier]} over {seeds} seeds; bars are the standard deviation over these. "
        "Differences smaller than the bars say little."
    )


def classes(count: int) -> str:
    """Return how many classes there are."""
    return f"{CLASSES} ({count:,})"
