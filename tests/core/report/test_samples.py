"""Samples in a report: marked words, places of values, and text that is only text."""

import numpy as np
import pytest

from margin_core.evidence import ColumnPlaces, WordEvidence
from margin_core.report.samples import MAX_LETTERS, MAX_VALUES, SampleViews, show_sample
from margin_core.storage.engine import Run
from margin_core.study.probe_model import with_probe_model
from margin_core.values import UNLABELED, Study

WORDS = {"cat": "purr meow paw", "dog": "bark fetch leash"}


@pytest.fixture(scope="module")
def texts():
    random = np.random.default_rng(0)
    names = [("cat", "dog")[number % 2] for number in range(60)]
    inputs = [" ".join(random.choice([*WORDS[name].split(), "the", "house"], 6)) for name in names]
    inputs[2] = f"<script>{'lorem ' * 400}purr {'ipsum ' * 400}"
    return with_probe_model(Study.build(inputs=inputs, labels=names), Run())


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    values = random.normal(size=(200, 14)) + 6 * (np.arange(200) % 2)[:, None]
    values[0, 3] += 6
    return Study.build(inputs=values.astype(np.float32), labels=np.arange(200) % 2, class_names=["<b>low</b>", "high"])


def test_marked_words_say_for_which_class_they_are_evidence(texts):
    html = SampleViews.from_study(texts).show(4, 0, 1).text
    marked = WordEvidence.from_study(texts).marked_words(4, 0, 1)
    for word, weight in marked.items():
        side, name = ("for", "cat") if weight > 0 else ("against", "dog")
        assert f'<mark class="{side}" title="evidence for {name}">{word}</mark>' in html
    assert html.count("<mark") == sum(str(texts.inputs[4]).split().count(word) for word in marked)


def test_a_long_text_is_folded_and_escaped(texts):
    html = SampleViews.from_study(texts).show(2, 0, 1).text
    assert ">purr</mark>" in html and "<script>" not in html
    assert len(html) < MAX_LETTERS + 200


def test_values_have_their_place_in_both_classes_the_most_unusual_first(rows):
    html = SampleViews.from_study(rows).show(0, 0, 1).text
    placed = ColumnPlaces.from_study(rows).row(0, 0, 1)
    assert placed[3].is_unusual
    first = html.index(f"<bdi>{placed[3].name}</bdi>")
    assert html.index("column ") == first + len("<bdi>")
    assert f"<b><bdi>{placed[3].value}</bdi></b> <span>▲ {placed[3].given.share:.0%}</span>" in html
    assert html.count("<bdi>column ") == MAX_VALUES and "4 more are not shown" in html
    assert "Among &lt;b&gt;low&lt;/b&gt;" in html and "Among high" in html


def test_with_nothing_to_compare_nothing_is_marked(texts, rows):
    assert "<mark" not in show_sample(texts, 4).text
    assert "Among" not in show_sample(rows, 0).text and "and 4 more" in show_sample(rows, 0).text


def test_marks_are_explained_where_there_are_any(texts, rows):
    shown = [(4, (0, 1))]
    assert "without the sample’s label" in SampleViews.from_study(texts).legend(shown).text
    assert "words in common" in SampleViews.from_study(texts).legend([], has_neighbors=True).text
    assert "share of the class that is lower" in SampleViews.from_study(rows).legend(shown).text
    assert "values that differ" in SampleViews.from_study(rows).legend([], has_neighbors=True).text
    assert SampleViews.from_study(rows).legend([(4, (UNLABELED, UNLABELED))]) is None
    alike = Study.build(inputs=["a b", "a b"], labels=[0, 1])
    assert SampleViews.from_study(alike).legend([(0, (0, 1))]) is None


@pytest.fixture(scope="module")
def beside():
    n = 100
    columns = {
        "width": np.arange(n),
        "shop": ["<i>north</i>", "south"] * 50,
        "title": [f"no {row}" for row in range(n)],
    }
    return {"labels": np.arange(n) % 2, "class_names": ["cat", "dog"], "columns": columns}


def test_of_columns_beside_a_picture_the_unusual_values_are_marked(beside):
    pictures = np.zeros((100, 4, 4), dtype=np.uint8)
    views = SampleViews.from_study(Study.build(inputs=pictures, **beside))
    placed = views.beside.row(99, 1, 0)
    assert [one.name for one in placed] == ["width", "shop"] and placed[0].is_unusual
    html = views.show_beside(99, 1, 0).text
    assert "<dt><bdi>width</bdi></dt><dd>▲ <bdi>99</bdi></dd>" in html
    assert "<dd><bdi>no 99</bdi></dd>" in html and "<i>" not in html
    assert "▲" not in views.show_beside(99).text and "▲" in views.legend([(99, (1, 0))]).text
    bare = SampleViews.from_study(Study.build(inputs=pictures, labels=beside["labels"]))
    assert bare.show_beside(0) is None and bare.legend([(99, (1, 0))]) is None


def test_columns_beside_a_text_have_their_places_those_of_names_none(beside):
    views = SampleViews.from_study(Study.build(inputs=["one two", "two three"] * 50, **beside))
    html = views.show_beside(99, 1, 0).text
    assert "<b><bdi>99</bdi></b> <span>▲ 100%</span>" in html and "Among cat" in html
    assert "<span><bdi>no 99</bdi></span> <span>–</span> <span>–</span>" in html
    assert "share of the class that is lower" in views.legend([(99, (1, 0))]).text
