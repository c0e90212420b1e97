from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from margin_core.errors import MissingPart
from margin_core.function.uncertainty import normalized_entropy
from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies import STRATEGIES, SamplingPool

PROBCOVER = import_module("margin_core.tasks.active_sampling.strategies.probcover")  # the package has such a function

every_strategy = pytest.mark.parametrize("name", STRATEGIES)
PREFIXES = [name for name in STRATEGIES if name != "typiclust"]
"""Strategies whose smaller batch is the beginning of a larger one."""


def pool(n=90, clusters=3, *, labeled=(), seed=0, spread=0.3, **parts):
    rng = np.random.default_rng(seed)
    which = np.arange(n) % clusters
    points = spread * rng.normal(size=(n, 4)) + 4 * np.eye(clusters, 4)[which]
    points = (points - points.mean(axis=0)).astype(np.float32)
    apart = np.square(points[:, None] - points[None]).sum(axis=-1)
    near = apart <= np.sort(apart, axis=1)[:, [min(6, n - 1)]]
    np.fill_diagonal(near, False)
    values = {
        "ids": np.char.zfill(np.arange(n).astype(str), 3),
        "points": points,
        "features": points,
        "weights": sparse.csr_array((near | near.T).astype(np.float32)),
        "influence": rng.random(n),
        "candidates": np.setdiff1d(np.arange(n), labeled),
        "labeled": np.array(labeled, dtype=np.int64),
        "probabilities": rng.dirichlet(np.ones(clusters), n),
        "classes": which,
        "seed": seed,
    }
    return SamplingPool(**(values | parts))


def select(name, given_pool, count):
    return STRATEGIES[name].select(given_pool, count, Run())


@every_strategy
@pytest.mark.parametrize("count", [1, 7, 90])
def test_a_batch_has_no_repeats_and_nothing_that_is_labeled(name, count):
    given_pool = pool(labeled=(0, 5, 40))
    batch = select(name, given_pool, count)
    assert len(set(batch.tolist())) == len(batch) == min(count, 87)
    assert not {0, 5, 40} & set(batch.tolist())


@every_strategy
def test_of_no_candidates_none_is_selected(name):
    given_pool = pool(9, labeled=range(9))
    assert select(name, given_pool, 4).tolist() == []


@every_strategy
def test_the_same_pool_gives_the_same_batch(name):
    np.testing.assert_array_equal(select(name, pool(), 10), select(name, pool(), 10))


@pytest.mark.parametrize("name", PREFIXES)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), count=st.integers(1, 12))
def test_a_smaller_batch_is_the_beginning_of_a_larger_one(name, seed, count):
    given_pool = pool(40, seed=seed, labeled=(3, 4))
    large = select(name, given_pool, 13)
    small = select(name, given_pool, count)
    np.testing.assert_array_equal(small, large[:count])


@every_strategy
def test_all_equal_points_have_a_batch(name):
    same = pool(points=np.zeros((90, 4), dtype=np.float32))
    assert len(set(select(name, same, 9).tolist())) == 9


@pytest.mark.parametrize("name", ["influence_coverage", "typiclust", "probcover", "k_center"])
def test_of_planted_clusters_one_of_each_is_selected(name):
    given_pool = pool(80, 4, spread=0.1)
    assert sorted((select(name, given_pool, 4) % 4).tolist()) == [0, 1, 2, 3]


@pytest.mark.parametrize("name", ["influence_coverage", "typiclust", "probcover", "k_center"])
def test_clusters_with_a_label_are_left_for_those_without(name):
    given_pool = pool(80, 4, spread=0.1, labeled=(0, 2))
    assert sorted((select(name, given_pool, 2) % 4).tolist()) == [1, 3]


@pytest.mark.parametrize("labeled", [(), (4, 9)])
def test_k_center_is_the_greedy_choice(labeled):
    given_pool = pool(40, labeled=labeled)
    points = given_pool.points.astype(np.float64)
    chosen = list(labeled)
    batch = select("k_center", given_pool, 8).tolist()
    if not chosen:
        assert batch[0] == np.square(points).sum(axis=1).argmin()
        chosen = batch[:1]
    for one in batch[len(chosen) - len(labeled) :]:
        away = np.linalg.norm(points[:, None] - points[chosen], axis=-1).min(axis=1)
        assert away[one] >= away.max() * (1 - 1e-4)
        chosen.append(one)


