import pytest
from hypothesis import given
from hypothesis import strategies as st

from margin_core.study.samples import counted, encode_classes, listed, listed_columns


def test_counts_are_written_with_their_noun():
    assert [counted(count, "row") for count in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]


def test_the_first_few_names_are_written():
    assert listed(list("abc")) == "a, b, c"
    assert listed(list("abcdefg")) == "a, b, c, d, e and 2 more"


def test_names_of_columns_are_quoted_where_they_are_not_plain_words():
    assert listed_columns(["petal length", "sex=female", "Unnamed: 0", "größe"]) == (
        "petal length, sex=female, Unnamed: 0, größe"
    )
    assert listed_columns(["=1+1", "a, b", " x", "g11."], 3) == "'=1+1', 'a, b', ' x' and 1 more"


@pytest.mark.slow
@given(st.lists(st.text(max_size=3)))
def test_every_label_finds_its_name_again(texts):
    names = sorted(set(texts) - {""})
    assert [names[label] if label >= 0 else "" for label in encode_classes(texts, names)] == texts
