"""Accuracy over corrections, as a curve with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.bootstrap import bootstrap_means, percentile_interval
from margin_core.values import Doubles, Ints, freeze


@dataclass(frozen=True, eq=False, kw_only=True)
class AccuracyCurve:
    """Accuracy on held-out samples against decisions, in one order.

    Parameters
    ----------
    name : str
        Of the order.
    decisions : int array (p,)
        How many decisions the models were fitted to, from 0 to all.
    accuracy : float array (p,) in [0, 1]
    low, high : float array (p,)
        95 % bootstrap interval of each.
    change, change_low, change_high : float array (p,)
        Accuracy minus that before any decision, and its paired 95 % bootstrap interval.
    """

    name: str
    decisions: Ints
    accuracy: Doubles
    low: Doubles
    high: Doubles
    change: Doubles
    change_low: Doubles
    change_high: Doubles

    def __post_init__(self) -> None:
        freeze(self, "decisions", "accuracy", "low", "high", "change", "change_low", "change_high")

    @property
    def is_significant(self) -> bool:
        """Whether the interval of the last change leaves zero out."""
        return bool(self.change_low[-1] > 0 or self.change_high[-1] < 0)

    @property
    def halfway(self) -> float:
        """Accuracy after half of the decisions."""
        return float(self.accuracy[np.searchsorted(self.decisions, round(self.decisions[-1] / 2))])

    @property
    def change_in_words(self) -> str:
        """The change from no decision to all, in percentage points, with its interval."""
        low, high = _percentage_points(self.change_low[-1]), _percentage_points(self.change_high[-1])
        return f"{_percentage_points(self.change[-1])} (95 %: {low} to {high})"

    def to_json(self) -> dict[str, Any]:
        """Return the curve as plain values.

        Returns
        -------
        dict
            By the names of the parameters.
        """
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: part.tolist() if isinstance(part, np.ndarray) else part for name, part in parts.items()}


def accuracy_curves(
    answers: Mapping[str, tuple[Ints, NDArray[np.bool_]]], weights: Doubles, units: Ints
) -> list[AccuracyCurve]:
    """Compute curves from the answers of models, all by the same resamples.

    Parameters
    ----------
    answers : mapping of str to (int array (p,), bool array (p, m))
        By order: the numbers of decisions, and which held-out samples the models then have right.
    weights : float array (m,)
        How much each held-out sample counts.
    units : int array (m,)
        Samples of one unit are resampled together.

    Returns
    -------
    list of AccuracyCurve
        One for each order; the same labels have the same interval in every one.
    """
    resampled = bootstrap_means(np.concatenate([right for _, right in answers.values()]), weights, units)
    ends = np.cumsum([len(counts) for counts, _ in answers.values()])
    parts = np.split(resampled, ends[:-1], axis=1)
    return [_curve(name, *answers[name], weights, part) for name, part in zip(answers, parts, strict=True)]


def _curve(name: str, counts: Ints, right: NDArray[np.bool_], weights: Doubles, resampled: Doubles) -> AccuracyCurve:
    low, high = percentile_interval(resampled)
    change_low, change_high = percentile_interval(resampled - resampled[:, :1])
    accuracy = right @ weights / weights.sum()
    return AccuracyCurve(
        name=name,
        decisions=counts,
        accuracy=accuracy,
        low=low,
        high=high,
        change=accuracy - accuracy[0],
        change_low=change_low,
        change_high=change_high,
    )


def _percentage_points(share: float) -> str:
    written = f"{100 * share:+.1f}"
    return "0.0" if float(written) == 0 else written.replace("-", "−")
