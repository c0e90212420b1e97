"""The accuracy of the linear probe on what is labeled, after each batch of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from margin_core.storage.workspace import Workspace
from margin_core.wilson_interval import wilson_interval

FACT = "label_curve"
"""What the description of a workspace lists it under."""

MAX_POINTS = 1000


@dataclass(frozen=True)
class AccuracyPoint:
    """How many labels there were, and how many of them were predicted.

    Attributes
    ----------
    labeled : int
        Labels, at least 1.
    correct : int
        Those that a probe predicts which was fitted without them.
    """

    labeled: int
    correct: int

    @property
    def accuracy(self) -> float:
        """The share of labels that is predicted, in [0, 1]."""
        return self.correct / self.labeled

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return wilson_interval(self.correct, self.labeled)[0]

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return wilson_interval(self.correct, self.labeled)[1]


def read_label_curve(workspace: Workspace | None) -> tuple[AccuracyPoint, ...]:
    """Read the accuracy after each batch.

    Parameters
    ----------
    workspace : Workspace or None

    Returns
    -------
    tuple of AccuracyPoint
        By number of labels, ascending.
    """
    stored: Any = (workspace.facts() or {}).get(FACT) if workspace is not None else None
    pairs = stored if isinstance(stored, list) else []
    points = [AccuracyPoint(int(pair[0]), int(pair[1])) for pair in pairs if _is_point(pair)]
    return tuple(sorted(points, key=lambda point: point.labeled))


def record_accuracy(workspace: Workspace, point: AccuracyPoint) -> None:
    """Record the accuracy at a number of labels, in place of one that was recorded at that number before.

    Parameters
    ----------
    workspace : Workspace
        Its other facts stay.
    point : AccuracyPoint
    """
    before = read_label_curve(workspace)
    points = sorted([*(one for one in before if one.labeled != point.labeled), point], key=lambda one: one.labeled)
    if tuple(points) != before:
        workspace.describe((workspace.facts() or {}) | {FACT: _pairs(points[-MAX_POINTS:])})


def _is_point(pair: Any) -> bool:
    is_pair = isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, int) for one in pair)
    return is_pair and 0 <= pair[1] <= pair[0] and pair[0] > 0


def _pairs(points: Sequence[AccuracyPoint]) -> list[list[int]]:
    return [[point.labeled, point.correct] for point in points]
