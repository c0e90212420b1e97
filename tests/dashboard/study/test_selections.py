"""Selections are kept under a key."""

from dashboard.study.selections import keep_selection, selection_of


def test_a_selection_is_found_by_its_key_alone(opened):
    key = keep_selection(opened, [3, 1, 2], "three")
    assert selection_of(opened, key).rows.tolist() == [3, 1, 2] and selection_of(opened, key).title == "three"
    assert keep_selection(opened, [3, 1, 2], "three") == key != keep_selection(opened, [3, 1], "three")
    assert selection_of(opened, "none") is None
