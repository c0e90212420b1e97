"""What corrections bought: the accuracy of a linear model on held-out samples, as a curve over decisions."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from margin_core import protocol
from margin_core.graph import knn
from margin_core.probe.features import reduce_features
from margin_core.probe.linear_probe import INVERSE_PENALTY
from margin_core.probe.logistic import Logistic, fit_logistic
from margin_core.protocol import explain, identity
from margin_core.review.impact.bootstrap import interval, resampled
from margin_core.review.impact.corrections import Corrections, true_ones
from margin_core.review.impact.held_out import HeldOut, hold_out
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips import task as label_flips
from margin_core.tasks.label_flips.rankings import RANKINGS
from margin_core.values import UNLABELLED, Doubles, Ints, Study, freeze, usable_rows

VERSION = 2
"""Raised whenever the same corrections would be found to buy something else."""

ORDERS: dict[str, LabelFlips] = {**RANKINGS, "random order": LabelFlips(method="random")}
"""The orders that a review is compared with."""

SETTLED = 1e-4
"""Where the slope of a fit is small enough: of 4,000 samples two are then classified otherwise than at the minimum."""

MOST_ROUNDS = 500

POINTS, FEWER_POINTS = 13, 7
"""Places along the own curve, and along each other one."""

UNEVEN = 10
"""So many times the smallest class, and the largest would drown it: then classes count the same, not samples."""

FEWEST = 5
"""A class of fewer held-out samples is left out where classes count the same."""

OWN = "your decisions"
ACCURACY, BALANCED = "accuracy", "balanced accuracy"


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve:
    """Accuracy against decisions, in one order.

    Attributes
    ----------
    name : str
    decisions : int array (p,)
        How many decisions were taken in, from 0 to all.
    accuracy : float array (p,) in [0, 1]
        Of the models learnt then, on held-out samples.
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
    def is_told_apart(self) -> bool:
        """Whether the interval of the last change leaves zero out."""
        return bool(self.change_low[-1] > 0 or self.change_high[-1] < 0)

    @property
    def halfway(self) -> float:
        """Accuracy after half of the decisions."""
        return float(self.accuracy[np.searchsorted(self.decisions, round(self.decisions[-1] / 2))])

    @property
    def change_in_words(self) -> str:
        """The change from no decision to all, in percentage points, with its interval."""
        low, high = _points(self.change_low[-1]), _points(self.change_high[-1])
        return f"{_points(self.change[-1])} (95 %: {low} to {high})"


