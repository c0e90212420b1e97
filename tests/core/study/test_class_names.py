"""Labels as they are written become classes: numbers by value, marks of a missing one, never a measured quantity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from margin_core.errors import SourceError
from margin_core.study import open_source
from margin_core.study.class_names import number_classes
from margin_core.study.notes import texts_of
from margin_core.values import UNLABELED


def classes(*texts):
    numbers, names, _ = number_classes("t", texts)
    return names, numbers.tolist()


def test_numbers_are_classes_in_the_order_of_their_values():
    assert classes("10", "9", "-1", "", " 9 ") == (("-1", "9", "10"), [2, 1, 0, UNLABELED, 1])
    assert classes("11.0", "2.0", "0.0") == (("0", "2", "11"), [2, 1, 0])
    assert classes("2.5", "-0.5") == (("-0.5", "2.5"), [1, 0])


def test_one_number_written_in_two_ways_is_one_class():
    numbers, names, notes = number_classes("t", ["1", "1.0", "2"])
    assert (names, numbers.tolist()) == (("1", "2"), [0, 0, 1])
    assert texts_of(notes) == ("Labels 1 and 1.0 are one class.",)


def test_codes_and_words_are_sorted_as_texts():
    assert classes("01", "1", "10") == (("01", "1", "10"), [0, 1, 2])
    assert classes("10", "9", "b")[0] == ("10", "9", "b")
    assert classes("") == ((), [UNLABELED])


def test_what_programs_write_for_a_missing_label_is_missing():
    numbers, names, notes = number_classes("t", ["cat", "nan", "None", "NA"])
    assert (names, numbers.tolist()) == (("NA", "cat"), [1, UNLABELED, UNLABELED, 0])
    assert texts_of(notes) == ("Labels 'None', 'nan' are read as missing.",)


@given(
    st.lists(st.sampled_from(["", "cat", "dog", "7", "-1", "3.5", "3.0", "nan", "NA", "ä"]), min_size=1, max_size=30)
)
def test_every_label_is_named_by_its_class_or_missing(texts):
    numbers, names, _ = number_classes("t", texts)
    assert len(set(names)) == len(names)
    for text, number in zip(texts, numbers.tolist(), strict=True):
        if number == UNLABELED:
            assert text in ("", "nan")
        else:
            assert names[number] == text or float(names[number]) == float(text)


@pytest.mark.parametrize(
    "labels", [np.linspace(0, 1, 300), np.random.default_rng(0).permutation(1000)], ids=["fractions", "all different"]
)
def test_a_measured_quantity_is_refused(tmp_path, labels):
    np.savez(tmp_path / "house.npz", embedding=np.random.default_rng(0).normal(size=(len(labels), 3)), labels=labels)
    with pytest.raises(SourceError, match=f"holds {len(labels):,} different numbers from 0 to .*, a measured"):
        open_source(tmp_path / "house.npz")


def test_many_classes_of_a_few_samples_each_are_classes():
    _, names, _ = number_classes("t", [str(row % 400) for row in range(1600)])
    assert len(names) == 400 and names[-1] == "399"


@pytest.mark.parametrize(
    ("labels", "names", "missing"),
    [
        ([-1, 1] * 20, ("-1", "1"), 0),
        ([-2, -1, 0, 1] * 10, ("-2", "-1", "0", "1"), 0),
        ([-1, 0, 1, 2] * 10, ("0", "1", "2"), 10),
        ([0.0, 11.0, 2.0, np.nan] * 10, ("0", "2", "11"), 10),
        (["cat", "nan", "dog", ""] * 10, ("cat", "dog"), 20),
    ],
    ids=["minus and plus one", "negative", "minus one is missing", "floats", "texts"],
)
def test_labels_of_arrays(tmp_path, labels, names, missing):
    np.savez(tmp_path / "a.npz", embedding=np.eye(40), labels=labels)
    study = open_source(tmp_path / "a.npz").study
    assert study.class_names == names
    assert (study.labels == UNLABELED).sum() == missing


def test_large_whole_numbers_are_compared_exactly():
    assert classes("9007199254740992", "9007199254740993")[0] == ("9007199254740992", "9007199254740993")


def test_class_numbers_of_arrays_far_beyond_the_samples_are_those_that_occur(tmp_path):
    np.savez(tmp_path / "a.npz", embedding=np.eye(40), labels=[5, 10**9] * 20)
    assert open_source(tmp_path / "a.npz").study.class_names == ("5", "1000000000")
