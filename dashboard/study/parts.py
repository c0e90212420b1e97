"""The parts of a study that a view can need, and what is shown when a study lacks one."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import TYPE_CHECKING

from margin_core.values import Need

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


class Part(StrEnum):
    """A part of a study, or what is kept beside it."""

    LABELS = "labels"
    PREDICTIONS = "predictions"
    EMBEDDING = "embedding"
    PROBABILITIES = "probabilities"
    INPUTS = "inputs"
    MODEL = "model"
    GRAPH = "graph"
    REFERENCE = "reference"
    TRUTH = "truth"


HOW_TO_ADD = {
    Part.LABELS: (
        "No sample of this study has a label yet. Label some under “What to label next”; or, where there are labels "
        "already, open it again and name their column, or sort the files into one folder a class."
    ),
    Part.PREDICTIONS: (
        "Nothing predicts a class of these samples yet. Label some under “What to label next”, or open the study again "
        "with a model."
    ),
    Part.EMBEDDING: "This study has no features. Open the samples themselves, or open it again with a model.",
    Part.PROBABILITIES: "No probabilities came with this study. Open it again and name its model.",
    Part.INPUTS: "This study holds features and not the samples themselves. Open the folder or table that holds them.",
    Part.MODEL: (
        "No model came with this study, and MARGIN fits none of its own before two classes have labels, to more than "
        "200 classes, or, unless it is asked for, to pictures that came with features. Open it again and name its "
        "model, here or with --model; “margin” is MARGIN's own."
    ),
    Part.GRAPH: "No graph came with this study. Hand one to Study.build(graph=...), or open samples with features.",
    Part.REFERENCE: (
        "This study is not compared with anything. Open it again together with earlier data: under Compare with "
        "earlier data on the Open page, or with margin open NEW --against REFERENCE."
    ),
    Part.TRUTH: "The true labels of this study are not known. Where they are, name their file as truth in study.toml.",
}
"""What is missing and how to get it, one line each."""


def has_part(opened: OpenStudy, part: Part) -> bool:
    """Return whether a study has a part.

    Parameters
    ----------
    opened : OpenStudy
    part : Part

    Returns
    -------
    bool
    """
    if part is Part.TRUTH:
        return opened.audited.opened.truth is not None
    if part is Part.PREDICTIONS:
        return opened.study.has(Need.LABELS) or opened.study.has(Need.PROBABILITIES)
    return opened.study.has(Need(part.value))


def missing_part(opened: OpenStudy, needs: Collection[Part]) -> Part | None:
    """Return the first part, in the order of `Part`, that is needed and that a study lacks.

    Parameters
    ----------
    opened : OpenStudy
    needs : collection of Part

    Returns
    -------
    Part or None
    """
    if not needs:  # most views, at every rerun
        return None
    return next((part for part in Part if part in needs and not has_part(opened, part)), None)
