"""Whose model a page explains, and how good it is."""

import numpy as np
from rules import Sum

from dashboard.shared import wording
from dashboard.shared.layout import share_predicted
from margin_core import Study


def test_the_accuracy_of_a_model_is_that_on_the_labels_as_given():
    labels = np.array([0, 1, 1, -1])
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [1.0, 0.0]])
    study = Study.build(
        labels=labels, probabilities=probabilities, inputs=np.eye(4), model=Sum(), class_names=("a", "b"),
        out_of_sample=True,
    )  # fmt: skip
    assert share_predicted(study) == 2 / 3
    assert share_predicted(Study.build(inputs=np.eye(4), labels=labels, class_names=("a", "b"))) is None


def test_a_page_says_whose_model_it_explains():
    ours = wording.own_model("words (TF-IDF) and a linear probe", 0.913)
    assert "MARGIN's, fitted to these labels" in ours and "91% of them right in cross-validation" in ours
    assert "too few samples" in wording.own_model("scaled columns", float("nan"))
    assert (
        wording.model_of_study("ResNet-18", None, False) == "The model explained here came with the study: ResNet-18."
    )
    assert "may have been trained on them" in wording.model_of_study("", 0.9, False)
    out_of_sample = wording.model_of_study("", 0.9, True)
    assert out_of_sample.startswith("The model explained here came with the study. Out of sample, 90% of the labels")
    assert "Label review" in out_of_sample
