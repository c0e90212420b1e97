"""Accuracy over corrections, as a curve with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
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
    def digits(self) -> int:
        """Digits of percentages such that the first and the last one that are shown differ by the change that is."""
        before, after = (round(100 * self.accuracy[place], 1) for place in (0, -1))
        return 1 if round(after - before, 1) == round(100 * self.change[-1], 1) else 2

    @property
    def percentages(self) -> tuple[str, str]:
        """The accuracy before any decision and after all, in percent."""
        before, after = (f"{100 * self.accuracy[place]:.{self.digits}f}" for place in (0, -1))
        return before, after

    @property
    def change_in_words(self) -> str:
        """The change from no decision to all, in percentage points, with its interval."""
        before, after = map(Decimal, self.percentages)
        change, *interval = (
            _percentage_points(points, self.digits)
            for points in (after - before, 100 * self.change_low[-1], 100 * self.change_high[-1])
        )
        return f"{change} (95 %: {interval[0]} to {interval[1]})"

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


def _percentage_points(points: float | Decimal, digits: int) -> str:
    written = f"{points:+.{digits}f}"
    return written[1:] if float(written) == 0 else written.replace("-", "−")
