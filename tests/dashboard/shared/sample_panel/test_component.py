"""The panel of one sample as a component: what it is sent, and its buttons as events."""

import pytest
from payloads import differences

from dashboard.shared.layout import classes
from dashboard.shared.sample_panel.component import SamplePanelData

MODULE = "dashboard.shared.sample_panel.component"


@pytest.mark.parametrize("row", [None, 7])
def test_what_is_sent_is_what_is_declared(mounting, opened, row):
    module, sent = mounting(MODULE)
    gestures = [("click", "a point")]
    module["sample_panel"](
        opened.key, row, classes(opened), 4, kind="text", pages=[("map", "Show on map")], gestures=gestures, key="panel"
    )
    (one,) = sent
    assert differences(one["data"], SamplePanelData) == []
    assert (one["data"]["row"], one["data"]["version"], one["data"]["gestures"]) == (row, 4, (("click", "a point"),))


def test_a_button_names_an_action_a_row_and_grows(mounting, opened):
    module, _ = mounting(MODULE, action={"name": "review", "row": 5, "seq": 2})
    events = module["sample_panel"](opened.key, 5, classes(opened), key="panel")
    assert (events.action, events.row, events.seq) == ("review", 5, 2)


def test_before_any_button_there_is_no_event(mounting, opened):
    module, _ = mounting(MODULE)
    events = module["sample_panel"](opened.key, None, classes(opened), key="panel")
    assert (events.action, events.row, events.seq) == (None, None, 0)
