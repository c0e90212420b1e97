"""The page of new data against a reference, without a browser: what it shows is what the task found."""

import numpy as np
import pytest
from app_pages import turn_to

from dashboard.study.parts import HOW_TO_ADD, Part
from dashboard.views.map.data import available_channels
from dashboard.views.new_data import NEW_DATA, wording
from dashboard.views.new_data.channel import NOVELTY
from dashboard.views.new_data.data import TASK, class_lines, drift_test_of, novelty_of, ranked_rows, row_height
from margin_core import explain
from margin_core.storage.engine import Run

pytestmark = pytest.mark.slow  # Whole pages.


def test_it_shows_the_verdict_the_classes_and_what_is_new(app, compared):
    opened = compared()
    text = turn_to(app, NEW_DATA)
    assert not app.exception
    assert wording.DIFFERS in text
    assert wording.new_classes(["owl"]) in text.replace("\\", "")
    assert wording.classes_drifted(["dog"], 2) in text.replace("\\", "")
    (table,) = app.dataframe
    lines = table.value.to_dict("records")
    assert [(line[wording.NAME], line[wording.VERDICT]) for line in lines] == [
        ("owl", wording.NEW_CLASS), ("dog", wording.DRIFTED), ("cat", wording.NOT_DRIFTED),
    ]  # fmt: skip
    found = explain(TASK, opened.study)
    assert ranked_rows(opened.answer(TASK)).tolist() == found.rows.tolist()
    assert drift_test_of(opened).whole == TASK.compute_test(opened.study, Run()).whole


def test_novelty_of_both_is_at_hand(app, compared):
    opened = compared()
    new, reference = novelty_of(opened, opened.answer(TASK))
    assert len(new) == 95 and len(reference) == 160
    assert np.median(new[80:]) > np.quantile(reference, 0.99)


def test_the_map_is_colored_by_novelty_once_it_is_known(app, studies, compared):
    opened = compared()
    channel = available_channels(opened)[NOVELTY]
    shades = channel.values(opened)
    assert shades[80:].mean() > shades[:40].mean()


def test_samples_without_a_picture_are_lines_that_are_picked_by_a_click(app, compared):
    compared(inputs=np.arange(95 * 3, dtype=float).reshape(95, 3))
    turn_to(app, NEW_DATA)
    novel = [button for button in app.button if button.key and button.key.startswith("novel ")]
    assert novel
    novel[0].click().run()
    assert not app.exception


def test_without_a_reference_it_says_how_to_get_one(app, asked):
    text = turn_to(app, NEW_DATA)
    assert HOW_TO_ADD[Part.REFERENCE] in text and "--against" in text


def test_a_class_is_drifted_or_why_it_is_not(app, compared):
    lines = class_lines(drift_test_of(compared()).classes, 0.05)
    unknown = {line[wording.NAME]: line[wording.P] == wording.NO_NUMBER for line in lines}
    assert unknown == {"owl": True, "dog": False, "cat": False}


def test_a_row_has_room_for_the_longest_name():
    heights = [row_height([{wording.NAME: "a"}, {wording.NAME: "b" * letters}]) for letters in (1, 12, 13, 25, 90)]
    assert heights[0] == heights[1] < heights[2] < heights[3] == heights[4] and row_height([]) == heights[0]


def test_words():
    assert wording.probability(0.001, 999) == "p ≤ 0.001" and wording.probability(0.25, 999) == "p = 0.25"
    assert wording.compared_of(10, 10) == "" and "10 of 1,000" in wording.compared_of(10, 1000)
