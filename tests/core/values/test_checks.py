"""What a study is built from: forms that are taken, and what is refused in one sentence."""

import numpy as np
import pandas as pd
import pytest
from study_parts import parts

from margin_core import Study
from margin_core.errors import SourceError
from margin_core.values import Need


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Study 's' has no samples. Give at least one row of embedding, labels or inputs."),
        ({"labels": []}, "Study 's' has no samples. Give at least one row of embedding, labels or inputs."),
        (
            {"embedding": np.zeros((1200, 2)), "labels": [0, 1]},
            "Study 's': rows do not line up (embedding 1,200, labels 2). Every part needs one row a sample.",
        ),
        (
            {"labels": [0, 1], "columns": {"split": ["a"]}, "ids": ["x", "y"]},
            "Study 's': rows do not line up (labels 2, ids 2, split 1). Every part needs one row a sample.",
        ),
        (
            {"labels": [0, 0, 0], "ids": ["x", "x", "x"]},
            "Study 's': id 'x' occurs 3 times. Ids must be unique.",
        ),
        ({"labels": [0, 0], "ids": [7, 7]}, "Study 's': id '7' occurs 2 times. Ids must be unique."),
        (
            {"labels": [0, 1], "ids": [["a", "b"], ["c", "d"]]},
            "Study 's': ids must be one per sample; got an array of shape (2, 2).",
        ),
        (
            {"labels": [0], "class_names": ["a", "a"]},
            "Study 's': class names repeat. Each class needs a name of its own.",
        ),
        ({"labels": [[0], [1]]}, "Study 's': labels must be one per sample; got an array of shape (2, 1)."),
        (
            {"labels": ["a", "c"], "class_names": ["a", "b"]},
            "Study 's': label 'c' is not among the 2 class names. Add it to class_names or correct the label.",
        ),
        ({"labels": [0, 1.5]}, "Study 's': labels must be whole class numbers or names; got 1.5."),
        ({"labels": [0, 1e30]}, "Study 's': labels must be whole class numbers or names; got 1e+30."),
        (
            {"labels": [0, 5], "class_names": ["a", "b"]},
            "Study 's': label 5 has no class; there are 2 class names (0 to 1, or -1 for no label).",
        ),
        (
            {"labels": [0, -2], "class_names": ["a", "b"]},
            "Study 's': label -2 has no class; there are 2 class names (0 to 1, or -1 for no label).",
        ),
        (
            {"labels": [1, 2, -1], "class_names": ["a", "b"]},
            "Study 's': label 2 has no class; there are 2 class names (0 to 1, or -1 for no label). These labels count "
            "from 1: subtract 1 from each, and leave a missing one at -1.",
        ),
        (
            {"labels": [1, 2, -1], "probabilities": [[1, 0], [0, 1], [0, 1]]},
            "Study 's': probabilities must have shape (samples, 3), a column a class; got (3, 2). These labels count "
            "from 1: subtract 1 from each, and leave a missing one at -1.",
        ),
        (
            {"labels": [1, 3], "class_names": ["a", "b"]},
            "Study 's': label 3 has no class; there are 2 class names (0 to 1, or -1 for no label).",
        ),
        ({"embedding": [["a", "b"]]}, "Study 's': the embedding must be numbers. Drop or encode the text columns."),
        (
            {"embedding": [[1, 2], [3]]},
            "Study 's': the embedding must have rows of one length; row 0 has 2 values, row 1 has 1. Fill the shorter "
            "ones up, or leave them out.",
        ),
        (
            {"embedding": [1.0, 2.0]},
            "Study 's': the embedding must have shape (samples, dimensions); got (2,). Give X.reshape(len(X), -1).",
        ),
        (
            {"embedding": np.zeros((2, 0))},
            "Study 's': the embedding must have shape (samples, dimensions); got (2, 0).",
        ),
        (
            {"labels": [0, 1], "probabilities": [[1, 0, 0], [0, 1, 0]]},
            "Study 's': probabilities must have shape (samples, 2), a column a class; got (2, 3).",
        ),
        (
            {"probabilities": [0.5, 0.5]},
            "Study 's': probabilities must have shape (samples, classes), a column a class; got (2,). Of two classes "
            "give both: np.column_stack([1 - p, p]).",
        ),
        (
            {"probabilities": [[0.5, 0.5], [3.0, -1.0]]},
            "Study 's': probabilities must be between 0 and 1 and sum to 1 in each row; row 1 sums to 2. "
            "Apply softmax to logits first.",
        ),
        (
            {"probabilities": [[0.5, 0.5], [0.2, 0.2]]},
            "Study 's': probabilities must be between 0 and 1 and sum to 1 in each row; row 1 sums to 0.4. "
            "Apply softmax to logits first.",
        ),
    ],
)
def test_parts_that_do_not_line_up_are_refused(given, message):
    with pytest.raises(SourceError) as caught:
        Study.build(name="s", **given)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("labels", "names", "numbers"),
    [
        (["b", "a", "b"], ("a", "b"), [1, 0, 1]),
        (["b", "", None], ("b",), [0, -1, -1]),
        (["b ", float("nan"), "a"], ("a", "b"), [1, -1, 0]),
        ([0.0, float("nan"), 1.0], ("0", "1"), [0, -1, 1]),
        ([2, -1, 0], ("0", "1", "2"), [2, -1, 0]),
        ([True, False, True], ("0", "1"), [1, 0, 1]),
        (np.array([1, 0, 1], np.uint8), ("0", "1"), [1, 0, 1]),
    ],
)
def test_labels_in_every_form(labels, names, numbers):
    study = Study.build(labels=labels)
    assert study.class_names == names
    assert study.labels.tolist() == numbers


