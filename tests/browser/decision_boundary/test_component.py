"""The decision boundary by itself: answers that were overtaken."""

from __future__ import annotations

import pytest
from browser.components import Open
from browser.held import answer, holding, wait_until_asked

pytestmark = pytest.mark.browser

BETWEEN = {
    "row": 5, "id": "5", "excerpt": "", "margin": 0.1, "probabilities": [0.5, 0.4], "predicted": 0, "given": 0,
    "wrong": False, "score": 0.4, "disagreement": None,
}  # fmt: skip
SAMPLES = {"pair": [0, 1], "total": 1, "samples": [BETWEEN]}
CONTACTS = {"pairs": [{"pair": [0, 1], "contact": 0.2, "count": 1, "wrong": 0}], "classes": [0, 1], "total": 1}


def test_samples_of_the_view_before_do_not_come_back(open_page: Open) -> None:
    page = open_page("boundary", before=holding("boundary/"), view="a", pair=None, selected=None, kind="picture")
    answer(page, "boundary/a", CONTACTS)
    wait_until_asked(page, "boundary/a?pair=0,1")
    page.evaluate("window.run({ view: 'b' })")
    answer(page, "boundary/a?pair=0,1", SAMPLES)
    boundary = page.locator(".boundary")
    assert boundary.get_attribute("data-state") == "loading"
    answer(page, "boundary/b", {"pairs": [], "classes": [], "total": 0})
    assert boundary.get_attribute("data-state") == "empty"
