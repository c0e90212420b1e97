import numpy as np
import pytest

from margin_core import Study
from margin_core.domain import every_sample
from margin_core.domain.samples import encode_groups, encode_splits


def numbers(names, count=encode_splits):
    found = count(np.array(names))
    return None if found is None else found.tolist()


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["val", "train", "test", "train"], [2, 0, 1, 0]),
        (["Validation", " TRAINING ", "Training", "validation"], [1, 0, 0, 1]),
        (["train", ""], [0, 1]),
        (["b", "a", "a"], [1, 0, 0]),  # no split is named training: the largest is
        (["b", "a"], [1, 0]),
        ([1.0, 2.0, 2.0], [1, 0, 0]),
        (["train", "train", "TRAIN"], None),
        (["", ""], None),
    ],
)
def test_splits_are_numbered_from_the_training_split(names, found):
    assert numbers(names) == found


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["v1", "v2", "v1", "v3"], [0, -1, 0, -1]),
        (["", "", "v", "v"], [-1, -1, 1, 1]),
        ([3.0, np.nan, np.nan, 3.0], [0, -1, -1, 0]),
        (["a", "b", "c"], None),
        (["", ""], None),
    ],
)
def test_groups_are_numbered_and_nothing_is_no_group(names, found):
    assert numbers(names, encode_groups) == found


def study(**columns):
    return Study.build(embedding=np.eye(4), labels=[0, 1, 0, 1], columns=columns)


def test_without_columns_a_domain_is_its_embedding():
    plain = study()
    assert every_sample(plain).fingerprint == plain.parts["embedding"]
    assert every_sample(plain).splits is None and every_sample(plain).groups is None


def test_the_columns_are_part_of_what_a_domain_is():
    split = study(split=["train", "train", "val", "val"])
    other = study(split=["train", "val", "val", "val"])
    group = study(group=["a", "a", "b", "b"])
    prints = {every_sample(one).fingerprint for one in (study(), split, other, group)}
    assert len(prints) == 4
    assert every_sample(split).splits.tolist() == [0, 0, 1, 1]
    assert every_sample(group).groups.tolist() == [0, 0, 1, 1]
    assert not every_sample(split).splits.flags.writeable


def test_splits_are_ignored_when_asked_and_groups_never():
    both = study(split=["train", "train", "val", "val"], group=["a", "a", "b", "b"])
    asked = every_sample(both, splits=False)
    assert asked.splits is None
    assert asked.groups.tolist() == [0, 0, 1, 1]
