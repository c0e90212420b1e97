"""New data against a reference in a real Chromium, from `margin open NEW --against REFERENCE` to an export."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browser.looking import (
    NARROW,
    PATIENCE,
    WIDE,
    Look,
    complaints,
    downloaded,
    go,
    in_letters,
    saved,
    wait_until_idle,
    wider_than_the_screen,
)
from browser.running import RunningDashboard
from playwright.sync_api import Page, expect

from dashboard.views.export import EXPORT
from dashboard.views.label_review import LABEL_REVIEW
from dashboard.views.map import MAP
from dashboard.views.new_data import NEW_DATA, wording

pytestmark = pytest.mark.browser

NEW_CLASS, SAMPLES = 20, 100


def blocks(labels: np.ndarray, seed: int) -> np.ndarray:
    """Draw pictures of a bright block, whose place is that of the class."""
    random = np.random.default_rng(seed)
    pictures = random.integers(0, 60, (len(labels), 12, 12), dtype=np.uint8)
    for picture, label in zip(pictures, labels, strict=True):
        picture[4 * label : 4 * label + 4, 2:10] += 150
    return pictures


def write(path: Path, sizes: tuple[int, ...], seed: int, flips: int = 0) -> Path:
    """Write so many samples a class; the first few of the first are labeled as the second."""
    labels = np.repeat(np.arange(len(sizes)), sizes)
    pictures = blocks(labels, seed)
    features = pictures.reshape(len(labels), -1).astype(np.float32) / 255
    labels[:flips] = 1
    names = np.array(["top", "middle", "bottom"])
    np.savez(path, inputs=pictures, embedding=features, labels=names[labels])
    return path


@pytest.fixture
def dashboard(tmp_path: Path) -> Iterator[RunningDashboard]:
    new = write(tmp_path / "new.npz", (40, 40, NEW_CLASS), 0, flips=6)
    old = write(tmp_path / "old.npz", (120, 120), 1)
    running = RunningDashboard(new, tmp_path, "--against", old)
    yield running
    running.stop()


def test_from_new_data_and_a_reference_to_an_export(dashboard: RunningDashboard, look: Look, tmp_path: Path) -> None:
    page = look(dashboard)
    page.get_by_test_id("stMetric").first.wait_for(timeout=2 * PATIENCE)
    go(page, NEW_DATA)
    expect(page.get_by_role("heading", name=wording.DIFFERS)).to_be_visible(timeout=2 * PATIENCE)
    expect(page.get_by_text(in_letters(wording.new_classes(["bottom"])))).to_be_visible()
    expect(page.locator(".js-plotly-plot .bars .point path").first).to_be_attached()
    expect(page.locator(".thumbnails .item:visible").first).to_be_visible()
    assert complaints(page) == set() and wider_than_the_screen(page) == []
    check_most_novel(page)
    check_small_window(page)
    show_on_map(page)
    go(page, LABEL_REVIEW)
    page.wait_for_selector(".label-review[data-place=one]")
    page.keyboard.press("k")
    saved(page)
    go(page, EXPORT)
    wait_until_idle(page)
    with downloaded(page, "CSV", 0, tmp_path / "labels.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == SAMPLES


def check_most_novel(page: Page) -> None:
    """The new class is what is most novel; a click shows a sample beside."""
    items = page.locator(".thumbnails .item:visible")
    expect(items).to_have_count(60)
    for place in range(5):
        expect(items.nth(place).locator(".chip:visible")).to_have_text(["bottom"])
        expect(items.nth(place).locator(".number")).to_have_text(str(place + 1))
    items.first.click()
    page.wait_for_selector(".panel[data-state=ready]")
    expect(page.locator(".panel .nearest .about")).to_contain_text(wording.NEAREST)
    expect(page.locator(".panel .nearest img")).to_have_js_property("naturalWidth", 12)


def check_small_window(page: Page) -> None:
    """Every column of the table is in sight, and so is the sample that is picked at the end of the list."""
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    table = page.locator("[data-testid=stDataFrame] .dvn-scroller")
    page.wait_for_function("document.querySelector('[data-testid=stDataFrame]').clientWidth > 400")
    expect(table).to_have_js_property("clientWidth", table.evaluate("(table) => table.scrollWidth"))
    items = page.locator(".thumbnails .item:visible")
    items.last.scroll_into_view_if_needed()
    items.last.click()
    expect(items.last).to_have_attribute("aria-selected", "true")
    expect(page.locator(".panel .panel-head")).to_be_in_viewport()
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def show_on_map(page: Page) -> None:
    """The most novel samples are listed on the map, which is colored by novelty."""
    page.get_by_role("button", name=wording.ON_MAP).click()
    page.wait_for_selector(f".map[data-painted='{SAMPLES}']")
    expect(page.get_by_text(wording.MAP_COLOR).first).to_be_visible()
    go(page, MAP)
