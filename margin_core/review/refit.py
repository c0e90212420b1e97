"""Refitting the models behind a ranking to the labels as a review has corrected them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from margin_core.audit.audit import Audit
from margin_core.review import ReviewedLabels
from margin_core.review.estimates import ErrorProbabilities, estimate_error_probabilities
from margin_core.storage.engine import Arrays, Progress, Run, Work, silent
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks import Reviewed
from margin_core.tasks.label_flips import task as label_flips
from margin_core.tasks.label_flips.label_error_score import LabelErrorScore
from margin_core.tasks.label_flips.live_label_error_score import LiveLabelErrorScore
from margin_core.tasks.label_flips.scored_nodes import have_evidence
from margin_core.values import Doubles, Ints

VERSION = 1
"""Raised whenever the same corrections would give another ranking."""

STEP = "refit"

MAX_STORED = 3
"""Refits that a workspace stores: the one in use, the one before, and one of another review of the same source."""

_NEVER_READ = ("head.first", "head.first_classes", "head.first_rest")


@dataclass(frozen=True, eq=False, kw_only=True)
class Refit:
    """Models fitted to corrected labels, and their scores of these.

    Parameters
    ----------
    label_error_score : LabelErrorScore
    reviewed_labels : ReviewedLabels
        What it was fitted to.
    scores : float array (n,) in [0, 1]
        Larger = more suspect; 0 for a sample without evidence.
    suggested : int array (n,)
        The most likely class of each sample other than its *given* label.
    """

    label_error_score: LabelErrorScore
    reviewed_labels: ReviewedLabels
    scores: Doubles
    suggested: Ints

    def live(self) -> LiveLabelErrorScore:
        """Return label error scores that follow further corrections.

        Returns
        -------
        LiveLabelErrorScore
        """
        return LiveLabelErrorScore(self.label_error_score, self.reviewed_labels.labels)

    def error_probabilities(self, given: Ints) -> ErrorProbabilities:
        """Estimate the probability that each given label is wrong, in the order of the queue since the refit.

        Reviews are unbiased only for samples that were taken in the order of the score behind the probabilities: with
        those of the first ranking the number of errors is overestimated once the queue is sorted by another
        (docs/decisions/0010). No sample's own review has a part in its score.

        Parameters
        ----------
        given : int array (n,)
            The labels before any correction.

        Returns
        -------
        ErrorProbabilities
        """
        scores = self.label_error_score.scores_of(
            self.label_error_score.probabilities(self.reviewed_labels.labels), given
        )
        return estimate_error_probabilities(self.label_error_score, given, scores)


def refit(audited: Audit, reviewed_labels: ReviewedLabels, progress: Progress = silent) -> Refit:
    """Fit linear probe, calibrations, opinion pool and noise transition again, and score every sample.

    The graph stays. A sample whose class a reviewer named counts three times in the probe's second fit, and its true
    class is known to the noise transition, which still models how *given* labels come about. docs/decisions/0010 says
    what either is worth.

    Parameters
    ----------
    audited : Audit
        With a workspace, the refit is stored there, beside the last few.
    reviewed_labels : ReviewedLabels
    progress : callable
        ``progress(fraction, text)``, fraction in [0, 1].

    Returns
    -------
    Refit
        The same for the same study, task and corrections.

    Raises
    ------
    NotComputed
        The workspace may not compute, and does not hold it.

    Notes
    -----
    Two fits of the linear probe for the most part: 4,000 x 64, ten classes, a second. Stored, 100,000 samples: 0.3 s.
    """
    study, explanation, workspace = audited.opened.study, audited.explanation, audited.opened.workspace
    reviewed = Reviewed(given=study.labels, verified=reviewed_labels.verified)
    now = study.with_labels(reviewed_labels.labels)
    steps = explanation.steps

    def fit() -> dict[str, np.ndarray]:
        inner = _NestedEngine()
        label_error_score = audited.task.fit_label_error_score(now, steps, Run(inner, progress), reviewed)
        live = LiveLabelErrorScore(label_error_score, reviewed_labels.labels)
        scores = label_error_score.scores(reviewed_labels.labels)
        scores[~have_evidence(study, explanation.graph, audited.task.graph)] = 0.0  # as in the first ranking
        stored = {name: array for name, array in inner.arrays.items() if name not in _NEVER_READ}
        suggested = live.suggestions(np.arange(len(study)), study.labels)
        return {**stored, "scores": scores, "suggested": suggested.astype(np.int32)}

    identity = (VERSION, label_flips.VERSION, explanation.fingerprint, reviewed_labels.labels, reviewed_labels.verified)
    arrays = Run(audited.opened.engine, progress).step(STEP, fingerprint(*identity), fit)
    if workspace is not None and workspace.may_compute:
        workspace.keep_newest(STEP, MAX_STORED)
    label_error_score = audited.task.fit_label_error_score(now, steps, Run(_NestedEngine(dict(arrays))), reviewed)
    progress(1.0, "Done")
    return Refit(
        label_error_score=label_error_score,
        reviewed_labels=reviewed_labels,
        scores=np.array(arrays["scores"]),
        suggested=arrays["suggested"].astype(np.int64),
    )


@dataclass(frozen=True)
class _NestedEngine:
    """The engine of steps that are stored inside another step, under their names."""

    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def step(self, name: str, key: str, work: Work) -> Arrays:
        found: Mapping[str, np.ndarray] = self._of(name)
        if not found:
            self.arrays.update({f"{name}.{part}": array for part, array in work().items()})
            found = self._of(name)
        return found

    def _of(self, name: str) -> dict[str, np.ndarray]:
        return {
            whole.removeprefix(f"{name}."): array
            for whole, array in self.arrays.items()
            if whole.startswith(f"{name}.")
        }
