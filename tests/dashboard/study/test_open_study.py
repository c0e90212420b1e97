"""An open study: its key, its map, its scores after corrections."""

import numpy as np
from reviewing import decide

from dashboard.study.cards import full_cards, recent_decisions
from dashboard.views.label_review.channel import state_codes
from dashboard.views.map.data import (
    rows_inside,
)

SAMPLES = 90


def test_the_key_follows_the_study_and_the_database(open_it, tmp_path):
    key = open_it().key
    assert open_it().key == key and key.isalnum()
    assert open_it(database=f"sqlite:///{tmp_path}/other.sqlite").key != key


def test_there_is_no_map_before_it_is_laid_out(write_source, open_it, tmp_path):
    path = write_source(tmp_path / "fresh")
    assert len(open_it(path, may_compute=True).study) == SAMPLES
    fresh = open_it(path)
    assert fresh.positions is None and rows_inside(fresh, [(-9, -9), (9, -9), (0, 9)]).tolist() == []
    card = full_cards(fresh, [0])[0]
    assert (card["x"], card["y"]) == (None, None)


def test_the_map_lies_in_its_frame_and_is_found_again(open_it):
    laid = open_it().positions
    assert laid.shape == (SAMPLES, 2) and np.abs(laid).max() <= 1
    np.testing.assert_array_equal(laid, open_it().positions)


def test_a_correction_changes_the_scores_of_the_neighbors_and_of_nobody_else(opened, planted):
    row = int(planted.flipped[0])
    before = opened.session.scores
    decide(opened, row, "relabel", int(planted.truth[row]))
    after = opened.session.scores
    changed = set(np.flatnonzero(before != after).tolist())
    assert changed
    assert changed <= {row, *opened.explanation.graph.weights[[row]].indices.tolist()}
    same_class = [other for other in changed - {row} if opened.study.labels[other] == planted.truth[row]]
    assert same_class and all(after[other] < before[other] for other in same_class)
    assert full_cards(opened, [same_class[0]])[0]["score"] == after[same_class[0]]


def test_scores_after_corrections_are_those_of_a_new_start(open_it, planted):
    first = open_it()
    for row in planted.flipped[:3].tolist():
        decide(first, row, "relabel", int(planted.truth[row]))
    decide(first, int(planted.flipped[3]), "exclude")
    second = open_it()
    np.testing.assert_array_equal(first.session.scores, second.session.scores)
    np.testing.assert_array_equal(state_codes(first), state_codes(second))
    assert recent_decisions(first) == recent_decisions(second)
