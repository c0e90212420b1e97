from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from margin_core.interpretation.facility_location import MAX_DISTANCE_RATIO
from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection import (
    SELECTION_RULES,
    CandidatePool,
    compute_quotas,
    interleave,
)
from margin_core.tasks.prototypes.selection.log_det import select_diverse
from margin_core.tasks.prototypes.selection.mmd_critic import mmd_criticisms

MODULE = import_module("margin_core.tasks.prototypes.selection.coverage")  # the package has a function of that name


def pool(n=60, classes=3, *, seed=0, share=0.5, **parts):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    points = (rng.normal(size=(n, 4)) + 4 * np.eye(classes, 4)[labels]).astype(np.float32)
    near = np.argsort(np.square(points[:, None] - points[None]).sum(axis=-1), axis=1)[:, 1:6].astype(np.int32)
    values = {
        "ids": np.arange(n).astype(str),
        "points": points - points.mean(axis=0),
        "groups": tuple(np.flatnonzero(labels == which) for which in range(classes)),
        "neighbors": near,
        "signal": rng.random(n),
        "influence": rng.random(n),
        "gamma": 0.1,
        "share": share,
    }
    return CandidatePool(**(values | parts))


def kernel(one, other, gamma=0.1):
    return np.exp(-gamma * np.square(one[:, None] - other[None]).sum(axis=-1))


def value(points, candidates, chosen, reach):
    """F of facility location, by its definition."""
    if not len(chosen):
        return 0.0
    apart = np.linalg.norm(points[:, None] - candidates[list(chosen)][None], axis=-1)
    return float(np.maximum(reach - apart, 0).max(axis=1).sum())


def reach_of(points):
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)
    return MAX_DISTANCE_RATIO * np.median(apart[np.triu_indices(len(points), 1)])


def test_many_samples_are_covered_by_some_of_them(monkeypatch):
    whole = SELECTION_RULES["coverage"](pool(300), 30, Run())
    monkeypatch.setattr(MODULE, "MAX_EXACT_SAMPLES", 50)
    monkeypatch.setattr(MODULE, "COVERED", 60)
    monkeypatch.setattr(MODULE, "CANDIDATES", 25)
    some = SELECTION_RULES["coverage"](pool(300), 30, Run())
    assert len(set(some.tolist())) == 30
    points, reach = pool(300).points, reach_of(pool(300).points)
    assert value(points, points, some, reach) > 0.9 * value(points, points, whole, reach)


def test_coverage_selects_low_influence_samples_of_each_class_interleaved():
    given_pool = pool()
    picked = SELECTION_RULES["coverage"](given_pool, 12, Run())
    assert (picked % 3).tolist() == [0, 1, 2] * 4
    for rows in given_pool.groups:
        low = given_pool.low_influence(rows)
        assert set(picked[np.isin(picked, rows)].tolist()) <= set(low.tolist())
        assert 0.2 * len(rows) < len(low) < 0.8 * len(rows)


def test_low_influence_is_less_influential_than_the_neighbors():
    near = np.array([[1, 2], [0, 2], [0, 1], [-1, -1], [5, 0], [4, 1]], dtype=np.int32)
    one = pool(6, 1, neighbors=near, influence=np.array([0.1, 0.2, 0.3, 0.0, 0.5, 0.4]))
    group = np.array([0, 1, 2, 3])
    assert one.low_influence(group).tolist() == [0, 1]  # 3 has empty to compare with
    assert one.low_influence(np.array([4, 5])).tolist() == [5]
    assert one.low_influence(np.array([3])).tolist() == [3]
    whole = pool(6, 1, neighbors=near, influence=one.influence, share=1.0)
    assert whole.low_influence(group).tolist() == [0, 1, 2]


def test_adjacent_wrong_labels_are_not_of_low_influence():
    pairs = np.array([[1], [0], [3], [2], [5], [4]], dtype=np.int32)
    one = pool(6, 1, neighbors=pairs, influence=np.array([0.1, 0.2, 0.15, 0.25, 0.9, 0.8]))
    assert one.low_influence(np.arange(6)).tolist() == [0, 2]


def test_the_papers_rules():
    one = pool(share=0.25)
    everybody = np.arange(60)
    by_influence = everybody[np.argsort(one.influence)]
    np.testing.assert_array_equal(SELECTION_RULES["influence"](one, 7, Run()), by_influence[:7])
    turn = SELECTION_RULES["round_robin"](one, 60, Run())
    assert (turn % 3).tolist() == [0, 1, 2] * 20
    for rows in one.groups:
        np.testing.assert_array_equal(turn[np.isin(turn, rows)], rows[np.argsort(one.influence[rows])])
    low = by_influence[:15]
    np.testing.assert_array_equal(SELECTION_RULES["literal"](one, 60, Run()), low[np.argsort(one.signal[low])])


