"""Error probabilities whose truth is known."""

import numpy as np
import pytest
from scipy.special import expit

from margin_core.review.estimates import ErrorProbabilities, Reviews
from margin_core.review.estimates.error_probabilities import fit_isotonic
from margin_core.values import TopClasses


@pytest.fixture
def world():
    """Make labels that are wrong as often as their probabilities state, `off` nats more often, or none at all."""

    def make(n=2000, c=4, *, center=-4.0, spread=3.0, off=0.0, seed=0):
        rng = np.random.default_rng(seed)
        score_logit = np.clip(rng.normal(center, spread, n), -12, 12)
        truth = rng.integers(0, c, n)
        wrong = rng.random(n) < expit(score_logit + off)
        given = np.where(wrong, (truth + rng.integers(1, c, n)) % c, truth)
        alternatives = np.full((n, c), 1 / (c - 1), np.float32)
        alternatives[np.arange(n), given] = 0
        probabilities = ErrorProbabilities(
            given=given,
            score_logit=score_logit,
            p_error=fit_isotonic(score_logit, expit(score_logit)),
            alternatives=TopClasses.complete(alternatives),
        )
        return probabilities, truth

    return make


@pytest.fixture
def look():
    """Return the reviews of a reviewer who answers these rows correctly."""

    def at(probabilities, truth, rows, drawn=False):
        rows = np.asarray(rows, dtype=np.int64)
        wrong = probabilities.given[rows] != truth[rows]
        return Reviews.build(
            given=probabilities.given,
            rows=rows,
            verdicts=["relabel" if one else "keep" for one in wrong],
            new_labels=truth[rows],
            sampled=np.broadcast_to(drawn, rows.shape),
        )

    return at
