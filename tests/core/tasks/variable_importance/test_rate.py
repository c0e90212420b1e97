"""RATE in closed form against its definition, written out with whole matrices; and the laws that it keeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from margin_core.errors import ParameterError
from margin_core.tasks.variable_importance.effect_sizes import EffectSizes, with_jitter
from margin_core.tasks.variable_importance.rate import (
    DIVERGENCES,
    compute_divergences,
    compute_group_divergences,
    compute_group_inflation,
    compute_inequality,
    relative,
)

sizes = st.tuples(st.integers(2, 7), st.integers(1, 9), st.integers(0, 10_000))


def made(p, h, seed, jitter=0.05):
    random = np.random.default_rng(seed)
    return with_jitter(random.normal(size=p), random.normal(size=(p, h)) * random.uniform(0.1, 9, (p, 1)), jitter)


def covariance(effects):
    return effects.factor @ effects.factor.T + np.diag(effects.noise)


def gaussian_divergence(mean, covariance, other_mean, other_covariance):
    inverse = np.linalg.inv(other_covariance)
    apart = other_mean - mean
    logs = np.linalg.slogdet(other_covariance)[1] - np.linalg.slogdet(covariance)[1]
    return 0.5 * (np.trace(inverse @ covariance) + apart @ inverse @ apart - len(mean) + logs)


def conditioned(effects, group):
    """Return mean and covariance of the other effects where those of a group are zero, from whole matrices."""
    whole = covariance(effects)
    others = np.setdiff1d(np.arange(len(effects)), group)
    pull = whole[np.ix_(others, group)] @ np.linalg.inv(whole[np.ix_(group, group)])
    mean = effects.mean[others] - pull @ effects.mean[group]
    return others, mean, whole[np.ix_(others, others)] - pull @ whole[np.ix_(group, others)]


def definition(effects, group):
    others, mean, covariance_given = conditioned(effects, group)
    whole = covariance(effects)[np.ix_(others, others)]
    return gaussian_divergence(effects.mean[others], whole, mean, covariance_given)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(sizes)
def test_where_nothing_is_nearly_collinear_it_is_so_to_ten_digits(size):
    p, h, seed = size
    random = np.random.default_rng(seed)
    effects = with_jitter(random.normal(size=p), random.normal(size=(p, h)), 1.0)
    brute = [definition(effects, np.array([j])) for j in range(p)]
    np.testing.assert_allclose(compute_divergences(effects), brute, rtol=1e-10, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(sizes)
def test_the_closed_form_is_the_definition(size):
    effects = made(*size)
    brute = [definition(effects, np.array([j])) for j in range(len(effects))]
    np.testing.assert_allclose(compute_divergences(effects), brute, rtol=1e-7, atol=1e-10)


@settings(deadline=None, max_examples=60)
@given(sizes)
def test_the_quadratic_form_is_the_part_that_the_mean_makes(size):
    effects = made(*size)
    still = EffectSizes(mean=np.zeros(len(effects)), factor=effects.factor, noise=effects.noise)
    difference = compute_divergences(effects) - compute_divergences(still)
    np.testing.assert_allclose(compute_divergences(effects, "quadratic"), difference, rtol=1e-7, atol=1e-10)


@settings(deadline=None, max_examples=60)
@given(sizes)
def test_the_released_form_has_the_covariance_where_the_precision_belongs(size):
    effects = made(*size)
    whole = covariance(effects)
    brute = []
    for j in range(len(effects)):
        others = np.setdiff1d(np.arange(len(effects)), [j])
        shared = whole[others, j]
        brute.append(0.5 * effects.mean[j] ** 2 * shared @ np.linalg.solve(whole[np.ix_(others, others)], shared))
    np.testing.assert_allclose(compute_divergences(effects, "released"), brute, rtol=1e-7, atol=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.tuples(st.integers(4, 7), st.integers(1, 9), st.integers(0, 10_000)), st.randoms(use_true_random=False))
def test_groups_are_the_definition_too(size, random):
    effects = made(*size)
    group = np.array(random.sample(range(len(effects)), 2))
    found = compute_group_divergences(effects, [group, np.array([0])])
    np.testing.assert_allclose(found[0], definition(effects, group), rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(found[1], compute_divergences(effects)[0], rtol=1e-7, atol=1e-10)
    still = EffectSizes(mean=np.zeros(len(effects)), factor=effects.factor, noise=effects.noise)
    quadratic = compute_group_divergences(effects, [group], "quadratic")
    np.testing.assert_allclose(quadratic, found[0] - definition(still, group), rtol=1e-6, atol=1e-9)
    whole = covariance(effects)
    others = np.setdiff1d(np.arange(len(effects)), group)
    shared = whole[np.ix_(group, others)] @ np.linalg.solve(whole[np.ix_(others, others)], whole[np.ix_(others, group)])
    released = 0.5 * effects.mean[group] @ shared @ effects.mean[group]
    np.testing.assert_allclose(
        compute_group_divergences(effects, [group], "released"), [released], rtol=1e-7, atol=1e-9
    )


@settings(deadline=None, max_examples=40)
@given(st.tuples(st.integers(4, 7), st.integers(1, 9), st.integers(0, 10_000)))
def test_the_inflation_of_a_group_is_the_generalized_one(size):
    effects = made(*size)
    whole = covariance(effects)
    precision = np.linalg.inv(whole)
    pair = np.array([1, 3])
    ratio = np.linalg.det(whole[np.ix_(pair, pair)] @ precision[np.ix_(pair, pair)])
    found = compute_group_inflation(effects, [pair, np.array([2])])
    np.testing.assert_allclose(found, [np.sqrt(ratio), effects.inflation[2]], rtol=1e-6)


@settings(deadline=None, max_examples=40)
@given(st.tuples(st.integers(4, 7), st.integers(1, 9), st.integers(0, 10_000)), st.randoms(use_true_random=False))
def test_nullifying_is_conditioning(size, random):
    effects = made(*size)
    group = np.array(random.sample(range(len(effects)), 2))
    rest = effects.given_zero(group)
    _, mean, covariance_given = conditioned(effects, np.sort(group))
    np.testing.assert_allclose(rest.mean, mean, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(covariance(rest), covariance_given, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("form", ["full", "quadratic"])
@settings(deadline=None, max_examples=40)
@given(size=sizes, exponents=st.lists(st.integers(-6, 6), min_size=7, max_size=7))
def test_the_unit_of_a_column_does_not_matter(form, size, exponents):
    effects = made(*size)
    unit = 10.0 ** np.array(exponents[: len(effects)])
    other = with_jitter(effects.mean * unit, effects.factor * unit[:, None], 0.05)
    np.testing.assert_allclose(
        relative(compute_divergences(other, form)), relative(compute_divergences(effects, form)), rtol=1e-6, atol=1e-9
    )


def test_the_released_form_grows_with_the_fourth_power_of_the_unit():
    effects = made(5, 6, 0)
    unit = np.array([10.0, 1, 1, 1, 1])
    other = with_jitter(effects.mean * unit, effects.factor * unit[:, None], 0.05)
    ratio = compute_divergences(other, "released") / compute_divergences(effects, "released")
    np.testing.assert_allclose(ratio, [1e4, 1, 1, 1, 1], rtol=1e-6)


@pytest.mark.parametrize("form", DIVERGENCES)
def test_shares_sum_to_one_and_nothing_is_negative(form):
    effects = made(40, 12, 3)
    rates = relative(compute_divergences(effects, form))
    assert rates.min() >= 0
    assert rates.sum() == pytest.approx(1)


@pytest.mark.parametrize("form", DIVERGENCES)
def test_a_constant_column_has_no_share_and_changes_no_other(form):
    effects = made(6, 9, 1)
    more = with_jitter(np.append(effects.mean, 0), np.vstack([effects.factor, np.zeros(9)]), 0.05)
    np.testing.assert_allclose(compute_divergences(more, form), [*compute_divergences(effects, form), 0], atol=1e-10)
    np.testing.assert_allclose(more.correlation(np.array([6])), [[0] * 7])


def test_an_effect_that_is_independent_of_the_others_has_no_share():
    factor = np.zeros((3, 3))
    factor[0, 0], factor[1:, 1:] = 1, [[1, 0.3], [0.8, 0.2]]
    rates = relative(compute_divergences(with_jitter(np.array([50.0, 1, 1]), factor, 0.01)))
    assert rates[0] < 1e-9 < rates[1]


@pytest.mark.parametrize("repeated", [False, True], ids=["units differ", "a unit twice, and one that says nothing"])
def test_many_more_variables_than_units(repeated):
    effects = made(60, 3, 5, jitter=0.001)
    if repeated:
        factor = np.hstack([effects.factor, effects.factor[:, :1], np.zeros((60, 1))])
        effects = with_jitter(effects.mean, factor, 0.001)
    precision = np.linalg.inv(covariance(effects))
    np.testing.assert_allclose(effects.inflation, precision.diagonal() * effects.variance, rtol=1e-6)
    group = np.array([3, 17, 40])
    scale = np.sqrt(effects.noise[group])
    expected = precision[np.ix_(group, group)] * np.outer(scale, scale)
    np.testing.assert_allclose(effects.precision(group), expected, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(compute_group_divergences(effects, [group]), [definition(effects, group)], rtol=1e-6)


def test_correlations_are_those_of_the_covariance():
    effects = made(6, 4, 2)
    whole = covariance(effects)
    scale = np.sqrt(np.diag(whole))
    np.testing.assert_allclose(effects.correlation(np.arange(6)), whole / np.outer(scale, scale), atol=1e-12)


def test_inequality():
    assert compute_inequality(np.full(8, 1 / 8)) == (pytest.approx(0), pytest.approx(100))
    delta, effective_share = compute_inequality(np.eye(8)[0])
    assert delta == pytest.approx(np.log(8))
    assert effective_share == pytest.approx(100 / (1 + np.log(8)))
    assert relative(np.zeros(4)).tolist() == [0.25] * 4


@pytest.mark.parametrize("jitter", [0, -1, float("nan")])
def test_a_jitter_must_be_positive(jitter):
    with pytest.raises(ParameterError, match="positive"):
        with_jitter(np.ones(2), np.ones((2, 2)), jitter)