@dataclass(frozen=True, eq=False, kw_only=True)
class CorrectionImpact:
    """What corrections bought.

    Attributes
    ----------
    own : Curve
        In the order in which decisions were made.
    others : tuple of Curve
        In the orders of the other rankings.
    replayed : bool
        Whether the others are these same decisions in another order, which all end alike; else they are as many
        corrections, to the true label, of the samples that each ranking puts first.
    measure : str
        ``accuracy``, or ``balanced accuracy`` where classes are very uneven.
    decisions, changed : int
        Decisions, and those that changed a label.
    learnt_from : int
        Decisions on samples that some model learns from; the others correct only what is judged by.
    held_out, looked_at : int
        Samples that judge; those of them of which a reviewer said which class is right.
    judges : str
        Which samples judge, for a person.
    """

    own: Curve
    others: tuple[Curve, ...]
    replayed: bool
    measure: str
    decisions: int
    changed: int
    learnt_from: int
    held_out: int
    looked_at: int
    judges: str

    @property
    def sentence(self) -> str:
        """What was bought, for a person."""
        if not self.decisions:
            return "No label has been reviewed yet, so there is no impact to measure."
        made = "Your decision" if self.decisions == 1 else f"Your {self.decisions:,} decisions"
        if not self.changed:
            return f"{made} changed no label, so the model learns the same as before."
        before, after = (f"{100 * self.own.accuracy[place]:.1f} %" for place in (0, -1))
        within = self.own.change_in_words.replace(" (", " points (")
        if self.own.is_told_apart:
            verb = "raise" if self.own.change[-1] > 0 else "lower"
            verb += "s" if self.decisions == 1 else ""
            return (
                f"{made} {verb} the {self.measure} of a linear model on held-out samples from {before} to {after}: "
                f"{within}."
            )
        return (
            f"{made} {'makes' if self.decisions == 1 else 'make'} no difference that can be told from chance: the "
            f"{self.measure} of a linear model on held-out samples was {before} before and is {after} now, {within}."
        )

    @property
    def judged_in_words(self) -> str:
        """On which samples and by which labels, for a person."""
        by = (
            f"by their labels as they stand after your decisions: somebody looked at {self.looked_at:,} of these "
            f"{self.held_out:,} labels, the others may be wrong"
            if self.replayed
            else "by the true labels that the study keeps beside it"
        )
        aside = self.decisions - self.learnt_from
        on_held_out = f" {aside:,} of your decisions are on held-out samples, from which nothing is learnt."
        return f"It is judged on {self.judges}, {by}.{on_held_out if aside else ''}"

    @property
    def compared_in_words(self) -> str:
        """What the other orders are, for a person."""
        if self.replayed:
            return "The same decisions, in the order of each other ranking: all end alike, some get there sooner."
        return f"Had you gone by another ranking: its first {self.decisions:,} samples, each given its true label."

    def to_json(self) -> dict[str, Any]:
        """Give everything as plain values."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        curves = {"own": _as_lists(self.own), "others": [_as_lists(curve) for curve in self.others]}
        return {"sentence": self.sentence, **plain, **curves}


def measure_impact(
    study: Study,
    corrections: Corrections,
    *,
    truth: Ints | None = None,
    orders: Mapping[str, LabelFlips] = ORDERS,
    run: Run | None = None,
) -> CorrectionImpact:
    """Measure what corrections bought, and what others would have.

    A logistic regression on the features (the ranking's own: `reduce_features`, its penalty) learns the labels as they
    stand after 0, ..., all decisions, and is judged on samples that it did not learn from (`hold_out`). What these are
    judged by is the same all along: the truth where it is known, else the labels as they stand after all decisions,
    excluded samples left out.

    Parameters
    ----------
    study : Study
        With the labels as given.
    corrections : Corrections
    truth : int array (n,), optional
        `UNLABELLED` where nobody knows.
    orders : mapping of str to LabelFlips
        Rankings to compare with. Where the truth is known, as many samples as there are decisions, the first of each
        ranking, are given their true label; else the same decisions are taken in, in the ranking's order.
    run : Run, optional
        Remembers graphs, heads and each order's answers, so that after `Cancelled` only the unfinished one is lost.

    Raises
    ------
    MissingPart
        No labels or features, one class only, too few samples to hold out.

    Notes
    -----
    Fits: parts held out × (12 + 6 for each order), fewer where decisions changed nothing; and the rankings.
    """
    run = run or Run()
    given, judged_by = study.labels, corrections.after(len(corrections), study.labels) if truth is None else truth
    held = hold_out(study, judged_by)
    bench = _Bench(study, held, judged_by)
    judges = bench.judges
    versions = (VERSION, protocol.VERSION, label_flips.VERSION, knn.VERSION)
    asked = (versions, study.fingerprint, corrections.rows, corrections.labels, truth)
    replayed = truth is None
    total = len(orders) + 1
    part = run.part(0.0, 1 / total)
    answers = {OWN: bench.answers(lambda: corrections, POINTS, fingerprint(asked), part, OWN)}
    for number, (name, task) in enumerate(orders.items(), 1):
        part = run.part(number / total, (number + 1) / total)
        key = fingerprint(asked, identity(task, study))

        def in_order(task: LabelFlips = task, part: Run = part) -> Corrections:
            ranked = _ranked(task, study, part.part(0.0, 0.5))
            if truth is None:
                return corrections.ordered_by(ranked)
            return true_ones(ranked, len(corrections), given, truth)

        answers[name] = bench.answers(in_order, FEWER_POINTS, key, part.part(0.5, 1.0), name)
    run.report(1.0, "Done")
    weights = _weights(judged_by[judges])
    curves = _curves(answers, weights, held.units[judges])
    settled = np.zeros(len(study), dtype=bool)
    settled[corrections.rows] = corrections.settled
    return CorrectionImpact(
        own=curves[0],
        others=tuple(curves[1:]),
        replayed=replayed,
        measure=ACCURACY if (weights == weights[0]).all() else BALANCED,
        decisions=len(corrections),
        changed=int(corrections.changed(given).sum()),
        learnt_from=int(held.teaches[corrections.rows].sum()),
        held_out=len(judges),
        looked_at=int(settled[judges].sum()),
        judges=held.words,
    )


class _Bench:
    """Models learnt from changing labels of one study, each judged by the same samples; none is fitted twice."""

    def __init__(self, study: Study, held: HeldOut, judged_by: Ints) -> None:
        self._study, self._held, self._judged_by = study, held, judged_by
        self._usable = usable_rows(study.embedding)
        self.judges: Ints = np.flatnonzero(held.judges & self._usable & (judged_by != UNLABELLED))
        self._right: dict[str, NDArray[np.bool_]] = {}

    def answers(
        self, corrections: Callable[[], Corrections], points: int, key: str, run: Run, name: str
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """Say after how many decisions, (p,), models are right about which samples that judge, (p, m)."""

        def learn() -> dict[str, np.ndarray]:
            taken = corrections()
            counts = np.unique(np.round(np.linspace(0, len(taken), points)).astype(np.int64))
            right = []
            for place, count in enumerate(counts.tolist()):
                run.report(place / len(counts), f"Learning from corrected labels: {name}, {count:,} of {len(taken):,}")
                right.append(self._judged(taken.after(count, self._study.labels)))
            return {"counts": counts, "right": np.array(right)}

        found = run.step("bought", key, learn)
        return found["counts"], found["right"]

    def _judged(self, labels: Ints) -> NDArray[np.bool_]:
        """Say about which of the samples that judge the models are right that learn these labels, (m,)."""
        right = np.zeros(len(labels), dtype=bool)

        def learn(part: int) -> tuple[Ints, NDArray[np.bool_]]:
            out = self.judges[self._held.part[self.judges] == part]
            return out, self._judged_part(part, labels, out)

        # One BLAS thread a part, since several at once would wait for each other.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as threads:
            for out, answers in threads.map(learn, range(self._held.used)):
                right[out] = answers
        return right[self.judges]

    def _judged_part(self, part: int, labels: Ints, out: Ints) -> NDArray[np.bool_]:
        learnt = self._taught(part, labels)
        key = fingerprint(part, learnt, labels[learnt])
        if key not in self._right:
            model = self._fit(learnt, labels)
            # Where so much was excluded that one class is left, it is what a model would say of all.
            said = (
                labels[learnt][:1] if model is None else model.classes[model.logits(self._points[out]).argmax(axis=1)]
            )
            self._right[key] = self._judged_by[out] == said
        return self._right[key]

    def _fit(self, learnt: Ints, labels: Ints) -> Logistic | None:
        # Every fit from the same start: one that goes on from another has had more rounds, which alone changes it.
        return fit_logistic(
            self._points[learnt],
            labels[learnt],
            inverse_penalty=INVERSE_PENALTY,
            tolerance=SETTLED,
            max_iterations=MOST_ROUNDS,
        )

    def _taught(self, part: int, labels: Ints) -> Ints:
        return np.flatnonzero(self._held.learnt_from(part) & self._usable & (labels != UNLABELLED))

    @cached_property
    def _points(self) -> Doubles:
        return reduce_features(self._study.embedding)[0].astype(np.float64)


def _ranked(task: LabelFlips, study: Study, run: Run) -> Ints:
    """Give all rows (n,), most suspect first."""
    return explain(task, study, engine=run.engine, progress=run.progress).rows


def _weights(judged_by: Ints) -> Doubles:
    """Say how much each sample that judges counts, (m,): all the same, or all classes the same where very uneven."""
    sizes = np.bincount(judged_by)
    sizes[sizes < FEWEST] = 0
    if not sizes.any() or sizes.max() <= UNEVEN * sizes[sizes > 0].min():
        return np.ones(len(judged_by))
    each: Doubles = np.divide(1, sizes, out=np.zeros(len(sizes)), where=sizes > 0)[judged_by]
    return each


def _curves(answers: Mapping[str, tuple[Ints, NDArray[np.bool_]]], weights: Doubles, units: Ints) -> list[Curve]:
    """Sum answers up, all by the same draws, so that the same labels have the same interval in every order."""
    draws = resampled(np.concatenate([right for _, right in answers.values()]), weights, units)
    ends = np.cumsum([len(counts) for counts, _ in answers.values()])
    each = np.split(draws, ends[:-1], axis=1)
    return [_curve(name, *answers[name], weights, drawn) for name, drawn in zip(answers, each, strict=True)]


def _curve(name: str, counts: Ints, right: NDArray[np.bool_], weights: Doubles, draws: Doubles) -> Curve:
    low, high = interval(draws)
    change_low, change_high = interval(draws - draws[:, :1])
    accuracy = right @ weights / weights.sum()
    return Curve(
        name=name,
        decisions=counts,
        accuracy=accuracy,
        low=low,
        high=high,
        change=accuracy - accuracy[0],
        change_low=change_low,
        change_high=change_high,
    )


def _points(share: float) -> str:
    """Write a difference of shares in percentage points."""
    written = f"{100 * share:+.1f}"
    return "0.0" if float(written) == 0 else written.replace("-", "−")


def _as_lists(curve: Curve) -> dict[str, Any]:
    parts = {field.name: getattr(curve, field.name) for field in fields(curve)}
    return {name: part.tolist() if isinstance(part, np.ndarray) else part for name, part in parts.items()}
