"""The posterior of label errors by the ranking that the queue of a review goes by."""

from __future__ import annotations

from margin_core.audit.audit import Audit, live_label_error_score
from margin_core.review.estimates import ErrorPosterior, estimate_error_probabilities, fit_error_posterior
from margin_core.review.refit import refit
from margin_core.review.reviewed_labels import read_reviewed_labels
from margin_core.review.session import ReviewSession
from margin_core.storage.engine import Run


def fit_queue_posterior(audited: Audit, session: ReviewSession, run: Run) -> ErrorPosterior:
    """Fit the posterior of label errors to the reviews so far.

    The queue goes by the last refit that was due, and so must the estimates: reviews in the order of one score are no
    fair sample in the order of another.

    Parameters
    ----------
    audited : Audit
    session : ReviewSession
        Of its study.
    run : Run
        Receives the progress of a refit that is not stored yet.

    Returns
    -------
    ErrorPosterior

    Raises
    ------
    NotComputed
        A refit is due and not stored, and nothing may be computed here.
    """
    study = audited.opened.study
    due = session.refits_due[-1:]
    if due:
        refitted = refit(audited, read_reviewed_labels(study, session.store, due[0]), run.progress)
        prior = refitted.error_probabilities(study.labels)
    else:
        prior = estimate_error_probabilities(live_label_error_score(audited).label_error_score, study.labels)
    return fit_error_posterior(prior, session.reviews())
