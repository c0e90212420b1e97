"""Linear models fitted to changing labels of one study, each evaluated on the same held-out samples."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from margin_core.probe.features import reduce_features
from margin_core.probe.linear_probe import INVERSE_PENALTY
from margin_core.probe.logistic import Logistic, fit_logistic
from margin_core.review.impact.corrections import Corrections
from margin_core.review.impact.held_out import HeldOut
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.values import UNLABELED, Doubles, Ints, Study, usable_rows

STEP = "bought"
"""The name of the step in a workspace, as release 0.1.0 wrote it."""

GRADIENT_TOLERANCE = 1e-4
"""Of a fit: of 4,000 samples two are then classified otherwise than at the minimum."""

MAX_ITERATIONS = 500


class RefittedModels:
    """Models fitted to changing labels; none is fitted twice.

    Parameters
    ----------
    study : Study
    held : HeldOut
    evaluation_labels : int array (n,)
        The labels that accuracy is measured by; `UNLABELED` for a sample that is left out.

    Attributes
    ----------
    evaluated : int array (m,)
        The held-out samples that accuracy is measured on.
    """

    def __init__(self, study: Study, held: HeldOut, evaluation_labels: Ints) -> None:
        self._study, self._held, self._evaluation_labels = study, held, evaluation_labels
        self._usable = usable_rows(study.embedding)
        self.evaluated: Ints = np.flatnonzero(held.evaluated & self._usable & (evaluation_labels != UNLABELED))
        self._right: dict[str, NDArray[np.bool_]] = {}

    def evaluate(
        self, corrections: Callable[[], Corrections], n_points: int, key: str, run: Run, name: str
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """Fit models to the labels after more and more corrections, and evaluate each.

        Parameters
        ----------
        corrections : callable () -> Corrections
            Called only where the answer is not stored.
        n_points : int
            Numbers of corrections, evenly spread from 0 to all.
        key : str
            Under which the answer is stored.
        run : Run
        name : str
            Of the order, for progress.

        Returns
        -------
        counts : int array (p,)
            Numbers of corrections.
        right : bool array (p, m)
            Which evaluated samples the models then have right.
        """

        def compute() -> dict[str, np.ndarray]:
            applied = corrections()
            counts = np.unique(np.round(np.linspace(0, len(applied), n_points)).astype(np.int64))
            right = []
            for place, count in enumerate(counts.tolist()):
                text = f"Learning from corrected labels: {name}, {count:,} of {len(applied):,}"
                run.report(place / len(counts), text)
                right.append(self._evaluate(applied.apply(count, self._study.labels)))
            return {"counts": counts, "right": np.array(right)}

        stored = run.step(STEP, key, compute)
        return stored["counts"], stored["right"]

    def _evaluate(self, labels: Ints) -> NDArray[np.bool_]:
        """Return which evaluated samples the models have right that are fitted to these labels, (m,)."""
        right = np.zeros(len(labels), dtype=bool)

        def evaluate_part(part: int) -> tuple[Ints, NDArray[np.bool_]]:
            out = self.evaluated[self._held.part[self.evaluated] == part]
            return out, self._evaluate_part(part, labels, out)

        # One BLAS thread a part, since several at once would wait for each other.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as threads:
            for out, answers in threads.map(evaluate_part, range(self._held.n_used)):
                right[out] = answers
        return right[self.evaluated]

    def _evaluate_part(self, part: int, labels: Ints, out: Ints) -> NDArray[np.bool_]:
        training = np.flatnonzero(self._held.training_rows(part) & self._usable & (labels != UNLABELED))
        key = fingerprint(part, training, labels[training])
        if key not in self._right:
            model = self._fit(training, labels)
            # Where so much was excluded that one class is left, it is what a model would predict for all.
            predicted = (
                labels[training][:1] if model is None else model.classes[model.logits(self._points[out]).argmax(axis=1)]
            )
            self._right[key] = self._evaluation_labels[out] == predicted
        return self._right[key]

    def _fit(self, training: Ints, labels: Ints) -> Logistic | None:
        # Every fit from the same start: one that goes on from another has had more iterations, which alone changes it.
        return fit_logistic(
            self._points[training],
            labels[training],
            inverse_penalty=INVERSE_PENALTY,
            tolerance=GRADIENT_TOLERANCE,
            max_iterations=MAX_ITERATIONS,
        )

    @cached_property
    def _points(self) -> Doubles:
        return reduce_features(self._study.embedding)[0].astype(np.float64)
