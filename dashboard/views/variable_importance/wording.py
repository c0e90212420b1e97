"""What the page about the importance of variables says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from margin_core.study.samples import listed

TITLE = "Variable importance"
HELP = (
    "Which columns, words or pixels a classifier of your labels depends on, over all samples. A Bayesian last layer is "
    "fitted on a network, and each variable gets an effect with an interval."
)
CLASS, ALL_CLASSES = "Class", "All classes"
CLASS_HELP = "Importance for one class, or its mean over all classes."
MEASURE = "Rank by"
MEASURES = {
    "permutation": "Permutation", "importance": "Centrality (RATE)", "correlation": "Correlation",
    "forest": "Random forest", "boosting": "Gradient boosting", "shap": "SHAP",
}  # fmt: skip
AXES = {
    "permutation": "rise of the log loss when shuffled", "importance": "share of centrality",
    "correlation": "absolute correlation with a class", "forest": "share of impurity removed",
    "boosting": "share of impurity removed", "shap": "mean absolute SHAP value",
}  # fmt: skip
MEASURES_HELP = {
    "permutation": (
        "How much worse the network predicts held-out labels when the values of this variable are shuffled. To find "
        "the variables that matter, rank by it: in simulations it is right more often than the others, and it sees "
        "variables which matter only together."
    ),
    "importance": (
        "How much the effects of all other variables change once the effect of this one is known to be zero. It adds "
        "the direction of each effect, its interval, and what remains once a variable is left out."
    ),
    "correlation": "With belonging to a class, one variable at a time.",
    "forest": (
        "Impurity importance in a random forest that is fitted to the probabilities of the network. It favors numbers "
        "with many values."
    ),
    "boosting": (
        "Impurity importance in gradient boosting that is fitted to the probabilities of the network: trees that each "
        "correct those before."
    ),
    "shap": "Mean absolute SHAP value of the logits of the network, by expected gradients, on 200 held-out samples.",
}
MEASURE_HELP = "The bars, and the order of the table. Permutation finds the variables that matter most often."
LEFT_OUT = "Assume no effect of"
LEFT_OUT_HELP = (
    "The effects of these variables are assumed to be zero, and the others are ranked again: what mattered only "
    "because it goes together with them falls."
)
ALL_LEFT_OUT = "No variable is left. Take one out of the list above."
LEFT_OUT_HINT = "Choose variables, or click a bar"
GROUP, GROUP_HINT, MAKE_GROUP = "Variables that count as one", "Choose two or more", "Group them"
GROUPS_HELP = (
    "The effects of the variables of a group are known to be zero together, and its values are shuffled together. The "
    "columns of a category or a date are always one variable."
)
GROUPING = "Putting variables together"
PATCH, PATCH_HELP = "Patches", "The pixels of a square count as one variable, and are shuffled together."
NAME, IMPORTANCE, EFFECT, INTERVAL = "variable", "centrality", "effect", "95 % interval"
OF_CLASS, OF_COLUMN, INFLATION = "on class", "effect of", "VIF"
PERMUTATION, CORRELATION, SHAP = "permutation", "correlation", "SHAP"
FOREST, BOOSTING = "forest", "boosting"
RELATED = "goes together with"
COLUMN_HELP = {
    IMPORTANCE: "Share of the centrality of all variables (RATE).",
    EFFECT: "Posterior mean of the effect on the logit of the class; its unit has no meaning, its sign and order have.",
    OF_COLUMN: "The value of the category, or the column, that the effect is of.",
    FOREST: "Impurity importance in a random forest that is fitted to the network.",
    BOOSTING: "Impurity importance in gradient boosting that is fitted to the network.",
    SHAP: "Mean absolute SHAP value of the logits of the network.",
    OF_CLASS: "The class for which the variable matters most.",
    INFLATION: (
        "Variance inflation factor: 1 if the effect is independent of all others. Such a variable has no centrality, "
        "however large its effect."
    ),
    PERMUTATION: "Rise of the log loss on held-out labels when the values of the variable are shuffled.",
    CORRELATION: "Largest absolute correlation with belonging to a class.",
    RELATED: "Variables with the largest absolute posterior correlation of effects.",
}
INFLUENCE_HELP = (
    "The column as the signal of MARGIN: how much the value of each sample differs from what its neighbors in the "
    "graph of the ranking predict."
)
TABLE = "All variables"
CURVES = "Which ranking to trust"
CURVES_HELP = (
    "Accuracy on held-out labels while the first variables of each ranking are shuffled together, over all classes: "
    "the sooner it falls, the more of what the network depends on comes first. Gray: random orders, nine in ten of "
    "them in the band."
)
CURVES_ALONE = "These curves are of each variable by itself, without the groups."
TOGETHER = "What goes together"
TOGETHER_HELP = "Absolute posterior correlation of effects: where it is high, either could stand for the other."
NO_VARIABLES = "This study has no variables that can be compared."


def only_centrality(measure: str) -> str:
    """Return that the other measures do not change when effects are assumed to be zero."""
    return f"{measure} of the others stays as it is; {MEASURES['importance']} is computed again."


def groups(number: int) -> str:
    """Return what the button says that opens the groups of variables."""
    return f"Groups ({number:,})" if number else "Group variables"


def ungroup(name: str) -> str:
    """Return what the button says that takes a group apart."""
    return f"Take apart \u201c{name}\u201d"


def patch(side: int) -> str:
    """Return what squares of so many pixels a side are called."""
    return "each pixel" if side == 1 else f"{side} × {side} pixels"


def square(first: str, side: int) -> str:
    """Return the name of the square of pixels that begins with one."""
    return f"{side} × {side} pixels from {first.removeprefix('pixel ')}"


def legend(class_name: str, kind: str) -> str:
    """Return what the colors of the bars mean."""
    if kind == "words":
        return f"Orange: a text that has the word is more likely {class_name}; blue: less likely."
    which = "the larger the value, or with the value that is named," if kind == "columns" else "the larger the value,"
    return f"Orange: {which} the more likely {class_name}; blue: the less likely."


def nearly_the_label(names: Sequence[str]) -> str:
    """Return a warning that variables say what the label says."""
    return (
        f"Nearly the label itself: {listed(names)}. Such a variable was often written from the label, or after it. If "
        "so, open the study without it, with --feature NAME:ignore."
    )


def agreement(measure: str, agreed: Mapping[str, float]) -> str:
    """Return how far other measures agree with one."""
    others = ", ".join(f"{MEASURES[name]} {value:.2f}" for name, value in agreed.items())
    return f"Rank correlation of {MEASURES[measure]} with the others: {others}."


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


def choose_line(kind: str) -> str:
    """Return what a line of the table leads to."""
    if kind == "words":
        return "Choose a line to see the texts with its word, or to assume that it has no effect."
    return "Choose a line to color the map by it, or to assume that it has no effect."


def color_by(name: str) -> str:
    """Return what a button for the map, colored by a column, says."""
    return f"Color the map by \u201c{name}\u201d"


def influence_of(name: str) -> str:
    """Return what a button for the map, colored by the influence of a column, says."""
    return f"Influence of \u201c{name}\u201d on the map"


def leave_out(name: str) -> str:
    """Return what a button that leaves a variable out says."""
    return f"Assume no effect of \u201c{name}\u201d"


def samples_with(word: str) -> str:
    """Return the title of the samples that hold a word."""
    return f"Samples with the word \u201c{word}\u201d"
