"""How the ranking does where the truth is known, in a real Chromium."""

from __future__ import annotations

import pytest
from browser.looking import Look
from browser.running import RunningDashboard
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_how_good_it_is_is_shown_beside_other_methods(look: Look, untouched: RunningDashboard) -> None:
    page = look(untouched, "benchmark")
    expect(page.locator(".js-plotly-plot .scatterlayer .trace")).to_have_count(7)
    expect(page.locator(".js-plotly-plot .legendtext").filter(has_text="label error score")).to_be_visible()
    expect(page.get_by_text("labels are wrong")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
