"""The numbers of the page Label error estimate, for a study in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from margin_core.errors import ParameterError, ReviewError
from margin_core.protocol import explain
from margin_core.review.decision import Decision
from margin_core.review.estimates.error_count import ErrorCount, estimate_error_count
from margin_core.review.estimates.error_posterior import ErrorPosterior, fit_error_posterior
from margin_core.review.estimates.error_probabilities import estimate_error_probabilities
from margin_core.review.estimates.false_discoveries import FlaggedLabels, flag_labels
from margin_core.review.estimates.probability_curve import CREDIBILITY
from margin_core.review.estimates.remaining_errors import RemainingErrors, bound_remaining_errors
from margin_core.review.estimates.reviews import Reviews
from margin_core.storage.engine import Engine, MemoryEngine, Progress, Run, silent
from margin_core.tasks.label_flips import LabelFlips
from margin_core.tasks.label_flips.label_error_score import RANKED_ROLES
from margin_core.values import UNLABELED, Explanation, Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelErrorEstimate:
    """The probability that each label of a study is wrong, and the number of wrong labels.

    Attributes
    ----------
    study : Study
    explanation : Explanation
        Of `LabelFlips`.
    posterior : ErrorPosterior
        Probability that each label is wrong, with its uncertainty.
    """

    study: Study
    explanation: Explanation
    posterior: ErrorPosterior

    @cached_property
    def count(self) -> ErrorCount:
        """The number of wrong labels: median and 95 % credible interval, those found included."""
        return estimate_error_count(self.posterior)

    @cached_property
    def remaining(self) -> RemainingErrors:
        """Bounds on the wrong labels left, from random checks alone; they hold at every look with 95 % confidence."""
        suspects = np.zeros(len(self.study), dtype=bool)
        suspects[self.explanation.rows[self.explanation.findings.roles == "suspect"]] = True
        labels = self.study.labels
        return bound_remaining_errors(labels, (labels >= 0) & ~suspects, self.posterior.reviews)

    def flag(self, false_discovery_rate: float) -> FlaggedLabels:
        """Select labels so that the expected share of correct labels among them is at most the given rate.

        Parameters
        ----------
        false_discovery_rate : float in (0, 1)

        Returns
        -------
        FlaggedLabels
            Its ``rows`` are rows of the study.
        """
        return flag_labels(self.posterior, false_discovery_rate)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per label, most likely errors first.

        Returns
        -------
        pandas.DataFrame
            ``id``; ``given`` and ``suggested``, class names; ``label_error_score`` in [0, 1], larger = more likely an
            error; ``p_label_error`` in [0, 1] with the 90 % credible interval ``p_low`` to ``p_high``: 1 or 0 where a
            review says so; ``role``; ``reviewed``; then the evidence of the score. Samples without a label or without
            features have NaN for what is unknown.
        """
        import pandas as pd  # slow to import, and only tables need it

        found, rows = self.explanation.findings, self.explanation.rows
        bins, tail = self.posterior.bins, (1 - CREDIBILITY) / 2
        low, high = np.quantile(self.posterior.draws, [tail, 1 - tail], axis=0)[:, bins]
        p_error = self.posterior.p_error
        reviewed = np.zeros(len(self.study), dtype=bool)
        reviewed[self.posterior.reviews.known] = True
        low, high = (np.where(reviewed, p_error, edge) for edge in (low, high))
        scored = np.isin(found.roles, RANKED_ROLES)
        evidence = self.explanation.to_frame().drop(
            columns=["id", "rank", "score", "role", "given", "suggested", "given_label", "suggested_label"]
        )
        return pd.DataFrame(
            {
                "id": found.ids,
                "given": found.evidence["given_label"],
                "suggested": found.evidence["suggested_label"],
                "label_error_score": np.where(scored, found.scores, np.nan),
                "p_label_error": np.where(scored, p_error[rows], np.nan),
                "p_low": np.where(scored, low[rows], np.nan),
                "p_high": np.where(scored, high[rows], np.nan),
                "role": found.roles,
                "reviewed": reviewed[rows],
            }
        ).join(evidence)

    def __repr__(self) -> str:
        count, labels = self.count, int((self.study.labels >= 0).sum())
        return (
            f"LabelErrorEstimate({self.study.name}: {count.median:,} of {labels:,} labels wrong, "
            f"95 %: {count.low:,} to {count.high:,}; {len(self.posterior.reviews.known):,} reviewed)"
        )


