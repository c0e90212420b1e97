"""How well the ranking does on mistakes planted in the user's own data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.errors import ParameterError
from margin_core.graph import build_graph
from margin_core.protocol import identity
from margin_core.review.estimates.error_probabilities import ErrorProbabilities, estimate_error_probabilities
from margin_core.review.estimates.reliability import Reliability, base_rate_brier_score, brier_score, reliability
from margin_core.storage.engine import Arrays, Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.label_flips.label_error_score import LabelErrorScore
from margin_core.tasks.label_flips.noise_transition import NoiseTransition
from margin_core.tasks.label_flips.task import LabelFlips
from margin_core.values import UNLABELLED, Domain, Doubles, Graph, Ints, Steps, Study, freeze

VERSION = 1
"""Raised whenever the same study would give another result."""

DEPTHS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
"""Shares of the labels that looked right, looked at in the order of the queue."""

DOUBTED = 0.5
"""A label likelier wrong than that is left alone: flipping it might make it right."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PlantedErrorTest:
    """What became of planted mistakes.

    Attributes
    ----------
    planted : int
        Mistakes planted, over all repeats.
    depths : float array (d,) in (0, 1]
        Shares of the labels that looked right before planting, looked at in the order of the queue. Those that looked
        wrong are passed over: mistakes that are there already should not stand in the way of planted ones.
    habitual, even : float array (repeats, d)
        Share of the planted mistakes found by then, of those that the learnt channel makes and of those spread evenly
        over the classes; larger = better, NaN where none was planted.
    flagged : float array (repeats,)
        Share of the planted mistakes whose chance of an error is above one half.
    counted : float array (repeats,)
        By how many the expected number of errors grew, for each mistake planted: 1 = just so, 0 = none was noticed.
    reliability : Reliability
        Chances as stated against what holds. A label that was left alone counts as wrong as it seemed before planting.
    brier : float
        Of the same; smaller = better.
    base_rate_brier_score : float
        What somebody would have who states the same share of every label: the one that came true.
    """

    planted: int
    depths: Doubles
    habitual: Doubles
    even: Doubles
    flagged: Doubles
    counted: Doubles
    reliability: Reliability
    brier_score: float
    base_rate_brier_score: float

    def __post_init__(self) -> None:
        freeze(self, "depths", "habitual", "even", "flagged", "counted")

    @property
    def recall(self) -> Doubles:
        """Mean share of planted mistakes of both kinds found at each depth, (d,)."""
        both = np.concatenate([self.habitual, self.even])
        known = ~np.isnan(both)
        found: Doubles = np.where(known, both, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return found

    @property
    def sentence(self) -> str:
        """What to expect, for a person."""
        if not self.planted:
            return "No label error could be planted: that takes labels of at least two classes."
        at = DEPTHS.index(0.05)
        # Rounded down: 100 of 100 is said of all and nothing else.
        return f"Of 100 planted label errors {int(100 * self.recall[at] + 1e-9)} are in the first 5 % of the queue."


def planted_error_test(
    study: Study, task: LabelFlips | None = None, *, repeats: int = 5, share: float = 0.02, run: Run | None = None
) -> PlantedErrorTest:
    """Flip some labels, rank again, and see where the flips end up.

    In each repeat a share of the labelled samples gets another label, half of them as the learnt channel makes mistakes
    (class by class, to the classes it takes them for), half to any other class; labels that look wrong already are left
    alone. Head, belief and channel are fitted anew on the same graph.

    What it cannot tell: how mistakes are found that strike just where the model is unsure, and how many labels are
    wrong now. Only reviews tell (`estimate_error_count`).

    Parameters
    ----------
    study : Study
    task : LabelFlips, optional
        Default ``LabelFlips()``. The ranking by ``pooled`` is tested, whatever its method.
    repeats : int
        At least 1.
    share : float in (0, 0.5]
        Of the labelled samples, planted in each repeat; at least one.
    run : Run, optional
        Remembers graph and repeats one by one, so that after `Cancelled` only the unfinished one is lost.

    Returns
    -------
    SelfTest

    Raises
    ------
    ParameterError
        Fewer than one repeat, a share outside (0, 0.5].
    MissingPart
        The study has no labels or no embedding.

    Notes
    -----
    A repeat costs a ranking without its graph, two fits of the head for the most part.
    """
    task, run = task or LabelFlips(), run or Run()
    if repeats < 1:
        raise ParameterError(f"self_test needs at least one repeat; got {repeats}.")
    if not 0 < share <= 0.5:
        raise ParameterError(
            f"self_test: the share of planted mistakes must be above 0 and at most 0.5; got {share!r}."
        )
    task.check(study)
    domain = task.domain(study, run)
    run.report(0.0, f"Finding the {task.graph.k} nearest neighbours of {len(domain.ids):,} samples")
    graph = build_graph(task.graph, domain, run)
    first = _suspicion(study, task, domain, graph, run.part(0.0, 0.1))
    before = estimate_error_probabilities(first, study.labels)
    whole = identity(task, study)
    tried = []
    for repeat in range(repeats):
        part = run.part(0.1 + 0.9 * repeat / repeats, 0.1 + 0.9 * (repeat + 1) / repeats)
        part.report(0.0, f"Planting mistakes, {repeat + 1} of {repeats}")

        def plant(repeat: int = repeat, part: Run = part) -> Arrays:
            labels, kinds = planted(
                study, before, first.noise_transition, share, fingerprint(VERSION, whole, share, repeat)
            )
            flipped = study.with_labels(labels)
            # Nobody asks for these fits again, so no engine need remember them.
            again = _suspicion(flipped, task, domain, graph, Run(progress=part.progress))
            after = estimate_error_probabilities(again, labels)
            return {"kinds": kinds, "doubt": after.doubt, "p_error": after.p_error}

        tried.append(run.step("self_test", fingerprint(VERSION, whole, share, repeat), plant))
    run.report(1.0, "Done")
    return _summed_up(study, before, tried)


def planted(
    study: Study, before: ErrorProbabilities, channel: NoiseTransition | None, share: float, seed: str
) -> tuple[Ints, Ints]:
    """Flip a share of the labels; return the labels, and the kind of each row: 1 habitual, 2 even, 0 left alone."""
    labels, n_classes = study.labels.copy(), len(study.class_names)
    kinds = np.zeros(len(labels), np.int64)
    free = np.flatnonzero((labels != UNLABELLED) & (before.p_error < DOUBTED))
    if n_classes < 2 or not len(free):
        return labels, kinds
    # Drawn in the order of the ids, so that the order of the samples does not matter.
    free = free[np.argsort(study.ids[free], kind="stable")]
    rng = np.random.default_rng(int(seed[:16], 16))
    flips = min(max(round(share * int((labels != UNLABELLED).sum())), 1), len(free))
    off = np.ones((n_classes, n_classes)) if channel is None else channel.transition.copy()
    np.fill_diagonal(off, 0)
    mistaken = off.sum(axis=1)
    likely = mistaken[labels[free]] + 1e-9
    habitual = rng.choice(len(free), flips // 2, replace=False, p=likely / likely.sum())
    even = rng.choice(np.setdiff1d(np.arange(len(free)), habitual), flips - len(habitual), replace=False)
    for place in free[habitual].tolist():
        odds = off[labels[place]] + 1e-12 * (np.arange(n_classes) != labels[place])
        labels[place] = rng.choice(n_classes, p=odds / odds.sum())
    rows = free[even]
    labels[rows] = (labels[rows] + rng.integers(1, n_classes, len(rows))) % n_classes
    kinds[free[habitual]], kinds[rows] = 1, 2
    return labels, kinds


def _suspicion(study: Study, task: LabelFlips, domain: Domain, graph: Graph, run: Run) -> LabelErrorScore:
    signal = task.function(study, domain, graph, run)
    return task.fit_label_error_score(study, Steps(domain, graph, signal, task.high_pass(graph, signal)), run)


def _summed_up(study: Study, before: ErrorProbabilities, tried: list[Arrays]) -> PlantedErrorTest:
    labelled = np.flatnonzero(study.labels != UNLABELLED)
    free = labelled[before.p_error[labelled] < DOUBTED]
    looked = np.ceil(np.array(DEPTHS) * len(free)).astype(np.int64)
    recalls: dict[int, list[Doubles]] = {1: [], 2: []}
    flagged, counted, stated, holds = [], [], [], []
    for one in tried:
        kinds, p_error = one["kinds"][labelled], one["p_error"][labelled]
        ranked = one["kinds"][free[np.lexsort((study.ids[free], -one["doubt"][free]))]]
        for kind, found in recalls.items():
            hits = np.concatenate([[0], np.cumsum(ranked == kind)])
            found.append(hits[looked] / hits[-1] if hits[-1] else np.full(len(looked), np.nan))
        wrong = kinds > 0
        several = max(int(wrong.sum()), 1)
        flagged.append((p_error[wrong] > DOUBTED).sum() / several)
        counted.append((p_error.sum() - before.p_error[labelled].sum()) / several)
        stated.append(p_error)
        holds.append(np.where(wrong, 1.0, before.p_error[labelled]))
    return PlantedErrorTest(
        planted=int(sum((one["kinds"] > 0).sum() for one in tried)),
        depths=np.array(DEPTHS),
        habitual=np.array(recalls[1]),
        even=np.array(recalls[2]),
        flagged=np.array(flagged),
        counted=np.array(counted),
        reliability=reliability(np.concatenate(stated), np.concatenate(holds)),
        brier_score=brier_score(np.concatenate(stated), np.concatenate(holds)),
        base_rate_brier_score=base_rate_brier_score(np.concatenate(holds)),
    )
