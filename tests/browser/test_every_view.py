"""Every view in a real Chromium: for everybody, on a small screen, in the dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.looking import (
    NARROW,
    ON_DIGITS,
    PATIENCE,
    Look,
    complaints,
    go,
    wait_until_idle,
    wider_than_the_screen,
)
from browser.running import RunningDashboard
from dashboard.views import VIEWS

pytestmark = pytest.mark.browser

PAGES = tuple("" if view is VIEWS[0] else view.path for view in VIEWS)
DRAWN = {
    "": "[data-testid=stMetric]",
    "map": ".map[data-painted]",
    "review": ".label-review[data-place=one]",
    "prototypes": ".prototypes[data-state=ready] .item",
    "boundary": ".boundary[data-state=ready] .item",
    "saliency": ".saliency[data-state=ready]",
    "benchmark": ".js-plotly-plot .scatterlayer .trace",
}
"""What says that a view's own components are there; the others are there with their title."""


@ON_DIGITS
@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_used_by_everybody_and_on_a_small_screen(
    look: Look, untouched: RunningDashboard, path: str
) -> None:
    page = look(untouched, path)
    ready(page, path)
    assert complaints(page) == set()
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert complaints(page) == set()
    assert wider_than_the_screen(page) == []


def test_every_page_in_the_dark_and_with_other_classes_can_be_used_too(look: Look, untouched: RunningDashboard) -> None:
    """Colors depend on the theme, which needs one study and one size; room depends on the words, and on no theme."""
    in_the_dark = untouched.source.name == "digits"
    page = look(untouched, theme="dark" if in_the_dark else "light")
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    for view, path in zip(VIEWS, PAGES, strict=True):
        go(page, view)
        page.wait_for_url(f"{untouched.address}/{path}*")
        ready(page, path)
        assert not in_the_dark or complaints(page) == set(), path
        assert wider_than_the_screen(page) == [], path


def ready(page: Page, path: str) -> None:
    page.locator(DRAWN.get(path, "[data-testid=stMain] h1")).first.wait_for(timeout=2 * PATIENCE)
    wait_until_idle(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
