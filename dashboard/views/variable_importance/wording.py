"""What the page about the importance of variables says."""

from __future__ import annotations

TITLE = "Variable importance"
HELP = (
    "Which columns, words or pixels a classifier of your labels depends on, over all samples. A Bayesian last layer is "
    "fitted on a network, and each variable gets an effect with an interval."
)
CLASS, ALL_CLASSES = "Class", "All classes"
CLASS_HELP = "Importance for one class, or its mean over all classes."
MEASURE = "Rank by"
MEASURES = {"permutation": "Permutation", "importance": "Centrality (RATE)", "correlation": "Correlation"}
AXES = {
    "permutation": "rise of the log loss when shuffled", "importance": "share of centrality",
    "correlation": "absolute correlation with a class",
}  # fmt: skip
MEASURE_HELP = (
    "Centrality (RATE): how much the effects of all other variables change once the effect of this one is known to be "
    "zero. Permutation: how much worse the network predicts held-out labels when the values of this variable are "
    "shuffled. Correlation: with belonging to a class, one variable at a time."
)
WHICH_MEASURE = (
    "To find the variables that matter, rank by permutation: in simulations it is right more often, and alone of the "
    "three it sees variables which matter only together. Centrality adds the direction of each effect, its "
    "interval, and what remains once a variable is left out."
)
LEFT_OUT = "Assume no effect of"
LEFT_OUT_HELP = (
    "The effects of these variables are assumed to be zero, and the others are ranked again: what mattered only "
    "because it goes together with them falls."
)
LEFT_OUT_HINT = "Choose variables, or click a bar"
NAME, IMPORTANCE, EFFECT, INTERVAL = "variable", "centrality", "effect", "95 % interval"
OF_CLASS, INFLATION, PERMUTATION, CORRELATION = "on class", "VIF", "permutation", "correlation"
RELATED = "goes together with"
COLUMN_HELP = {
    IMPORTANCE: "Share of the centrality of all variables (RATE).",
    EFFECT: "Posterior mean of the effect on the logit of the class; its unit has no meaning, its sign and order have.",
    OF_CLASS: "The class for which the variable matters most.",
    INFLATION: (
        "Variance inflation factor: 1 if the effect is independent of all others. Such a variable has no centrality, "
        "however large its effect."
    ),
    PERMUTATION: "Rise of the log loss on held-out labels when the values of the variable are shuffled.",
    CORRELATION: "Largest absolute correlation with belonging to a class.",
    RELATED: "Variables with the largest absolute posterior correlation of effects.",
}
TABLE = "All variables"
TABLE_HELP = "Choose a line to see the texts that the word occurs in."
NO_VARIABLES = "This study has no variables that can be compared."


def legend(class_name: str, kind: str) -> str:
    """Return what the colors of the bars mean."""
    which = "a text that has the word is" if kind == "words" else "the larger the value,"
    more, less = ("more likely", "less likely") if kind == "words" else ("the more likely", "the less likely")
    return f"Orange: {which} {more} {class_name}; blue: {less}."


def spread(equally: int, central: int, total: int, kind: str) -> str:
    """Return how unequal the importance is."""
    return (
        f"{central:,} of {total:,} {kind} {'is' if central == 1 else 'are'} more central than an equal share. It is as "
        f"unequal as if {equally:,} were equally central and the others not at all."
    )


def no_better_than_chance(right: float, commonest: float) -> str:
    """Return a warning that the network has learned nothing."""
    return (
        f"The network is right about {right:.0%} of held-out labels, and the commonest class alone would be about "
        f"{commonest:.0%}: it has learned little or nothing, so what follows tells little or nothing."
    )


def accuracy(right: float, commonest: float) -> str:
    """Return how good the network is."""
    return (
        f"It is right about {right:.0%} of held-out labels; the commonest class alone would be about {commonest:.0%}."
    )


LAYERS = {
    "network": "a network of two hidden layers that is trained on the variables",
    "embedding": "the features of the study",
}


def estimated_from(samples: int, labeled: int, layer: str) -> str:
    """Return what the importance was estimated from."""
    which = f"{samples:,} labeled samples" if samples == labeled else f"{samples:,} of {labeled:,} labeled samples"
    return f"Estimated from {which}, with a Bayesian last layer on {LAYERS[layer]}."


def shown_of(shown: int, total: int) -> str:
    """Return how many bars are drawn."""
    return f"The {shown:,} most important of {total:,} are drawn; the table has all."


def show_samples(word: str) -> str:
    """Return what a button for the texts of a word says."""
    return f"Show the texts with \u201c{word}\u201d"


def samples_with(word: str) -> str:
    """Return the title of the samples that hold a word."""
    return f"Samples with the word \u201c{word}\u201d"
