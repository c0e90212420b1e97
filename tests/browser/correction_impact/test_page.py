"""What corrections changed, in a real Chromium."""

from __future__ import annotations

import re

import pytest
from browser.looking import (
    Look,
    Serve,
    complaints,
    go,
    open_review,
    saved,
    shown_row,
    until,
    wait_until_idle,
    wider_than_the_screen,
)
from playwright.sync_api import expect

from dashboard.views.correction_impact import CORRECTION_IMPACT, wording
from dashboard.views.correction_impact.data import DRAWN

pytestmark = pytest.mark.browser


def test_the_impact_of_the_decisions_is_measured_in_the_background_and_shown(look: Look, serve: Serve) -> None:
    """Twelve labels by key; then the headline, the curve with its lines named, and the table, in both themes."""
    dashboard = serve("digits")
    page = open_review(look, dashboard)
    for _ in range(12):
        row = shown_row(page)
        page.keyboard.press("Enter" if page.locator(".keys .next").count() else "k")
        until(page, lambda row=row: shown_row(page) != row, "the next sample")
    saved(page)
    go(page, CORRECTION_IMPACT)
    expect(page.get_by_text(wording.count_of_decisions(12))).to_be_visible()
    page.get_by_role("button", name=wording.MEASURE).click()
    # Its own sentences, and its curves as named at their ends, are those of the library.
    expect(page.get_by_text(re.compile(r"\b12 decisions .*\d\d\.\d %"))).to_be_visible()
    names = page.locator(".annotation-text")
    expect(names).to_have_count(1 + len(DRAWN))
    for name in DRAWN:
        expect(names.filter(has_text=name)).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    for theme in ("light", "dark"):
        shown = look(dashboard, "impact", theme=theme)
        expect(shown.locator(".js-plotly-plot")).to_have_count(1)
        wait_until_idle(shown)
        assert complaints(shown) == set()
        shown.screenshot(path=dashboard.folder / f"impact-{theme}.png", full_page=True)
    assert wider_than_the_screen(page) == []
