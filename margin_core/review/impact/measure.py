"""Measuring the impact of corrections: the accuracy of a linear model on held-out samples, over decisions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from margin_core import protocol
from margin_core.graph import build
from margin_core.protocol import explain, identity
from margin_core.review.impact.accuracy_curve import accuracy_curves
from margin_core.review.impact.correction_impact import CorrectionImpact
from margin_core.review.impact.corrections import Corrections, true_corrections
from margin_core.review.impact.held_out import hold_out
from margin_core.review.impact.refitted_models import RefittedModels
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips import task as label_flips
from margin_core.tasks.label_flips.rankings import RANKINGS
from margin_core.values import Doubles, Ints, Study

VERSION = 2
"""Raised whenever the same corrections would be measured to have another impact."""

ORDERS: dict[str, LabelFlips] = {**RANKINGS, "random order": LabelFlips(method="random")}
"""The orders that a review is compared with."""

N_OWN_POINTS, N_OTHER_POINTS = 13, 7
"""Points of the own curve, and of each other one."""

MAX_IMBALANCE = 10
"""Largest over smallest class; beyond, classes count the same, not samples."""

MIN_CLASS_SIZE = 5
"""A class of fewer held-out samples is left out where classes count the same."""

OWN = "your decisions"
ACCURACY, BALANCED = "accuracy", "balanced accuracy"


def measure_impact(
    study: Study,
    corrections: Corrections,
    *,
    truth: Ints | None = None,
    orders: Mapping[str, LabelFlips] = ORDERS,
    run: Run | None = None,
) -> CorrectionImpact:
    """Compute the impact of corrections, and that of as many in other orders.

    A logistic regression on the features (the ranking's own: `reduce_features`, its penalty) is fitted to the labels as
    they stand after 0, ..., all decisions, and evaluated on samples that it was not fitted to (`hold_out`). The labels
    that it is evaluated by are the same all along: the truth where it is known, else the labels as they stand after all
    decisions, excluded samples left out.

    Parameters
    ----------
    study : Study
        With the labels as given.
    corrections : Corrections
    truth : int array (n,), optional
        `UNLABELED` where nobody knows.
    orders : mapping of str to LabelFlips
        Rankings to compare with. Where the truth is known, as many samples as there are decisions, the first of each
        ranking, are given their true label; else the same decisions are applied in the ranking's order.
    run : Run, optional
        Stores graphs, probes and each order's answers, so that after `Cancelled` only the unfinished one is lost.

    Returns
    -------
    CorrectionImpact

    Raises
    ------
    MissingPart
        No labels or features, one class only, too few samples to hold out.

    Notes
    -----
    Fits: parts held out × (12 + 6 for each order), fewer where decisions changed nothing; and the rankings.
    """
    run = run or Run()
    given = study.labels
    evaluation_labels = corrections.apply(len(corrections), given) if truth is None else truth
    held = hold_out(study, evaluation_labels)
    models = RefittedModels(study, held, evaluation_labels)
    evaluated = models.evaluated
    versions = (VERSION, protocol.VERSION, label_flips.VERSION, build.VERSION)
    parts = (versions, study.fingerprint, corrections.rows, corrections.labels, truth)
    total = len(orders) + 1
    answers = {
        OWN: models.evaluate(lambda: corrections, N_OWN_POINTS, fingerprint(parts), run.part(0.0, 1 / total), OWN)
    }
    for number, (name, task) in enumerate(orders.items(), 1):
        part = run.part(number / total, (number + 1) / total)
        key = fingerprint(parts, identity(task, study))

        def in_order(task: LabelFlips = task, part: Run = part) -> Corrections:
            ranking = part.part(0.0, 0.5)
            ranked = explain(task, study, engine=ranking.engine, progress=ranking.progress).rows
            if truth is None:
                return corrections.sorted_by(ranked)
            return true_corrections(ranked, len(corrections), given, truth)

        answers[name] = models.evaluate(in_order, N_OTHER_POINTS, key, part.part(0.5, 1.0), name)
    run.report(1.0, "Done")
    weights = _weights(evaluation_labels[evaluated])
    own, *others = accuracy_curves(answers, weights, held.units[evaluated])
    verified = np.zeros(len(study), dtype=bool)
    verified[corrections.rows] = corrections.verified
    return CorrectionImpact(
        own=own,
        others=tuple(others),
        replayed=truth is None,
        measure=ACCURACY if (weights == weights[0]).all() else BALANCED,
        decisions=len(corrections),
        changed=int(corrections.changed(given).sum()),
        learned_from=int(held.training[corrections.rows].sum()),
        held_out=len(evaluated),
        looked_at=int(verified[evaluated].sum()),
        judges=held.description,
    )


def _weights(labels: Ints) -> Doubles:
    """Return how much each held-out sample counts, (m,): all the same, or all classes the same where imbalanced."""
    sizes = np.bincount(labels)
    sizes[sizes < MIN_CLASS_SIZE] = 0
    if not sizes.any() or sizes.max() <= MAX_IMBALANCE * sizes[sizes > 0].min():
        return np.ones(len(labels))
    weights: Doubles = np.divide(1, sizes, out=np.zeros(len(sizes)), where=sizes > 0)[labels]
    return weights