def estimate_errors(
    study: Study,
    reviews: Reviews | pd.DataFrame | Sequence[Decision] | None = None,
    *,
    task: LabelFlips | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> LabelErrorEstimate:
    """Estimate how likely each label is wrong, and how many are.

    Parameters
    ----------
    study : Study
        With labels and an embedding.
    reviews : Reviews, pandas.DataFrame or sequence of Decision, optional
        Reviews of some labels; a table with the columns ``id``, ``verdict`` and ``label`` (`Reviews.from_frame`), such
        as ``margin export --format csv`` writes; or the decisions of a log (`ReviewStore.decisions`). Default: none,
        and the intervals are wide.
    task : LabelFlips, optional
        Default ``LabelFlips()``.
    engine : Engine, optional
        Default: on this machine, without storing results.
    progress : callable, optional
        ``progress(fraction, text)``.

    Returns
    -------
    LabelErrorEstimate

    Raises
    ------
    MissingPart
        The study has no labels or no embedding.
    ReviewError
        The reviews contain a sample or class that the study does not have, or are of another kind.
    ParameterError
        The study is none, or the task another one.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from margin_core import Study, estimate_errors
    >>> points = np.random.default_rng(0).normal(size=(200, 2)) + np.repeat([[0, 0], [9, 9]], 100, axis=0)
    >>> labels = np.repeat(["cat", "dog"], 100)
    >>> labels[7] = "dog"
    >>> study = Study.build(name="pets", embedding=points, labels=labels)
    >>> estimate_errors(study).to_frame().loc[0, ["id", "given", "suggested", "role"]].to_list()
    ['7', 'dog', 'cat', 'suspect']
    >>> reviews = pd.DataFrame({"id": ["7", "12"], "verdict": ["relabel", "keep"], "label": ["cat", ""]})
    >>> estimate = estimate_errors(study, reviews)
    >>> estimate.count.found, estimate.to_frame().loc[0, "p_label_error"].item()
    (1, 1.0)
    """
    task = LabelFlips() if task is None else task
    if not isinstance(study, Study) or not isinstance(task, LabelFlips):
        odd = f"the study is a {type(study).__name__}" if not isinstance(study, Study) else f"the task is {task!r}"
        raise ParameterError(
            f"estimate_errors takes a study, and a task that is a LabelFlips; {odd}. Write estimate_errors(study)."
        )
    given = _read_reviews(reviews, study)
    run = Run(engine or MemoryEngine(), progress or silent)
    found = explain(task, study, engine=run.engine, progress=run.part(0.0, 0.9).progress)
    score = task.fit_label_error_score(study, found.steps, run.part(0.9, 1.0))
    scores = np.zeros(len(study))
    scores[found.rows] = found.findings.scores
    prior = estimate_error_probabilities(score, study.labels, scores)
    return LabelErrorEstimate(study=study, explanation=found, posterior=fit_error_posterior(prior, given))


def _read_reviews(reviews: Any, study: Study) -> Reviews | None:
    if isinstance(reviews, Reviews):
        if len(reviews) and int(reviews.rows.max()) >= len(study):
            raise ReviewError(
                f"Reviews: row {int(reviews.rows.max()):,} is not among the {len(study):,} of study '{study.name}'. "
                "Give the reviews of this study."
            )
        highest, classes = int(reviews.true_labels.max(initial=UNLABELED)), len(study.class_names)
        if highest >= classes:
            raise ReviewError(
                f"Reviews: a sample is relabeled to class {highest:,}; study '{study.name}' has {classes:,} classes, "
                f"numbered from 0 to {classes - 1:,}. Give the reviews of this study."
            )
        return reviews
    if reviews is None:
        return None
    if hasattr(reviews, "to_pandas"):  # a table of polars or PyArrow
        reviews = reviews.to_pandas()
    if hasattr(reviews, "iloc") and hasattr(reviews, "columns"):  # pandas is slow to import, and only tables need it
        return Reviews.from_frame(reviews, study)
    if isinstance(reviews, list | tuple) and all(isinstance(decision, Decision) for decision in reviews):
        return Reviews.from_decisions(reviews, study)
    raise ReviewError(
        f"Reviews are a table with the columns id, verdict and label, the decisions of a log "
        f"(ReviewStore.decisions()) or Reviews, not {type(reviews).__name__}. Give one of these."
    )
