"""What every page says around its own content."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from margin_core.study.samples import counted
from margin_core.values import WHERE_TO_GET, Need

IN_THE_BROWSER = {
    WHERE_TO_GET[Need.LABELS]: "Name the label column on the Open page, or sort the files into one folder a class.",
    WHERE_TO_GET[Need.EMBEDDING]: "Open the pictures themselves; the Open page takes a model, too.",
    WHERE_TO_GET[Need.REFERENCE]: "Open it again together with earlier data, on the Open page.",
    "Name one of these with --label.": "Name one of these as the label column on the Open page.",
    "Name one of these with --label; ": "Name one of these as the label column on the Open page; ",
    "name the classes with --classes cat,dog.": "name the classes there, such as cat, dog.",
    "the surrogate takes": "the network takes",
    "se the features: --space embedding.": "se the features instead.",
    "or leave --model out.": "or leave the model out.",
    "choose --feature ": "choose on the Open page, under Kinds of columns: ",
    "choose --sheet ": "choose on the Open page, under Sheet: ",
    "with --sheet: ": "under Sheet on the Open page: ",
    "or leave this column out with --feature ": "or leave this column out, under Kinds of columns on the Open page: ",
    "name the column of their files with --file": "name the column of their files as the picture column",
    "Name the table of its nodes, with --nodes nodes.csv; or, if it has samples, the column that holds their labels, "
    "with --label.": "Name the table of its nodes under Nodes in another file on the Open page; or, if it "
    "has samples, choose the column that holds their labels there.",
    "with --edges, or leave the model out.": "under Edges in another file on the Open page, or leave the model out.",
    "Save the nodes as a table and the edges as another, and open it with --edges.": "Save the nodes as a table and "
    "the edges as another, and open the nodes with the edges in another file.",
    "Pass --model, or compute the slice through the features.": "Draw it through the features.",
}
"""What to do, for somebody who sees no command line: by the words that are written for one."""

SEARCH, SEARCH_HINT = "Find a sample", "id, file or class"
SEARCH_HINTS = {"text": "id, class or words", "values": "id, class or category"}
"""By what a sample is to the eye, where that can be searched too."""

REVIEWER, REVIEWER_HELP = "Reviewer", "Your name, written into every decision you make."

LABEL_SAMPLES = "Label samples"
NOT_FOR_THIS_STUDY, OPEN_ANOTHER = "Not for this study", "Open another study"
FIT_MODEL = "Fit MARGIN's own model"
FIT_MODEL_HELP = (
    "EfficientNet-Lite0 looks at every picture, which takes minutes for thousands of them, and a linear probe is "
    "fitted to the labels. The features that the study came with, and the ranking, stay."
)
REVIEW_SUSPECTS = "Review suspect labels"

READING, STOP, TRY_AGAIN = "Reading", "Stop", "Try again"
MAP_IS_COMPUTED, COMPUTE_MAP_AGAIN = "Suspect labels can be reviewed meanwhile.", "Lay the map out again"


def size_of(samples: int, classes: int) -> str:
    """Return how large a study is."""
    return f"{counted(samples, 'sample')} · {class_count(classes)}"


def class_count(classes: int) -> str:
    """Return how many classes there are."""
    return f"{classes:,} {'class' if classes == 1 else 'classes'}" if classes else "no classes yet"


def rest_on(features: str, edges: int = 0) -> str:
    """Return what the scores are computed from: features, and the edges of a graph where there is one."""
    return f"Scores rest on {counted(edges, 'edge')} and {features}." if edges else f"Scores rest on {features}."


OTHER_VALUES = "other values"


LIKE_NEIGHBORS, UNLIKE_NEIGHBORS = "like its neighbors", "unlike its neighbors"


def influence_of(title: str) -> str:
    """Return what coloring the map by the influence of a column is called."""
    return f"influence of {title}"


def column(title: str) -> str:
    """Return what coloring the map by a column is called."""
    return f"column {title}"


def lower_first(words: str) -> str:
    """Return a title as it stands within a sentence."""
    return f"{words[:1].lower()}{words[1:]}"


def one_of(title: str, chosen: Sequence[str]) -> str:
    """Return that something is one of a few: ``given label cat or dog``."""
    return f"{lower_first(title)} {' or '.join(chosen)}"


def near(sample: str) -> str:
    """Return which samples are a sample and its neighbors, to follow their number."""
    return f"near {sample}"


def own_model(title: str, accuracy: float) -> str:
    """Return that the model that a page explains is MARGIN's own, and how good it is."""
    measured = (
        "too few samples or groups to measure its accuracy"
        if isnan(accuracy)
        else f"{accuracy:.0%} of them right in cross-validation"
    )
    return (
        f"The model explained here is MARGIN's, fitted to these labels: {title}; {measured}. Label review asks a fit "
        "without the sample, so predictions may differ. To explain a model of yours, open the study with it."
    )


def model_of_study(description: str, right: float | None, out_of_sample: bool) -> str:
    """Return that the model that a page explains came with the study, and how it compares with the labels."""
    whose = f"The model explained here came with the study{f': {description}' if description else ''}."
    if right is None:
        return whose
    if not out_of_sample:
        return f"{whose} It predicts {right:.0%} of the labels as given; it may have been trained on them."
    return (
        f"{whose} Out of sample, {right:.0%} of the labels are predicted as given. Label review shows these "
        "out-of-sample probabilities, so predictions may differ."
    )


def unknown_address(path: str) -> str:
    """Return that an address has no page."""
    return f"There is no page “{path}”. This is the first one; the menu lists the others."


def found_for(sought: str) -> str:
    """Return which samples a search found, to follow their number."""
    return f"found for '{sought}'"


def other_classes(count: int) -> str:
    """Return the entry of a legend for all classes without a color of their own."""
    return f"{count:,} other classes"
