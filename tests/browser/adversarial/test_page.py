"""Attacked pictures in a real Chromium, from `margin open` to an export."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser.looking import (
    PATIENCE,
    Look,
    complaints,
    downloaded,
    go,
    saved,
    wait_until_idle,
    wider_than_the_screen,
)
from browser.running import RunningDashboard
from playwright.sync_api import Page, expect

from dashboard.shared.wording import STOP
from dashboard.study.jobs import STOPPED
from dashboard.views.adversarial import ADVERSARIAL, wording
from dashboard.views.export import EXPORT
from dashboard.views.map.wording import REVIEW_THESE

pytestmark = pytest.mark.browser

SAMPLES = 60


def test_from_an_attack_to_an_export(serve: Callable[..., RunningDashboard], look: Look, tmp_path: Path) -> None:
    page = look(serve("digits"), ADVERSARIAL.path)
    start = page.get_by_role("button", name=re.compile("^Attack [0-9,]+ samples$"))
    start.wait_for(timeout=2 * PATIENCE)
    assert complaints(page) == set() and wider_than_the_screen(page) == []
    samples = page.get_by_label(wording.SAMPLES, exact=True)
    samples.fill(str(SAMPLES))
    samples.press("Enter")
    page.get_by_role("button", name=wording.start_button(SAMPLES)).click()
    stop_and_go_on(page)
    page.locator(".attacked-pairs[data-state=ready]").wait_for(timeout=4 * PATIENCE)
    wait_until_idle(page)
    expect(page.get_by_text("it is no defense")).to_be_visible()
    expect(page.locator(".js-plotly-plot .bars .point path").first).to_be_attached()
    assert complaints(page) == set() and wider_than_the_screen(page) == []
    step_through_the_pairs(page)
    lose_the_server(page)
    show_a_sample(page)
    page.get_by_role("button", name=wording.ON_MAP).first.click()  # not that of the sample beside
    page.wait_for_selector(".map[data-painted]")
    page.get_by_role("button", name=REVIEW_THESE).first.click()
    page.wait_for_selector(".label-review[data-place=one]")
    page.keyboard.press("k")
    saved(page)
    go(page, EXPORT)
    wait_until_idle(page)
    with downloaded(page, "CSV", 0, tmp_path / "labels.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 1797


def stop_and_go_on(page: Page) -> None:
    """A stopped attack says so, and goes on at the same button."""
    page.get_by_role("button", name=STOP).click()
    expect(page.get_by_text(STOPPED)).to_be_visible()
    page.get_by_role("button", name=wording.GO_ON).click()


def step_through_the_pairs(page: Page) -> None:
    """Arrows lead from pair to pair; each has three pictures that arrive, and another class after the attack."""
    pairs = page.locator(".attacked-pairs")
    images = pairs.locator(".tile img")
    expect(images).to_have_count(3)
    first = pairs.get_attribute("data-place")
    page.keyboard.press("ArrowRight")
    expect(pairs.locator(".position")).to_have_text(re.compile("^2 of "))
    assert pairs.get_attribute("data-place") != first
    sizes = images.evaluate_all(
        "async (found) => Promise.all(found.map((image) => image.decode().then(() => image.naturalWidth)))"
    )
    assert len(set(sizes)) == 1 and sizes[0] > 0
    names = pairs.locator(".tile .chip-name").all_inner_texts()
    assert names[0] != names[1]
    page.keyboard.press("Home")
    expect(pairs).to_have_attribute("data-place", str(first))
    pairs.locator("select").select_option("small")
    expect(pairs).to_have_attribute("data-state", "ready")
    expect(pairs.locator(".position")).to_have_text(re.compile("^1 of "))


def lose_the_server(page: Page) -> None:
    """Pictures that do not come are said, not shown broken, and come again where they were asked for."""
    pairs, pictures = page.locator(".attacked-pairs"), re.compile(r"/attack/\w+/\d+/")
    page.route(pictures, lambda route: route.fulfill(body="", headers={"Cache-Control": "no-store"}))  # not a picture
    page.keyboard.press("End")
    expect(pairs).to_have_attribute("data-state", "unreachable")
    expect(pairs.get_by_role("alert")).to_be_visible()
    expect(pairs.locator(".tile").first).to_be_hidden()
    place = pairs.get_attribute("data-place")
    page.unroute(pictures)
    pairs.get_by_role("alert").get_by_role("button").click()
    expect(pairs).to_have_attribute("data-state", "ready")
    expect(pairs.locator(".tile img").first).to_have_js_property("naturalWidth", 8)
    expect(pairs).to_have_attribute("data-place", str(place))
    # A server that has begun anew does not have the result until the page is run again, which is asked for.
    page.evaluate(
        "() => { const real = window.fetch; let left = 1; window.fetch = (url, ...rest) => "
        "String(url).includes('/pairs?') && left-- > 0 "
        "? Promise.resolve(new Response('Not in memory.', { status: 404 })) : real(url, ...rest); }"
    )
    pairs.locator("select").select_option("unlikely")
    expect(pairs).to_have_attribute("data-state", "unreachable")
    expect(pairs).to_have_attribute("data-state", "ready", timeout=PATIENCE)
    wait_until_idle(page)


def show_a_sample(page: Page) -> None:
    """A key shows the sample of a pair beside, a click on a point of the map that of the point."""
    page.keyboard.press("s")
    page.wait_for_selector(".panel[data-state=ready]")
    before = page.locator(".panel").inner_text()
    chart = page.locator(".js-plotly-plot:has(.scatterlayer .point)").filter(has_text="clean (").first
    point = chart.locator(".scatterlayer .trace").first.locator("path.point").nth(7)
    point.scroll_into_view_if_needed()
    point.click(force=True)
    expect(page.locator(".panel")).not_to_have_text(before, timeout=PATIENCE)