def test_probcover_is_the_greedy_choice(monkeypatch):
    given_pool = pool(40, spread=1.0, labeled=(7,))
    monkeypatch.setattr(PROBCOVER, "estimate_radius", lambda *_: 1.5)
    apart = np.linalg.norm(given_pool.points[:, None] - given_pool.points[None], axis=-1)
    inside, covered = apart <= 1.5, apart[7] <= 1.5
    for one in select("probcover", given_pool, 6):
        gains = (inside & ~covered).sum(axis=1)
        assert gains[one] == gains[given_pool.candidates].max()
        covered |= inside[one]


def test_the_radius_of_probcover_has_its_share_of_pure_balls():
    points = pool(200, 4, spread=0.8).points
    from sklearn.cluster import KMeans

    cluster = KMeans(4, n_init=1, random_state=0).fit_predict(points)
    radius = PROBCOVER.estimate_radius(points, 4, 0)
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)

    def purity(r):
        return np.mean([(cluster[row <= r] == own).all() for row, own in zip(apart, cluster, strict=True)])

    assert purity(radius * 0.999) >= 0.95 > purity(radius * 1.2)


def test_badge_draws_by_squared_distances_of_gradients():
    """The same draws on the gradients written out."""
    given_pool = pool(30, seed=5, labeled=(1,))
    p = given_pool.probabilities[given_pool.candidates]
    residual = p - np.eye(3)[p.argmax(axis=1)]
    points = np.hstack([given_pool.points[given_pool.candidates].astype(np.float64), np.ones((29, 1))])
    gradients = np.einsum("nc,nd->ncd", residual, points).reshape(29, -1)
    rng = np.random.default_rng(given_pool.seed)
    chosen = [int(np.linalg.norm(gradients, axis=1).argmax())]
    while len(chosen) < 6:
        away = np.square(gradients[:, None] - gradients[chosen]).sum(axis=-1).min(axis=1)
        away[chosen] = 0
        chosen.append(int(np.searchsorted(np.cumsum(away), rng.random() * away.sum(), side="right")))
    assert select("badge", given_pool, 6).tolist() == given_pool.candidates[chosen].tolist()


def test_the_uncertain_come_first():
    p = np.array([[0.5, 0.5, 0.0], [0.4, 0.3, 0.3], [0.9, 0.05, 0.05], [1.0, 0.0, 0.0]])
    given_pool = pool(4, 1, probabilities=p, points=np.zeros((4, 4), np.float32))
    assert select("entropy", given_pool, 4).tolist() == [1, 0, 2, 3]
    assert select("least_margin", given_pool, 4).tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(normalized_entropy(np.array([[1 / 3] * 3, [1, 0, 0]])), [1, 0], atol=1e-6)


def test_margin_as_printed_takes_the_most_influential():
    given_pool = pool(labeled=(2, 3))
    batch = select("influence", given_pool, 5)
    assert given_pool.influence[batch].tolist() == sorted(given_pool.influence[given_pool.candidates])[::-1][:5]


def test_what_is_balanced_evens_out_what_is_labeled():
    given_pool = pool(labeled=(0, 3, 6))  # all of the first class
    assert sorted((select("balanced_random", given_pool, 6) % 3).tolist()) == [1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize("name", [name for name, strategy in STRATEGIES.items() if strategy.needs_predictions])
def test_without_predictions_there_is_a_sentence(name):
    with pytest.raises(MissingPart, match=r"Label samples of two classes first\.$"):
        select(name, pool(probabilities=None, classes=None), 3)


def test_random_batches_follow_each_other():
    whole = select("random", pool(), 20)
    first = whole[:8]
    np.testing.assert_array_equal(select("random", pool(labeled=np.sort(first)), 12), whole[8:])
    assert select("random", pool(), 90).tolist() != select("random", pool(), 90)[::-1].tolist()


def test_resampling_prefers_what_its_neighbors_do_not_predict():
    points = pool().points.copy()
    points[7] += 40
    drawn = [7 in select("probabilistic_resampling", pool(features=points, seed=seed), 3) for seed in range(40)]
    assert np.mean(drawn) > 0.5 > 3 * 3 / 90
