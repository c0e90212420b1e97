"""Samples in a report: marked words, places of values, and text that is only text."""

import numpy as np
import pytest

from margin_core.evidence import ColumnPlaces, WordEvidence
from margin_core.report.samples import MAX_LETTERS, MAX_VALUES, SampleViews, show_sample
from margin_core.storage.engine import Run
from margin_core.study.probe_model import with_probe_model
from margin_core.values import Study

WORDS = {"cat": "purr meow paw", "dog": "bark fetch leash"}


@pytest.fixture(scope="module")
def texts():
    random = np.random.default_rng(0)
    names = [("cat", "dog")[number % 2] for number in range(60)]
    said = [" ".join(random.choice([*WORDS[name].split(), "the", "house"], 6)) for name in names]
    said[2] = f"<script>{'lorem ' * 400}purr {'ipsum ' * 400}"
    return with_probe_model(Study.build(inputs=said, labels=names), Run())


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    values = random.normal(size=(200, 14)) + 6 * (np.arange(200) % 2)[:, None]
    values[0, 3] += 6
    return Study.build(inputs=values.astype(np.float32), labels=np.arange(200) % 2, class_names=["<b>low</b>", "high"])


def test_marked_words_say_for_which_class_they_speak(texts):
    html = SampleViews.from_study(texts).show(4, 0, 1).text
    marked = WordEvidence.from_study(texts).marked_words(4, 0, 1)
    for word, weight in marked.items():
        side, name = ("for", "cat") if weight > 0 else ("against", "dog")
        assert f'<mark class="{side}" title="speaks for {name}">{word}</mark>' in html
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
    assert "without the sample's label" in SampleViews.from_study(texts).legend(True).text.replace("&#x27;", "'")
    assert "share of the class that is lower" in SampleViews.from_study(rows).legend(True).text
    assert SampleViews.from_study(rows).legend(False) is None
    assert SampleViews.from_study(Study.build(inputs=["a b", "c d"], labels=[0, 1])).legend(True) is None
