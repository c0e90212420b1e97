"""What the page about the decision boundary says."""

from __future__ import annotations

from margin_core.tasks import DecisionBoundary
from margin_core.tasks.decision_boundary.slice import Slice
from margin_core.values import Need, Study

TITLE = "Decision boundary"
HELP = (
    "Samples that lie between two classes of the model, in order from the one to the other: they show what it goes by, "
    "and where it errs."
)
ORDERS = {"boundary": "Uncertain", "errors": "Misclassified"}
"""What comes first, by the name that addresses give the order."""

GESTURES = (("click", "a sample between the classes: it is shown here"), ("← →", "the sample before or after it"))

MIXED = {"inputs": "the samples, by your model", "embedding": "their features, by a linear model"}
"""What a slice mixes."""

SLICE = "A slice of the boundary"
SLICE_HELP = (
    "The plane through three samples, and what is predicted everywhere on it: blue the first class, orange the second, "
    "a line where neither is likelier, gray where a third one is."
)
NO_SLICE = "A slice takes a sample between two classes and a sure one of each. This pair has none."
SLICE_COST = "Your model is asked about 1,681 mixtures of these three, once, in the background."
DRAW_SLICE = "Draw the slice"


def order_caption(task: DecisionBoundary, study: Study) -> str:
    """Return what the order rests on."""
    first = "Misclassified" if task.view == "errors" else "Most uncertain"
    return (
        f"{first} first, by the probabilities of a sample and of its neighbors; these come from {task.rests_on(study)}."
    )


def slice_caption(found: Slice, study: Study) -> str:
    """Return what is drawn, and how far to trust it."""
    if found.of == "inputs":
        words = "Drawn from your own model: it was shown mixtures of the three samples."
        if study.has(Need.PROBABILITIES) and study.out_of_sample:
            words += " It may differ from the out-of-sample probabilities that the order above rests on."
        return f"{words} Outside the triangle, values beyond black or white are cut off." if found.cut.any() else words
    target = "predictions of your model" if study.has(Need.PROBABILITIES) else "labels"
    return f"Drawn from a linear model on the features, which agrees with {found.agreement:.1%} of the {target}."
