"""The words of a text that are hidden one by one, in any script."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from margin_core.tasks.saliency.variables import split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Lovely, and cheap.", ["Lovely,", "and", "cheap."]),
        ("服务很好，菜也便宜。", ["服务", "很好，", "菜也", "便宜。"]),
        ("「東京」はiPhone 13で", ["「東京」", "は", "iPhone", "13", "で"]),
        ("อาหารอร่อย", ["อาห", "ารอ", "ร่อย"]),
        ("good 好", ["good", "好"]),
        (" \n", []),
    ],
)
def test_words_and_runs_of_characters(text, words):
    assert split_words(text).words.tolist() == words


def test_what_is_left_out_leaves_a_blank():
    text = split_words("服务很好，菜 也便宜")
    assert text.words.tolist() == ["服务", "很好，", "菜", "也便", "宜"]
    join = lambda *kept: text.join(np.array(kept, bool))  # noqa: E731
    assert join(1, 1, 1, 1, 1) == "服务很好，菜 也便宜"
    assert join(1, 0, 1, 0, 1) == "服务 菜 宜"
    assert join(0, 1, 1, 0, 0) == "很好，菜"
    assert join(0, 0, 0, 0, 0) == ""


ALPHABET = st.sampled_from("ab1 ,.\n「」，。東京味がไทยร่อิ")


@given(st.text(ALPHABET) | st.text())
def test_the_words_are_the_whole_text(text):
    found = split_words(text)
    assert "".join(found.words) == "".join(text.split())
    assert found.join(np.ones(len(found.words), bool)) == " ".join(text.split())
