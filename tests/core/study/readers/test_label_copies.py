"""A column that repeats the label is named; one that only goes together with it is not."""

import numpy as np
import pytest

from margin_core.study import open_source
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers.label_copies import copied_share
from margin_core.study.typed_column import ColumnKind, TypedColumn

N = 60
LABELS = np.arange(N) % 3


def category(codes):
    return TypedColumn("code", ColumnKind.CATEGORY, categories=("x", "y", "z", "w"), codes=np.asarray(codes))


def number(values):
    return TypedColumn("code", ColumnKind.NUMBER, values=np.asarray(values, float))


@pytest.mark.parametrize("column", [category((LABELS + 1) % 3), number(10 - LABELS)], ids=["words", "numbers"])
def test_a_value_for_each_class_is_a_copy(column):
    assert copied_share(column, LABELS) == 1


def test_some_labels_may_be_wrong_and_some_values_missing():
    codes = LABELS.copy()
    codes[0] = 1
    codes[1] = -1
    assert copied_share(category(codes), LABELS) == pytest.approx(58 / 60)
    missing = number(LABELS)
    missing.values[2] = np.nan
    unlabeled = np.where(np.arange(N) < 9, -1, LABELS)
    assert copied_share(missing, LABELS) == pytest.approx(59 / 60)
    assert copied_share(category(LABELS), unlabeled) == 1


@pytest.mark.parametrize(
    "column",
    [
        category(LABELS // 2),  # two classes share a value
        category(np.where(np.arange(N) % 10, LABELS, 0)),  # too many differ
        number(LABELS + np.arange(N) / 100),  # a measurement that tells them apart
        category(np.random.default_rng(0).integers(0, 3, N)),
    ],
    ids=["shared", "differs", "measurement", "random"],
)
def test_what_goes_together_with_the_label_is_no_copy(column):
    assert copied_share(column, LABELS) == 0


def test_a_rare_class_is_not_copied_by_chance():
    rare = (np.arange(1000) % 50 == 0).astype(int)
    other = (np.arange(1000) % 50 == 1).astype(int)
    assert copied_share(category(other), rare) == 0


def test_it_is_said_with_what_leaves_it_out(tmp_path):
    rows = [f"{row * 7 % 13},{'abc'[row % 3]}{row % 3},{'xyz'[row % 3]}" for row in range(N)]
    path = tmp_path / "table.csv"
    path.write_text("size,code,label\n" + "\n".join(rows) + "\n")
    notes = texts_of(open_source(path).notes, NoteKind.ASSUMPTION)
    assert [text for text in notes if "one value for each class, the same for 100% of the labels (code)" in text]
    assert any("choose --feature code:ignore" in text for text in notes)
    left = open_source(path, kinds=[("code", "ignore")])
    assert not any("one value for each class" in text for text in texts_of(left.notes))
