"""From the weights of the last layer to effect sizes: against what they are, written out."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import Ridge, RidgeCV

from margin_core.errors import ParameterError
from margin_core.tasks.variable_importance.last_layer import LogitPosterior, fit_logit_posterior
from margin_core.tasks.variable_importance.projection import RIDGE_PENALTIES, project


@pytest.fixture
def made():
    """Return variables, activations that depend on them, and a posterior of the weights."""
    random = np.random.default_rng(0)
    variables = random.normal(size=(80, 5)) * [1, 2, 3, 1, 1] + 7
    activations = np.tanh(variables @ random.normal(size=(5, 6))) + 0.1 * random.normal(size=(80, 6))
    return variables, activations, LogitPosterior(mean=random.normal(size=6), factor=random.normal(size=(6, 6)))


def linear_map(variables, form, target):
    """Return P, so that effects are P f."""
    centered = variables - variables.mean(axis=0)
    if form == "covariance":
        return centered.T / (len(variables) - 1)
    if form == "linear":
        return np.linalg.pinv(centered)
    penalty = RidgeCV(alphas=RIDGE_PENALTIES).fit(centered, target).alpha_
    return np.linalg.solve(centered.T @ centered + penalty * np.eye(centered.shape[1]), centered.T)


@pytest.mark.parametrize("form", ["covariance", "linear", "ridge"])
def test_an_effect_is_a_linear_map_of_the_logit(made, form):
    variables, activations, logit = made
    inner = activations - activations.mean(axis=0)
    effects = project(variables, activations, logit, form=form, jitter=1e-9)
    mapped = linear_map(variables, form, inner @ logit.mean) @ inner
    np.testing.assert_allclose(effects.mean, mapped @ logit.mean, rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(
        effects.factor @ effects.factor.T, mapped @ logit.factor @ logit.factor.T @ mapped.T, rtol=1e-6, atol=1e-10
    )


def test_ridge_predicts_the_logit_as_that_of_scikit_learn(made):
    variables, activations, logit = made
    inner = activations - activations.mean(axis=0)
    centered, target = variables - variables.mean(axis=0), inner @ logit.mean
    penalty = RidgeCV(alphas=RIDGE_PENALTIES).fit(centered, target).alpha_
    other = Ridge(alpha=penalty, fit_intercept=False).fit(centered, target)
    np.testing.assert_allclose(project(variables, activations, logit, form="ridge").mean, other.coef_, rtol=1e-6)


def test_a_sparse_table_has_the_same_covariances(made):
    variables, activations, logit = made
    dense = project(variables, activations, logit, form="covariance")
    found = project(sparse.csr_array(variables), activations, logit, form="covariance")
    np.testing.assert_allclose(found.mean, dense.mean, rtol=1e-9)
    np.testing.assert_allclose(found.factor, dense.factor, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("form", ["linear", "ridge"])
def test_least_squares_of_a_sparse_table_is_refused(made, form):
    variables, activations, logit = made
    with pytest.raises(ParameterError, match="covariance"):
        project(sparse.csr_array(variables), activations, logit, form=form)


def test_a_last_layer_has_the_curvature_of_its_likelihood():
    random = np.random.default_rng(1)
    activations, weights = random.normal(size=(60, 4)), random.normal(size=4)
    probabilities = 1 / (1 + np.exp(-activations @ weights))
    with_intercept = np.column_stack([activations, np.ones(60)])
    curvature = with_intercept.T @ (with_intercept * (probabilities * (1 - probabilities))[:, None]) + 0.3 * np.eye(5)
    full = fit_logit_posterior(activations, weights, probabilities, penalty=0.3)
    np.testing.assert_allclose(full.factor @ full.factor.T, np.linalg.inv(curvature)[:4, :4], rtol=1e-8)
    diagonal = fit_logit_posterior(activations, weights, probabilities, penalty=0.3, form="diagonal")
    np.testing.assert_allclose(
        diagonal.factor @ diagonal.factor.T, np.diag(1 / np.diag(curvature)[:4]), rtol=1e-9, atol=1e-15
    )
