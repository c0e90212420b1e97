"""What stands beside every page."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser.looking import (
    NARROW,
    ON_DIGITS,
    WIDE,
    Known,
    Look,
    Serve,
    complaints,
    go,
    in_letters,
    metric,
    open_review,
    saved,
    shown_row,
    until,
    with_numbers,
)
from browser.running import BUNDLED, RunningDashboard
from playwright.sync_api import expect

from dashboard.shared import wording
from dashboard.study.parts import HOW_TO_ADD, Part
from dashboard.views.base import View
from dashboard.views.benchmark import BENCHMARK
from dashboard.views.export import EXPORT
from dashboard.views.label_error_estimate import LABEL_ERROR_ESTIMATE
from dashboard.views.label_review import LABEL_REVIEW
from dashboard.views.map import wording as map_wording
from dashboard.views.overview import OVERVIEW
from dashboard.views.overview import wording as overview_wording

pytestmark = pytest.mark.browser


@ON_DIGITS
def test_a_search_lists_what_it_finds(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = look(untouched)
    sought = str(study.audited.opened.study.ids[5])
    page.get_by_label(wording.SEARCH).fill(sought)
    page.keyboard.press("Enter")
    expect(page.get_by_text(in_letters(map_wording.selected(1, wording.found_for(sought))))).to_be_visible()


@ON_DIGITS
def test_a_click_is_one_step_back(look: Look, untouched: RunningDashboard) -> None:
    page = look(untouched)
    page.wait_for_url("**/?study=*")
    for view in (EXPORT, BENCHMARK):
        go(page, view)
        page.wait_for_url(f"**/{view.path}?study=*")
    # Not by `history.length`: a browser counts no further than 50.
    for address, title in ((f"**/{EXPORT.path}?study=*", EXPORT.title), ("**/?study=*", OVERVIEW.title)):
        page.go_back()
        page.wait_for_url(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_menu_counts_what_is_left_during_a_review_too(look: Look, serve: Serve) -> None:
    dashboard = serve("digits")
    page = look(dashboard)
    of_review = page.locator(".menu a[href*='/review'] .count")
    n = int(of_review.inner_text())
    expect(page.locator(".menu .progress")).to_have_text(with_numbers(0, n))
    go(page, LABEL_REVIEW)
    page.wait_for_selector(".label-review[data-place=one]")
    for made in (1, 2):
        row = shown_row(page)
        page.keyboard.press("Enter")
        until(page, lambda row=row: shown_row(page) != row, "the next sample")
        expect(of_review).to_have_text(str(n - made))
    expect(page.locator(".menu .progress")).to_have_text(with_numbers(2, n - 2))
    # The bar fills its meter and covers no link of the menu.
    meter, fill = (page.locator(f".menu .{name}").bounding_box() for name in ("meter", "fill"))
    assert (fill["y"], fill["height"]) == (meter["y"], meter["height"])
    assert 0 < fill["width"] < meter["width"]
    expect(page.locator(".menu a[href*='/export'] .count")).to_have_text("2")
    saved(page)
    go(page, EXPORT)
    expect(page.get_by_role("heading", name=EXPORT.title)).to_be_visible()
    expect(of_review).to_have_text(str(n - 2))
    page.go_back()
    page.wait_for_selector(".label-review[data-place=one]")
    expect(page.locator(".menu [aria-current]")).to_contain_text(LABEL_REVIEW.title)


def test_what_was_decided_in_another_tab_is_offered_and_shown(look: Look, serve: Serve) -> None:
    dashboard = serve("digits")
    first = look(dashboard)
    changed = first.locator(".menu .changed")
    assert metric(first, overview_wording.DECIDED) == "0"
    expect(changed).to_be_hidden()
    second = open_review(look, dashboard)
    row = shown_row(second)
    second.keyboard.press("Enter")
    until(second, lambda: shown_row(second) != row, "the next sample")
    saved(second)
    expect(second.locator(".menu .changed")).to_be_hidden()
    first.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(changed).to_be_visible()
    changed.get_by_role("button", name="Show").click()
    expect(first.get_by_test_id("stMetric").filter(has_text=overview_wording.DECIDED)).to_contain_text("1")
    expect(changed).to_be_hidden()
    first.evaluate("window.dispatchEvent(new Event('focus'))")
    first.wait_for_timeout(500)
    expect(changed).to_be_hidden()


@ON_DIGITS
def test_an_address_without_a_page_leads_to_the_overview_which_says_so(look: Look, untouched: RunningDashboard) -> None:
    page = look(untouched, "nowhere")
    expect(page.get_by_role("heading", level=1)).to_contain_text(OVERVIEW.title)
    expect(page.get_by_text(wording.unknown_address("nowhere"))).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    go(page, EXPORT)
    expect(page.get_by_role("heading", level=1)).to_contain_text(EXPORT.title)
    expect(page.get_by_text(wording.unknown_address("nowhere"))).to_have_count(0)


@ON_DIGITS
def test_the_search_who_decides_and_what_is_decided_with_are_on_a_small_screen(
    look: Look, untouched: RunningDashboard
) -> None:
    """The words about the features of this study are of three lines there."""
    page = open_review(look, untouched)
    about = page.locator(".menu .features")
    for width, height in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": height})
        search, reviewer = (page.get_by_role("textbox", name=name) for name in (wording.SEARCH, wording.REVIEWER))
        for shown in (
            search,
            reviewer,
            *page.locator(".label-review .keys button:visible").all(),
        ):
            expect(shown).to_be_in_viewport(ratio=1)
        above, below = (field.bounding_box() for field in (search, reviewer))
        assert above and below and above["y"] + above["height"] <= below["y"]
    assert about.get_attribute("title") == about.text_content()


@ON_DIGITS
@pytest.mark.parametrize(("old", "view"), [("trust", LABEL_ERROR_ESTIMATE), ("how-good", BENCHMARK)])
def test_a_bookmark_of_an_earlier_release_opens_the_page_that_it_meant(
    look: Look, untouched: RunningDashboard, old: str, view: View
) -> None:
    page = look(untouched, old)
    expect(page.get_by_role("heading", level=1)).to_contain_text(view.title)
    assert urlsplit(page.url).path == f"/{view.path}"
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_bookmark_to_a_page_without_its_part_says_how_to_get_that(
    look: Look, prepared: dict[str, Path], tmp_path: Path
) -> None:
    """Streamlit would say that there is no such page, and show another one."""
    source, workspace = tmp_path / "digits", tmp_path / "w.margin"
    shutil.copytree(BUNDLED / "digits", source)
    shutil.copytree(prepared["digits"], workspace)
    description = (source / "study.toml").read_text(encoding="utf-8").splitlines()
    known = [line for line in description if not line.startswith("truth")]
    (source / "study.toml").write_text("\n".join(known), encoding="utf-8")
    dashboard = RunningDashboard(source, tmp_path, "--workspace", workspace)
    try:
        page = look(dashboard, BENCHMARK.path)
        expect(page.get_by_text(HOW_TO_ADD[Part.TRUTH])).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator(".menu").get_by_role("link", name=LABEL_REVIEW.title)).to_be_visible()
        expect(page.locator(".menu").get_by_role("link", name=BENCHMARK.title)).to_have_count(0)
        assert complaints(page) == set()
        page.goto("about:blank")
    finally:
        dashboard.stop()
