import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from margin_core import explain
from margin_core.study import open_source
from margin_core.study.models.linear_words import word_counter
from margin_core.study.models.words import count_unspaced, find_words, split_words
from margin_core.study.notes import texts_of
from margin_core.tasks import LabelFlips

ENGLISH = ("The soup wasn't cold, again!", "A_lovely room, no. 12", "", "Größe Ünder naïve", "안녕 세상")


def test_words_of_spaced_scripts_are_runs_of_letters_and_digits():
    as_before = TfidfVectorizer(token_pattern=r"(?u)\b\w+\b").build_analyzer()
    for text in ENGLISH:
        assert split_words(text) == as_before(text)
    assert count_unspaced(ENGLISH) == 0
    before = TfidfVectorizer(sublinear_tf=True, token_pattern=r"(?u)\b\w+\b").fit_transform(ENGLISH)
    assert (word_counter().fit_transform(ENGLISH) != before).nnz == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("東京は。", ["東", "京", "は", "東京", "京は"]),
        ("GPU不足 2024年", ["gpu", "不", "足", "不足", "2024", "年"]),
        ("กิน", ["ก", "ิ", "น", "กิ", "ิน", "กิน"]),
        ("カード", ["カ", "ー", "ド", "カー", "ード"]),
    ],
)
def test_runs_of_characters_stand_for_words_where_there_are_no_spaces(text, words):
    assert split_words(text) == words
    assert count_unspaced([text, "none here"]) == 1


@pytest.fixture
def chinese(tmp_path):
    """Two topics in sentences without a space; every tenth label is wrong."""
    rng = np.random.default_rng(0)
    shared = "的一是不了在人有我他这中大来上国个到说们"
    topics = (("咖啡", "蛋糕", "餐厅", "味道"), ("电影", "演员", "导演", "剧情"))
    lines, truth = ["text,label"], np.arange(300) % 2
    given = np.where(np.arange(300) % 10 == 0, 1 - truth, truth)
    for label, written in zip(truth.tolist(), given.tolist(), strict=True):
        pieces = [*rng.choice([*shared], 12), *rng.choice(topics[label], 3)]
        lines.append(f"{''.join(rng.permutation(pieces))},topic {written}")
    path = tmp_path / "chinese.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, given != truth


@pytest.mark.slow
def test_texts_without_spaces_are_ranked_and_it_is_said_how(chinese):
    path, wrong = chinese
    opened = open_source(path)
    assert opened.study.features.startswith("words and runs of characters, and how rare they are, ")
    (note,) = [note for note in texts_of(opened.notes) if "script" in note]
    assert note == (
        "300 texts in a script without spaces between words, such as Chinese, Japanese or Thai: runs of one to three "
        "characters stand for words."
    )
    found = explain(LabelFlips(), opened.study)
    assert wrong[found.rows[: wrong.sum()]].mean() > 0.9


def test_their_model_knows_the_words_and_reads_back(chinese, tmp_path):
    from margin_core.study.models.exported import load_exported, write_model

    study = open_source(chinese[0]).study
    model = study.model
    assert model.probabilities(["这部电影的演员", "餐厅的咖啡"]).argmax(axis=1).tolist() == [1, 0]
    assert model.accuracy > 0.85
    path = tmp_path / "model.safetensors"
    write_model(model.loaded, path)
    again = load_exported(path, (), None)
    np.testing.assert_array_equal(again.probabilities(["蛋糕的味道"]), model.probabilities(["蛋糕的味道"]))


@pytest.mark.parametrize("text", [*ENGLISH, "買う 東京タワー, ok", "สวัสดีครับ no 12", "🏆 win 🏆", "", "A\nB"])
def test_words_are_found_where_they_stand(text):
    found = list(find_words(text))
    assert [one.word for one in found] == split_words(text)
    assert all(one.word == text[one.start : one.end].lower() for one in found)


def test_a_letter_whose_lower_case_is_longer_moves_no_place():
    assert [(one.start, one.end) for one in find_words("İİ win")] == [(0, 2), (3, 6)]