@pytest.mark.parametrize("classes", [1, 3])
def test_mmd_critic_is_greedy_on_its_objective(classes):
    one = pool(30, classes)
    labels = np.arange(30) % classes
    matrix = kernel(one.points, one.points) * (labels[:, None] == labels)

    def objective(chosen):
        return 2 * matrix[:, chosen].sum() / (30 * len(chosen)) - matrix[np.ix_(chosen, chosen)].mean()

    chosen = SELECTION_RULES["mmd_critic"](one, 8, Run()).tolist()
    assert len(set(chosen)) == 8
    for k in range(8):
        values = {i: objective([*chosen[:k], i]) for i in set(range(30)) - set(chosen[:k])}
        assert values[chosen[k]] >= max(values.values()) - 1e-5

    mmd_witness = np.abs(matrix.mean(axis=0) - matrix[chosen].mean(axis=0))
    full = kernel(one.points, one.points)
    odd = mmd_criticisms(one, np.array(chosen), 5, Run()).tolist()
    assert len(set(odd) - set(chosen)) == 5
    for k in range(5):
        before = np.linalg.slogdet(full[np.ix_(odd[:k], odd[:k])])[1] if k else 0
        values = {
            i: mmd_witness[i] + np.linalg.slogdet(full[np.ix_([*odd[:k], i], [*odd[:k], i])])[1] - before
            for i in set(range(30)) - set(chosen) - set(odd[:k])
        }
        assert values[odd[k]] >= max(values.values()) - 1e-5


def test_spread_does_not_take_the_same_twice():
    points = np.array([[0.0], [0.001], [3.0], [6.0]], dtype=np.float32)
    assert select_diverse(np.array([1.0, 0.99, 0.5, 0.4]), points, 1.0, 4).tolist()[:3] == [0, 2, 3]
    assert sorted(select_diverse(np.ones(3), np.zeros((3, 1), np.float32), 1.0, 9).tolist()) == [0, 1, 2]


def test_k_medoids_finds_the_middle_of_blobs():
    rng = np.random.default_rng(0)
    points = np.vstack([rng.normal(size=(size, 2)) * 0.1 + [place, 0] for size, place in ((30, 0), (20, 9), (10, 20))])
    one = pool(60, 1, points=points.astype(np.float32), groups=(np.arange(60),))
    picked = SELECTION_RULES["k_medoids"](one, 3, Run())
    assert points[picked][:, 0].round().tolist() == [0, 9, 20]  # the largest cluster first
    assert sorted(SELECTION_RULES["k_medoids"](one, 99, Run()).tolist()) == list(range(60))


@pytest.mark.parametrize("name", SELECTION_RULES)
def test_no_rule_picks_twice_or_more_than_asked_or_outside_the_groups(name):
    one = pool(40, 4, groups=(np.arange(3), np.array([3]), np.arange(10, 40)))
    picked = SELECTION_RULES[name](one, 25, Run())
    assert len(set(picked.tolist())) == len(picked) <= 25
    assert not set(range(4, 10)) & set(picked.tolist())
    empty = pool(40, 4, groups=())
    assert SELECTION_RULES[name](empty, 5, Run()).tolist() == []


def test_taking_in_turn():
    orders = [np.array([1, 2, 3]), np.array([7]), np.array([4, 5])]
    assert interleave(orders, 99).tolist() == [1, 7, 4, 2, 5, 3]
    assert interleave(orders, 4).tolist() == [1, 7, 4, 2]
    assert interleave([], 3).tolist() == []


@given(sizes=st.lists(st.integers(0, 9), max_size=6), count=st.integers(0, 30))
def test_quotas_are_enough_for_the_turns(sizes, count):
    given_quotas = compute_quotas(sizes, count)
    assert all(quota <= size for quota, size in zip(given_quotas, sizes, strict=True))
    assert sum(given_quotas) >= min(count, sum(sizes))
    orders = [np.arange(size) + 100 * number for number, size in enumerate(sizes)]
    cut = [order[:quota] for order, quota in zip(orders, given_quotas, strict=True)]
    assert interleave(cut, count).tolist() == interleave(orders, count).tolist()
