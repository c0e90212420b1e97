"""How likely each label is wrong: stated before any review, and learned from the reviews so far."""

from __future__ import annotations

from dashboard.study.open_study import OpenStudy
from margin_core.review.estimates import (
    ErrorPosterior,
    ErrorProbabilities,
    ErrorProbabilityCurve,
    error_probability_curve,
    estimate_error_probabilities,
    fit_error_posterior,
)
from margin_core.review.refit import Refit


def stated_probabilities(opened: OpenStudy) -> ErrorProbabilities:
    """Compute how likely each label is wrong by the first ranking, before any review."""
    return opened.memory.recall(
        "stated_probabilities", "", lambda: estimate_error_probabilities(opened.first_scores, opened.study.labels)
    )


def error_posterior(opened: OpenStudy) -> ErrorPosterior:
    """Compute how likely each label is wrong after the reviews so far, by the ranking that the queue goes by."""
    # Read before the session, so that a refit that comes between is not kept under the older version.
    version, found = opened.version, opened.refit

    def compute() -> ErrorPosterior:
        stated = stated_probabilities(opened) if found is None else _refit_probabilities(opened, found)
        return fit_error_posterior(stated, opened.session.reviews())

    return opened.memory.recall("error_posterior", version, compute, capacity=1)


def error_curve(opened: OpenStudy) -> ErrorProbabilityCurve | None:
    """Compute how likely a label of each label error score is wrong; None where the queue goes by another score."""
    return error_probability_curve(error_posterior(opened)) if opened.audited.task.method == "pooled" else None


def _refit_probabilities(opened: OpenStudy, found: Refit) -> ErrorProbabilities:
    return opened.memory.recall(
        "refit_probabilities",
        opened.session.n_refits,
        lambda: found.error_probabilities(opened.study.labels),
        capacity=1,
    )
