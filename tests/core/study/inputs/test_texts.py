"""Texts are opened from tables and arrays, and their words stand for them where no model gives features."""

import numpy as np
import pytest

from margin_core.errors import MarginWarning, SourceError
from margin_core.study import load_study, open_source
from margin_core.study.features.word_features import compute_word_features
from margin_core.study.inputs.texts import TextList, are_texts

TEXTS = ("The soup was cold", "Cold soup again", "A lovely room", "Lovely, lovely room", "")

NO_WORD = r"1 sample has no features that can be compared \(no word in the text\)"


class Cold:
    """A model of texts that looks for one word; counts nothing else."""

    fingerprint, class_names, description = "cold", ("cold", "warm"), "Looks for one word"

    def probabilities(self, inputs):
        assert all(type(text) is str for text in inputs)
        cold = np.array(["cold" in text.lower() for text in inputs], dtype=float)
        return np.stack([cold, 1 - cold], axis=1)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "reviews.csv"
    rows = [f'r{row},"{text}",{"cold" if row < 2 else "warm"},{row}' for row, text in enumerate(TEXTS)]
    path.write_text("\n".join(["id,text,label,stars", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_list_of_texts_gives_one_or_some():
    texts = TextList(TEXTS)
    assert (len(texts), texts.shape, texts[1]) == (5, (5,), "Cold soup again")
    assert type(texts[np.int64(2)]) is str
    assert texts[np.array([3, 0])].tolist() == ["Lovely, lovely room", "The soup was cold"]
    assert texts[1:3].tolist() == list(TEXTS[1:3])
    assert TextList(TEXTS).fingerprint == texts.fingerprint != TextList(TEXTS[::-1]).fingerprint
    assert are_texts(texts)
    assert not are_texts(np.zeros((2, 3)))
    assert not are_texts(None)


def test_alike_texts_lie_near_each_other_and_one_without_a_word_nowhere():
    points = compute_word_features("reviews", TextList(TEXTS))
    assert points.dtype == np.float32
    assert np.isnan(points[4]).all()
    assert points[0] @ points[1] > 0.3 > abs(points[0] @ points[2])
    np.testing.assert_allclose(np.linalg.norm(points[:4], axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(points, compute_word_features("reviews", TextList(TEXTS)))


def test_texts_that_say_nothing_are_refused():
    with pytest.raises(SourceError, match=r"^'reviews': fewer than two different words occur in its 2 texts, so they "):
        compute_word_features("reviews", TextList(("!", "?")))


def test_a_column_called_text_is_what_the_samples_are(table):
    with pytest.warns(MarginWarning, match=NO_WORD), pytest.warns(MarginWarning, match="stars"):
        study = load_study(table)
    assert study.inputs.values == TEXTS
    assert study.features == "words and how rare they are, 5 dimensions"
    assert study.columns["stars"].tolist() == [0, 1, 2, 3, 4]


def test_texts_of_an_npz(tmp_path):
    np.savez(tmp_path / "reviews.npz", inputs=np.array(TEXTS), labels=np.array([0, 0, 1, 1, 1]))
    with pytest.warns(MarginWarning, match=NO_WORD):
        study = load_study(tmp_path / "reviews.npz")
    assert study.inputs.values == TEXTS
    assert study.embedding.shape == (5, 5)
    np.savez(tmp_path / "with.npz", inputs=np.array(TEXTS), embedding=np.eye(5))
    assert load_study(tmp_path / "with.npz").features == "the given embedding"


def test_a_model_predicts_texts_and_its_probabilities_are_stored(table):
    opened = open_source(table, model=Cold())
    np.testing.assert_array_equal(opened.study.probabilities[:, 0], [1, 1, 0, 0, 0])
    assert not opened.study.out_of_sample
