"""What the page about the decision boundary says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from margin_core.study.probe_model import ProbeModel
from margin_core.values import Need, Study

if TYPE_CHECKING:
    from margin_core.tasks import DecisionBoundary
    from margin_core.tasks.decision_boundary.slice import Slice

TITLE = "Decision boundary"
HELP = (
    "Samples between two classes of the model, in order from one class to the other. They show which features it uses, "
    "and where it errs."
)
ORDERS = {"boundary": "Uncertain", "errors": "Misclassified"}
"""What comes first, by the name that addresses give the order."""

ORDERS_LABEL = "First comes what is"

GESTURES = (("click", "a sample between the classes: it is shown here"), ("← →", "the sample before or after it"))

MIXED = {"inputs": "Mix samples", "embedding": "Mix features"}
"""What a slice mixes."""

MIXED_LABEL = "Mixed are"
SLICE_OF = {
    "inputs": "Predictions of your own model for mixtures of the three samples.",
    "own": "Predictions of MARGIN's own model for mixtures of the three samples.",
    "embedding": "Predictions of a linear model on the features",
}
"""What is drawn, by what is mixed; the second goes on with a number."""

CORNERS = ("left", "right", "top")
USUAL_CORNERS = "Usual three"

SLICE = "A slice of the boundary"
SLICE_HELP = (
    "The plane through three samples and the prediction at every point: blue for the first class, orange for the "
    "second, a line where both are equally probable, gray where a third class is more probable."
)
NO_SLICE = "A slice needs a sample between two classes and a confidently predicted one of each. This pair has none."
SLICE_COST = "The model predicts 1,681 mixtures of these three samples, once, in the background."
DRAW_SLICE = "Draw the slice"


def corner_button(sample: str, corner: str) -> str:
    """Return the text of the button that puts a sample into a corner of the slice."""
    return f"#{sample} to the {corner}"


def between_classes(first: str, second: str) -> str:
    """Return which samples lie between two classes, to follow their number."""
    return f"between {first} and {second}"


def order_caption(task: DecisionBoundary, study: Study) -> str:
    """Return which probabilities the order is based on."""
    first = "Misclassified" if task.view == "errors" else "Most uncertain"
    return (
        f"{first} first, by the probabilities of a sample and of its neighbors; these come from {task.rests_on(study)}."
    )


def slice_caption(found: Slice, study: Study) -> str:
    """Return what is drawn, and how reliable it is."""
    if found.of == "inputs":
        words = SLICE_OF["own" if isinstance(study.maybe_model, ProbeModel) else "inputs"]
        if study.has(Need.PROBABILITIES) and study.out_of_sample:
            words += " They may differ from the out-of-sample probabilities used for the order above."
        return f"{words} Outside the triangle, values are clipped at black and white." if found.cut.any() else words
    target = (
        f"predictions of {study.predictor or 'the model of the study'}" if study.has(Need.PROBABILITIES) else "labels"
    )
    return f"{SLICE_OF['embedding']}, fitted to the {target}; it agrees with {found.agreement:.1%} of those."
