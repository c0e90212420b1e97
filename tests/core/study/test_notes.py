"""What was lost, assumed and read stands in notes, the gravest first; a source that is mostly lost is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from margin_core.errors import SourceError
from margin_core.study import open_source
from margin_core.study.notes import (
    MAX_FEW_LOST,
    MAX_LOST,
    NoteKind,
    assumption,
    check_lost,
    differing_spellings,
    in_order,
    loss,
    read,
    texts_of,
)


def test_the_gravest_stands_first_and_each_once():
    notes = (read("a"), assumption("b"), loss("c"), read("a"), loss("d"))
    assert [note.text for note in in_order(notes)] == ["c", "d", "b", "a"]
    assert texts_of(notes) == ("b", "c", "d")
    assert texts_of(notes, NoteKind.READ) == ("a", "a")
    assert str(loss("c")) == "c"


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_source_is_refused_when_more_than_its_share_is_lost(lost, total):
    lost = min(lost, total)
    if lost > MAX_LOST * total and lost > MAX_FEW_LOST:
        with pytest.raises(SourceError, match=f"^'x': {lost:,} of {total:,} rows are empty. Fill them.$"):
            check_lost("x", lost, total, "rows are empty", "Fill them.")
    else:
        check_lost("x", lost, total, "rows are empty", "Fill them.")


def test_class_names_that_look_alike_are_grouped():
    names = ("Cat", "dog", "cat ", "CAT", "caf\N{LATIN SMALL LETTER E WITH ACUTE}", "cafe\N{COMBINING ACUTE ACCENT}")
    assert differing_spellings(names) == [("Cat", "cat ", "CAT"), names[-2:]]
    assert differing_spellings(("cat", "dog")) == []


def test_what_was_read_is_described(tmp_path):
    labels = np.array(["cat", "dog", "Cat", ""] * 10)
    np.savez(tmp_path / "pets.npz", embedding=np.eye(40), labels=labels)
    notes = open_source(tmp_path / "pets.npz").notes
    assert texts_of(notes, NoteKind.READ) == (
        "Read: 40 samples.", "Classes: 3 (Cat, cat, dog), 10 samples to label.", "Features: the given embedding.",
    )  # fmt: skip
    assert texts_of(notes, NoteKind.ASSUMPTION) == (
        "The classes 'Cat', 'cat' differ only by case, spaces or Unicode form. They are kept apart.",
    )


def test_a_single_class_is_noted(tmp_path):
    np.savez(tmp_path / "pets.npz", embedding=np.eye(40), labels=np.array(["cat", ""] * 20))
    (sentence,) = texts_of(open_source(tmp_path / "pets.npz").notes, NoteKind.ASSUMPTION)
    assert sentence.startswith(
        "All labels are of one class, 'cat': label errors are found by comparing classes, so none can"
    )


@pytest.mark.parametrize("missing", [4, 5])
def test_features_of_which_most_are_missing_are_refused(tmp_path, missing):
    embedding = np.eye(40)
    embedding[:missing] = np.nan
    np.savez(tmp_path / "a.npz", embedding=embedding, labels=[0, 1] * 20)
    if missing > MAX_LOST * 40:
        with pytest.raises(SourceError, match="5 of 40 samples have features with a value that is missing"):
            open_source(tmp_path / "a.npz")
    else:
        assert "4 samples have no features" in texts_of(open_source(tmp_path / "a.npz").notes)[0]


@pytest.mark.parametrize(("header", "row", "empty", "message"), [
    ("text,label", "a good day {0}", "", "10 of 40 texts have no word in them. Fill them in, or take them out of"),
    ("x,z,label", "{0},{1}", ",", "10 of 40 rows have no value in the columns that are compared. Fill them in, or"),
], ids=["texts", "rows"])  # fmt: skip
def test_texts_and_rows_that_lack_something_are_called_so(tmp_path, header, row, empty, message):
    rows = [f"{empty if n < 10 else row.format(n, n % 7)},{'ab'[n % 2]}" for n in range(40)]
    (tmp_path / "t.csv").write_text("\n".join([header, *rows]) + "\n")
    with pytest.raises(SourceError, match=message):
        open_source(tmp_path / "t.csv")


def test_names_of_classes_with_a_comma_are_quoted(tmp_path):
    np.savez(tmp_path / "a.npz", embedding=np.eye(4), labels=np.array(["x, y", "cat"] * 2))
    assert "Classes: 2 (cat, 'x, y')." in texts_of(open_source(tmp_path / "a.npz").notes, NoteKind.READ)
