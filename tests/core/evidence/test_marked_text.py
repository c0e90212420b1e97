"""Texts in pieces, marked and folded."""

import pytest

from margin_core.evidence.marked_text import GAP, MarkedPiece, fold_text, mark_words


def joined(pieces):
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(
    "text",
    [
        "Win a PRIZE, win!\n\tnow", "<script>alert('win')</script>", "=1+1 win", "", "   ", "مرحبا win مرحبا",
        "İstanbul WIN ßẞ",
        "win 🏆🏆 win", "東京タワー win", "สวัสดี win",
    ],
)  # fmt: skip
def test_the_pieces_are_the_text_and_the_marked_ones_its_words(text):
    pieces = mark_words(text, {"win": 0.5})
    assert joined(pieces) == text
    assert [piece.text.lower() for piece in pieces if piece.weight] == ["win"] * text.lower().count("win")
    assert all(piece.weight in (0, 0.5) and piece.text for piece in pieces)


def test_only_whole_words_are_marked_whatever_their_case():
    assert mark_words("Winter: WIN", {"win": -1.0}) == (MarkedPiece("Winter: "), MarkedPiece("WIN", -1.0))


def test_without_spaces_overlapping_runs_add_up():
    pieces = mark_words("東京都", {"東京": 0.5, "京": 0.25})
    assert pieces == (MarkedPiece("東", 0.5), MarkedPiece("京", 0.75), MarkedPiece("都"))


def test_a_text_that_has_room_is_not_folded():
    pieces = mark_words("one\ntwo", {"two": 1.0})
    assert fold_text(pieces, 7) == pieces


def test_a_long_text_is_folded_around_its_heaviest_words():
    text = f"{'lorem ' * 1000}jackpot {'ipsum ' * 1000}hello {'dolor ' * 1000}"
    pieces = fold_text(mark_words(text, {"jackpot": 1.0, "hello": -0.2}), 200)
    assert [piece.text for piece in pieces if piece.weight] == ["jackpot", "hello"]
    assert len(joined(pieces)) <= 210
    parts = joined(pieces).split(GAP)
    assert parts[0] == parts[-1] == "" and len(parts) == 4
    assert all(set(part.split()) <= {"lorem", "jackpot", "ipsum", "hello", "dolor"} for part in parts)


def test_where_there_is_no_room_for_all_the_heaviest_stay_each_word_first():
    text = " ".join(["filler"] * 20 + ["gold"] * 30 + ["filler"] * 20 + ["rare"] + ["filler"] * 20)
    pieces = fold_text(mark_words(text, {"gold": 1.0, "rare": 0.5}), 120)
    assert {piece.text for piece in pieces if piece.weight} == {"gold", "rare"}
    assert len(joined(pieces)) <= 130


def test_a_long_text_without_a_mark_is_its_beginning():
    pieces = fold_text(mark_words("word " * 3000, {}), 100)
    assert joined(pieces).startswith("word word") and joined(pieces).endswith(f"word{GAP}")
    assert len(joined(pieces)) <= 101


def test_one_endless_word_is_cut_and_not_lost():
    pieces = fold_text(mark_words("x" * 10_000, {"x" * 10_000: 1.0}), 100)
    assert joined(pieces) == "x" * 100 + GAP


def test_folded_white_space_takes_no_lines():
    text = "a\n\n\n" * 500 + "prize" + "\n\n\nb" * 500
    assert "\n" not in joined(fold_text(mark_words(text, {"prize": 1.0}), 60))