@pytest.mark.parametrize("labels", [[-1, -1], ["", None], [np.nan, np.nan]])
def test_labels_that_are_all_missing_are_none_at_all_unless_classes_are_named(labels):
    assert not Study.build(labels=labels, embedding=np.zeros((2, 1))).has(Need.LABELS)
    assert Study.build(labels=labels, class_names=["a"]).labels.tolist() == [-1, -1]


def test_class_names_come_from_the_probabilities_when_nothing_else_says():
    assert Study.build(probabilities=[[0.1, 0.2, 0.7]]).class_names == ("0", "1", "2")


def test_given_class_names_keep_their_order():
    study = Study.build(labels=["dog", "cat"], class_names=["dog", "cat", "owl"])
    assert study.class_names == ("dog", "cat", "owl")
    assert study.labels.tolist() == [0, 1]


def test_probabilities_are_scaled_and_a_nan_is_no_opinion():
    study = Study.build(probabilities=[[0.5, 0.495], [np.nan, 1.0], [np.inf, 0], [0.25, 0.75]])
    np.testing.assert_allclose(study.probabilities.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(study.probabilities[1:3], 0.5)
    np.testing.assert_array_equal(study.probabilities[3], [0.25, 0.75])


def test_numbers_too_large_for_single_precision_do_no_harm():
    assert not np.isfinite(Study.build(embedding=[[1e300, 0.0], [1.0, 2.0]]).embedding[0]).all()


def test_default_ids_are_the_row_numbers():
    assert Study.build(labels=[0] * 11).ids.tolist() == [str(row) for row in range(11)]


UNDECODED = b"caf\xe9".decode(errors="surrogateescape")
"""What Python makes of a file name that is not UTF-8."""


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"ids": ["a", UNDECODED, "c"]}, "id"),
        ({"class_names": ["a", UNDECODED]}, "class name"),
        ({"class_names": None, "labels": ["a", UNDECODED, "a"]}, "label"),
    ],
)
def test_text_that_no_table_can_hold_is_refused_at_once(given, what):
    with pytest.raises(SourceError) as caught:
        Study.build(**parts(**given))
    assert str(caught.value) == (
        f"Study 's': the {what} 'caf\\udce9' is not Unicode text. Rename the file that it comes from, or give "
        f"another {what}."
    )


def test_class_names_may_be_given_by_number():
    assert Study.build(labels=[0, 1], class_names={1: "dog", 0: "cat"}).class_names == ("cat", "dog")


def test_minus_one_and_one_alone_are_two_classes():
    study = Study.build(labels=[-1, 1, 1])
    assert (study.class_names, study.labels.tolist()) == (("-1", "1"), [0, 1, 1])
    assert Study.build(labels=[-1, 0, 1]).labels.tolist() == [-1, 0, 1]


def test_a_class_number_far_beyond_the_samples_is_refused():
    with pytest.raises(SourceError, match="the largest class number is 1,000,000,000 for 2 samples"):
        Study.build(labels=[10**9, 1])
    assert len(Study.build(labels=[999, 1]).class_names) == 1000


def test_what_pandas_has_for_a_missing_label_is_missing():
    labels = pd.Series(["cat", pd.NA, "dog"], dtype="string")
    assert Study.build(labels=labels).labels.tolist() == [0, -1, 1]
