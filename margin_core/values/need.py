"""The parts that a study may have, and where to get one that it lacks."""

from __future__ import annotations

from enum import StrEnum


class Need(StrEnum):
    """A part of a study that a task can ask for."""

    LABELS = "labels"
    EMBEDDING = "embedding"
    PROBABILITIES = "probabilities"
    INPUTS = "inputs"
    MODEL = "model"
    GRAPH = "graph"
    REFERENCE = "reference"


WHERE_TO_GET = {
    Need.LABELS: "Name the label column with --label, sort the files into one folder a class, or pass labels=.",
    Need.EMBEDDING: (
        "Open the pictures with --model efficientnet-lite0, pass embedding=, or, where there are inputs and a "
        "model=, call margin_core.add_model_outputs(study)."
    ),
    Need.PROBABILITIES: "Pass --model, or probabilities=, an array with one row a sample and one column a class.",
    Need.INPUTS: "Open the folder or manifest that holds the samples themselves, or pass inputs=.",
    Need.MODEL: "Pass --model, or model=.",
    Need.GRAPH: "Pass graph=, or compare near samples with Knn().",
    Need.REFERENCE: "Open it with --against REFERENCE, the earlier data, or pass reference=.",
}
