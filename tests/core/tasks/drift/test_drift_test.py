"""Tests of the whole, of each class, and of the shares of classes."""

import numpy as np

from margin_core import Study
from margin_core.storage.engine import Run
from margin_core.tasks.drift.drift_test import DriftTest, measure_drift


def drawn(seed, sizes, shift=(), names=("a", "b", "c")):
    """Draw blobs of so many samples each, some of them shifted."""
    random = np.random.default_rng(seed)
    points = [random.normal(size=(size, 3)) + 8 * place + dict(shift).get(place, 0) for place, size in enumerate(sizes)]
    labels = np.repeat(np.arange(len(sizes)), sizes)
    return {"embedding": np.concatenate(points), "labels": labels, "class_names": names}


def measured(new, old, **parts):
    study = Study.build(**new, **parts, reference=Study.build(name="old", **old))
    return measure_drift(study, 199, 1000, 0.05, Run())


def test_the_class_that_shifted_is_named_and_no_other():
    found = measured(drawn(20, (40, 40, 40), shift=[(1, 1.5)]), drawn(21, (60, 60, 60)))
    assert found.classes.drifted(0.05).tolist() == [False, True, False]
    assert found.shares_p > 0.05
    assert found.classes.source == "given"


def test_other_shares_of_the_same_classes_are_told_from_shifted_classes():
    found = measured(drawn(0, (90, 20, 10)), drawn(1, (40, 40, 40)))
    assert not found.classes.drifted(0.05).any()
    assert found.whole.p_value <= 0.05 and found.shares_p < 1e-4
    np.testing.assert_allclose(found.classes.shares_new, [0.75, 1 / 6, 1 / 12])


def test_classes_are_matched_by_name():
    old = drawn(1, (60, 60, 60), names=("c", "b", "z"))
    old["embedding"] = old["embedding"][np.r_[120:180, 60:120, 0:60]]
    found = measured(drawn(0, (40, 40, 40)), old)
    assert found.classes.names.tolist() == ["a", "b", "c", "z"]
    assert found.classes.n_new.tolist() == [40, 40, 40, 0] and found.classes.n_reference.tolist() == [0, 60, 60, 60]
    assert np.isnan(found.classes.p_values).tolist() == [True, False, False, True]
    assert not found.classes.drifted(0.05).any()


def test_without_labels_classes_are_predicted_of_both_alike():
    new, old = drawn(10, (40, 40, 40), shift=[(2, 2)]), drawn(11, (60, 60, 60))
    found = measured({"embedding": new["embedding"]}, old)
    assert found.classes.source == "predicted"
    assert found.classes.n_new.tolist() == [40, 40, 40]
    assert (found.class_of == new["labels"]).mean() > 0.95
    assert found.classes.drifted(0.05).tolist() == [False, False, True]


def test_without_labels_anywhere_the_whole_is_tested_alone():
    found = measured({"embedding": drawn(0, (20, 20))["embedding"]}, {"embedding": drawn(1, (20, 20))["embedding"]})
    assert found.classes.source == "unknown" and not len(found.classes)
    assert found.whole.p_value > 0.05 and np.isnan(found.shares_p)


def test_a_corrected_p_value_can_fall_below_the_level_however_many_classes_there_are():
    sizes = (8,) * 30
    names = tuple(f"{place:02}" for place in range(30))
    found = measured(drawn(0, sizes, [(4, 30.0)], names), drawn(1, sizes, names=names))
    assert found.classes.permutations >= 30 / 0.05
    assert np.flatnonzero(found.classes.drifted(0.05)).tolist() == [4]


def test_large_sources_are_tested_on_some_of_their_samples():
    study = Study.build(
        **drawn(0, (300, 300)) | {"class_names": ("a", "b")},
        reference=Study.build(**drawn(1, (50, 50)) | {"class_names": ("a", "b")}),
    )
    found = measure_drift(study, 99, 100, 0.05, Run())
    assert (found.whole.n_new, found.whole.n_reference) == (100, 100)


def test_a_result_survives_an_archive():
    found = measured(drawn(0, (40, 40, 4)), drawn(1, (60, 60, 60)))
    again = DriftTest.from_arrays(found.to_arrays())
    assert again.whole == found.whole and again.shares_p == found.shares_p
    for name in ("names", "n_new", "n_reference", "mmd", "p_values", "corrected"):
        np.testing.assert_array_equal(getattr(again.classes, name), getattr(found.classes, name))
