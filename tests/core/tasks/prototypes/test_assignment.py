import numpy as np
import pytest

from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.assignment import assign_to_prototypes, count_assigned


@pytest.fixture
def scene():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(50, 3)).astype(np.float32)
    groups = (np.arange(0, 50, 2), np.arange(1, 40, 2))
    prototypes = np.array([4, 1, 20, 7, 48, 3, 10])
    return points, groups, prototypes, assign_to_prototypes(points, groups, prototypes, Run())


def test_counts_for_every_number_of_prototypes(scene):
    points, groups, prototypes, found = scene
    for first in range(len(prototypes) + 1):
        expected = np.zeros(first, dtype=int)
        for rows in groups:
            own = [place for place in range(first) if prototypes[place] in rows]
            if own:
                apart = np.linalg.norm(points[rows][:, None] - points[prototypes[own]][None], axis=-1)
                expected[own] += np.bincount(apart.argmin(axis=1), minlength=len(own))
        assert found.counts(first).tolist() == expected.tolist()
        assert count_assigned(found.taken_from, found.taken, first).tolist() == expected.tolist()


def test_nearest_and_covers_at_the_end(scene):
    points, groups, prototypes, found = scene
    assert (found.nearest[41::2] == -1).all()  # in no group
    for rows in groups:
        own = np.flatnonzero(np.isin(prototypes, rows))
        apart = np.linalg.norm(points[rows][:, None] - points[prototypes[own]][None], axis=-1)
        assert found.nearest[rows].tolist() == own[apart.argmin(axis=1)].tolist()
        usual = np.linalg.norm(points[rows][:, None] - points[rows][None], axis=-1).mean()
        assert found.covers[own[-1]] == pytest.approx(1 - apart.min(axis=1).mean() / usual, abs=1e-4)
        assert (np.diff(found.covers[own]) >= 0).all()


def test_duplicates_stay_with_the_first_and_equal_points_are_covered():
    points = np.zeros((4, 2), dtype=np.float32)
    found = assign_to_prototypes(points, (np.arange(4),), np.array([2, 0]), Run())
    assert found.counts(2).tolist() == [4, 0]
    assert found.covers.tolist() == [1, 1]
    assert assign_to_prototypes(points, (), np.array([], dtype=int), Run()).counts(0).tolist() == []
