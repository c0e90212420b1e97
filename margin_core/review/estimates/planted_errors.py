"""A test of the ranking on label errors that are planted in the user's own data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.errors import ParameterError
from margin_core.graph import build_graph
from margin_core.protocol import filter_function, identity
from margin_core.review.estimates.error_probabilities import ErrorProbabilities, estimate_error_probabilities
from margin_core.review.estimates.reliability import Reliability, base_rate_brier_score, brier_score, reliability
from margin_core.storage.engine import Arrays, Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.label_flips.label_error_score import LabelErrorScore
from margin_core.tasks.label_flips.noise_transition import NoiseTransition
from margin_core.tasks.label_flips.pair_table import PairTable
from margin_core.tasks.label_flips.task import LabelFlips
from margin_core.values import UNLABELED, Domain, Doubles, Graph, Ints, Study, freeze

VERSION = 1
"""Raised whenever the same study would give another result."""

STEP = "self_test"
"""The name of the step in a workspace."""

DEPTHS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
"""Shares of the labels that looked right, reviewed in the order of the queue."""

MAX_PRIOR_ERROR = 0.5
"""A label more likely wrong than that is left alone: flipping it might make it right."""

LEFT_ALONE, CLASS_DEPENDENT, UNIFORM = 0, 1, 2
"""Kinds of planted errors."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PlantedErrorTest:
    """Recall of the ranking, and calibration, on planted label errors.

    Parameters
    ----------
    planted : int
        Errors planted, over all repeats.
    depths : float array (d,) in (0, 1]
        Shares of the labels that looked right before planting, reviewed in the order of the queue. Those that looked
        wrong are passed over: errors that are there already should not stand in the way of planted ones.
    class_dependent, uniform : float array (repeats, d)
        Recall of the planted errors at each depth, of class-dependent and of uniform ones, which are spread evenly
        over the classes; larger = better, NaN where none was planted.
    flagged : float array (repeats,)
        Share of the planted errors whose probability of an error is above one half.
    counted : float array (repeats,)
        By how many the expected number of errors grew, for each error planted: 1 = just so, 0 = none was noticed.
    reliability : Reliability
        Probabilities against what holds. A label that was left alone counts as wrong as it seemed before planting.
    brier_score : float
        Of the same; smaller = better.
    base_rate_brier_score : float
        The Brier score of predicting the true share of errors for every label.
    """

    planted: int
    depths: Doubles
    class_dependent: Doubles
    uniform: Doubles
    flagged: Doubles
    counted: Doubles
    reliability: Reliability
    brier_score: float
    base_rate_brier_score: float

    def __post_init__(self) -> None:
        freeze(self, "depths", "class_dependent", "uniform", "flagged", "counted")

    @property
    def recall(self) -> Doubles:
        """Mean recall of planted errors of both kinds at each depth, (d,)."""
        both = np.concatenate([self.class_dependent, self.uniform])
        known = ~np.isnan(both)
        mean: Doubles = np.where(known, both, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return mean

    @property
    def sentence(self) -> str:
        """The recall in the first 5 % of the queue as a sentence."""
        if not self.planted:
            return "No label error could be planted: that takes labels of at least two classes."
        at = DEPTHS.index(0.05)
        # Rounded down: 100 of 100 is said of all and nothing else.
        return f"Of 100 planted label errors {int(100 * self.recall[at] + 1e-9)} are in the first 5 % of the queue."


def planted_error_test(
    study: Study, task: LabelFlips | None = None, *, repeats: int = 5, share: float = 0.02, run: Run | None = None
) -> PlantedErrorTest:
    """Compute how soon the ranking finds label errors that are planted in a study.

    In each repeat a share of the labeled samples gets another label: half of them by the noise transition
    (class-dependent noise), half go to any other class (uniform noise); labels that look wrong already are left alone.
    Linear probe, opinion pool and noise transition are fitted anew on the same graph.

    What it cannot estimate: how well errors are found that strike just where the model is unsure, and how many labels
    are wrong now. Only reviews can (`estimate_error_count`).

    Parameters
    ----------
    study : Study
    task : LabelFlips, optional
        Default ``LabelFlips()``. The ranking by ``pooled`` is tested, whatever its method.
    repeats : int
        At least 1.
    share : float in (0, 0.5]
        Of the labeled samples, planted in each repeat; at least one.
    run : Run, optional
        Stores graph and repeats one by one, so that after `Cancelled` only the unfinished one is lost.

    Returns
    -------
    PlantedErrorTest

    Raises
    ------
    ParameterError
        Fewer than one repeat, a share outside (0, 0.5].
    MissingPart
        The study has no labels or no embedding.

    Notes
    -----
    A repeat costs a ranking without its graph, two fits of the linear probe for the most part.
    """
    task, run = task or LabelFlips(), run or Run()
    if isinstance(repeats, bool) or not isinstance(repeats, int | np.integer):
        raise ParameterError(f"planted_error_test: repeats is a whole number; got {repeats!r}.")
    if repeats < 1:
        raise ParameterError(f"planted_error_test needs at least one repeat; got {repeats}.")
    if not 0 < share <= 0.5:
        raise ParameterError(
            f"planted_error_test: the share of planted errors must be above 0 and at most 0.5; got {share!r}."
        )
    task.check(study)
    domain = task.domain(study, run)
    run.report(0.0, task.graph.describe(len(domain.ids), task.nodes))
    graph = build_graph(task.graph, domain, run)
    fitted = _fit(study, task, domain, graph, run.part(0.0, 0.1))
    before = estimate_error_probabilities(fitted, study.labels)
    whole = identity(task, study)
    outcomes = []
    for repeat in range(repeats):
        part = run.part(0.1 + 0.9 * repeat / repeats, 0.1 + 0.9 * (repeat + 1) / repeats)
        part.report(0.0, f"Planting label errors, {repeat + 1} of {repeats}")

        def plant(repeat: int = repeat, part: Run = part) -> Arrays:
            seed = fingerprint(VERSION, whole, share, repeat)
            labels, kinds = plant_errors(study, before, fitted.noise_transition, share, seed)
            flipped = study.with_labels(labels)
            # Nobody reads these fits again, so no engine need store them.
            refitted = _fit(flipped, task, domain, graph, Run(progress=part.progress))
            after = estimate_error_probabilities(refitted, labels)
            return {"kinds": kinds, "doubt": after.score_logit, "p_error": after.p_error}

        outcomes.append(run.step(STEP, fingerprint(VERSION, whole, share, repeat), plant))
    run.report(1.0, "Done")
    return _summary(study, before, outcomes)


def plant_errors(
    study: Study, before: ErrorProbabilities, transition: NoiseTransition | None, share: float, seed: str
) -> tuple[Ints, Ints]:
    """Flip a share of the labels of a study.

    Parameters
    ----------
    study : Study
    before : ErrorProbabilities
        Of the labels as given: those likely wrong are left alone.
    transition : NoiseTransition or None
        Class-dependent errors are sampled from it; None for uniform ones only.
    share : float in (0, 0.5]
        Of the labeled samples.
    seed : str
        Hexadecimal digits.

    Returns
    -------
    labels : int array (n,)
    kinds : int array (n,)
        `CLASS_DEPENDENT`, `UNIFORM` or `LEFT_ALONE`.
    """
    labels, n_classes = study.labels.copy(), len(study.class_names)
    kinds = np.full(len(labels), LEFT_ALONE)
    free = np.flatnonzero((labels != UNLABELED) & (before.p_error < MAX_PRIOR_ERROR))
    if n_classes < 2 or not len(free):
        return labels, kinds
    # Sampled in the order of the ids, so that the order of the samples does not matter.
    free = free[np.argsort(study.ids[free], kind="stable")]
    rng = np.random.default_rng(int(seed[:16], 16))
    n_flips = min(max(round(share * int((labels != UNLABELED).sum())), 1), len(free))
    table = PairTable.even(n_classes, 0.5) if transition is None else transition.transition
    rates = table.sums_of_others[labels[free]] + 1e-9
    dependent = rng.choice(len(free), n_flips // 2, replace=False, p=rates / rates.sum())
    uniform = rng.choice(np.setdiff1d(np.arange(len(free)), dependent), n_flips - len(dependent), replace=False)
    for row in free[dependent].tolist():
        odds = table.others_of(labels[row]) + 1e-12 * (np.arange(n_classes) != labels[row])
        labels[row] = rng.choice(n_classes, p=odds / odds.sum())
    rows = free[uniform]
    labels[rows] = (labels[rows] + rng.integers(1, n_classes, len(rows))) % n_classes
    kinds[free[dependent]], kinds[rows] = CLASS_DEPENDENT, UNIFORM
    return labels, kinds


def _fit(study: Study, task: LabelFlips, domain: Domain, graph: Graph, run: Run) -> LabelErrorScore:
    return task.fit_label_error_score(study, filter_function(task, study, domain, graph, run), run)


def _summary(study: Study, before: ErrorProbabilities, outcomes: list[Arrays]) -> PlantedErrorTest:
    labeled = np.flatnonzero(study.labels != UNLABELED)
    free = labeled[before.p_error[labeled] < MAX_PRIOR_ERROR]
    n_reviewed = np.ceil(np.array(DEPTHS) * len(free)).astype(np.int64)
    recalls: dict[int, list[Doubles]] = {CLASS_DEPENDENT: [], UNIFORM: []}
    flagged, counted, predicted, holds = [], [], [], []
    for outcome in outcomes:
        kinds, p_error = outcome["kinds"][labeled], outcome["p_error"][labeled]
        ranked = outcome["kinds"][free[np.lexsort((study.ids[free], -outcome["doubt"][free]))]]
        for kind, recall in recalls.items():
            hits = np.concatenate([[0], np.cumsum(ranked == kind)])
            recall.append(hits[n_reviewed] / hits[-1] if hits[-1] else np.full(len(n_reviewed), np.nan))
        wrong = kinds != LEFT_ALONE
        n_wrong = max(int(wrong.sum()), 1)
        flagged.append((p_error[wrong] > MAX_PRIOR_ERROR).sum() / n_wrong)
        counted.append((p_error.sum() - before.p_error[labeled].sum()) / n_wrong)
        predicted.append(p_error)
        holds.append(np.where(wrong, 1.0, before.p_error[labeled]))
    return PlantedErrorTest(
        planted=int(sum((outcome["kinds"] != LEFT_ALONE).sum() for outcome in outcomes)),
        depths=np.array(DEPTHS),
        class_dependent=np.array(recalls[CLASS_DEPENDENT]),
        uniform=np.array(recalls[UNIFORM]),
        flagged=np.array(flagged),
        counted=np.array(counted),
        reliability=reliability(np.concatenate(predicted), np.concatenate(holds)),
        brier_score=brier_score(np.concatenate(predicted), np.concatenate(holds)),
        base_rate_brier_score=base_rate_brier_score(np.concatenate(holds)),
    )
