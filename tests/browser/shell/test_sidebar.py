"""What stands beside every page."""

from __future__ import annotations

import pytest
from browser.looking import ON_DIGITS, Known, Look
from browser.running import RunningDashboard
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@ON_DIGITS
def test_a_search_lists_what_it_finds(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = look(untouched)
    sought = str(study.audited.opened.study.ids[5])
    page.get_by_label("Find a sample").fill(sought)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"1 sample found for '{sought}'")).to_be_visible()
