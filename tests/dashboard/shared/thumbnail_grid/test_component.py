"""Thumbnails of a selection as a component: what it is sent, and what is called when one is picked."""

import numpy as np
import pytest
from payloads import differences

from dashboard.shared.layout import classes
from dashboard.shared.thumbnail_grid.component import ThumbnailGridData
from dashboard.study.selections import keep_selection

MODULE = "dashboard.shared.thumbnail_grid.component"


@pytest.mark.parametrize("selected", [None, 3])
def test_what_is_sent_is_what_is_declared(mounting, opened, selected):
    module, sent = mounting(MODULE)
    key = keep_selection(opened, np.arange(70), "seventy")
    module["thumbnail_grid"](opened.key, key, 70, 2, classes(opened), selected, kind="values", key="grid")
    (one,) = sent
    assert differences(one["data"], ThumbnailGridData) == []
    assert (one["data"]["selection"], one["data"]["total"], one["data"]["selected"]) == (key, 70, selected)


def test_a_pick_is_handled_before_the_page_runs_again(mounting, opened):
    """Streamlit calls what is passed as the callback of the state ``picked``."""
    module, sent = mounting(MODULE)
    picked = []
    module["thumbnail_grid"](opened.key, "all", 9, 0, classes(opened), key="grid", on_picked=lambda: picked.append(1))
    sent[0]["on_picked_change"]()
    assert picked == [1]
