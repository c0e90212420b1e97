"""The menu as a component: what it is sent, and a click as an event."""

import pytest
from payloads import differences

from dashboard.menu import about_study, listed_views, menu_sections
from dashboard.shared.menu.component import MenuData

MODULE = "dashboard.shared.menu.component"


def test_what_is_sent_is_what_is_declared(mounting, opened):
    module, sent = mounting(MODULE)
    sections = menu_sections(listed_views(opened, is_opening=True), opened, "abc")
    module["menu"](opened.key, about_study(opened), sections, "map", key="menu")
    module["menu"]("", None, [], "open", key="menu")
    assert [one["key"] for one in sent] == ["menu", "menu"]
    assert [found for one in sent for found in differences(one["data"], MenuData)] == []


@pytest.mark.parametrize(
    ("states", "event"), [({}, (None, 0)), ({"chosen": {"path": "map", "seq": 3}}, ("map", 3))], ids=["none", "one"]
)
def test_a_click_names_a_path_and_grows(mounting, states, event):
    module, _ = mounting(MODULE, **states)
    events = module["menu"]("", None, [], "open", key="menu")
    assert (events.path, events.seq) == event
