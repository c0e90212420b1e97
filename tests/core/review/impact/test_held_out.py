import numpy as np
import pytest
from planted import blobs

from margin_core import Study
from margin_core.errors import MissingPart
from margin_core.review.impact import hold_out
from margin_core.review.impact.held_out import ENOUGH_SAMPLES


def study_of(**columns):
    planted = blobs(classes=3, each=40, flips=0)
    return Study.build(embedding=planted.study.embedding, labels=planted.study.labels, columns=columns)


def test_every_quarter_judges_once_and_has_its_share_of_every_class():
    study = study_of()
    held = hold_out(study, study.labels)
    assert held.n_used == 4 and held.evaluated.all() and held.training.all()
    for part in range(4):
        assert np.bincount(study.labels[held.part == part]).tolist() == [10, 10, 10]
        np.testing.assert_array_equal(held.training_rows(part), held.part != part)
    assert held.description == "all 120 samples, each by a model that learned from the other three quarters"


@pytest.mark.parametrize("with_split", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_groups_never_straddle(seed, with_split):
    groups = np.random.default_rng(seed).integers(-1, 40 + 20 * seed, 120)
    columns = {"group": np.array([str(group) if group >= 0 else "" for group in groups])}
    if with_split:
        columns["split"] = np.where(np.arange(120) % 2 == 0, "val", "train")
    study = study_of(**columns)
    held = hold_out(study, study.labels)
    for part in range(held.n_used):
        out = held.part == part
        shared = set(columns["group"][out]) & set(columns["group"][held.training_rows(part)])
        assert shared <= {""}
        assert not (out & held.training_rows(part)).any()


def test_one_group_cannot_be_divided():
    study = study_of(group=np.array(["a"] * 120))
    with pytest.raises(MissingPart, match="its groups leave labels of fewer than two classes to learn from"):
        hold_out(study, study.labels)


def test_of_many_samples_one_quarter_is_enough():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 4 * ENOUGH_SAMPLES + 400)
    study = Study.build(embedding=rng.normal(size=(len(labels), 1)), labels=labels)
    held = hold_out(study, labels)
    assert held.n_used == 1
    assert held.evaluated.sum() == ENOUGH_SAMPLES + 100
    np.testing.assert_array_equal(held.training, ~held.evaluated)
    assert held.description == f"{ENOUGH_SAMPLES + 100:,} samples that the model did not learn from"


def test_a_split_too_small_to_judge_is_no_help():
    study = study_of(split=np.where(np.arange(120) < 10, "val", "train"))
    assert hold_out(study, study.labels).n_used == 4


def test_several_splits_judge_together():
    study = study_of(split=np.array(["train", "val", "test"] * 40))
    held = hold_out(study, study.labels)
    assert held.n_used == 1
    assert held.description == "the 80 samples of the split test and val"
    np.testing.assert_array_equal(held.evaluated, study.columns["split"] != "train")


def test_missing_features_neither_judge_nor_count():
    planted = blobs(classes=2, each=30, flips=0)
    points = planted.study.embedding.copy()
    points[:5] = np.nan
    study = Study.build(embedding=points, labels=planted.study.labels)
    assert hold_out(study, study.labels).description.startswith("all 55 samples")


def test_the_order_of_the_samples_does_not_matter():
    planted = blobs(classes=3, each=40, flips=0, ids=[f"s{number}" for number in range(120)])
    turned = np.random.default_rng(0).permutation(120)
    other = Study.build(
        embedding=planted.study.embedding[turned], labels=planted.study.labels[turned], ids=planted.study.ids[turned]
    )
    first = hold_out(planted.study, planted.study.labels)
    np.testing.assert_array_equal(hold_out(other, other.labels).part, first.part[turned])


@pytest.mark.parametrize("column", ["group", "split"])
def test_a_column_that_says_nothing_changes_nothing(column):
    plain, with_column = study_of(), study_of(**{column: np.array(["same" if column == "split" else ""] * 120)})
    np.testing.assert_array_equal(hold_out(with_column, with_column.labels).part, hold_out(plain, plain.labels).part)
