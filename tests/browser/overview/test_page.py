"""The overview in a real Chromium: its counts, its bars, and where they lead."""

from __future__ import annotations

import pytest
from browser.looking import ON_DIGITS, Known, Look, go, in_letters, metric
from browser.running import RunningDashboard
from playwright.sync_api import expect

from dashboard.views.map import wording as map_wording
from dashboard.views.overview import OVERVIEW, wording

pytestmark = pytest.mark.browser


def test_the_overview_counts_and_each_count_leads_to_its_samples(
    look: Look, untouched: RunningDashboard, study: Known
) -> None:
    page = look(untouched)
    found = study.audited.overview
    expect(page.get_by_test_id("stMetric")).to_have_count(4)
    assert metric(page, wording.SAMPLES) == f"{study.n:,}"
    assert metric(page, wording.SUSPECTS) == f"{found.suspects:,}"
    assert metric(page, wording.DECIDED) == "0"
    assert metric(page, wording.WITHOUT_CONFLICT) == f"{1 - found.suspects / found.labeled:.1%}"
    pair = found.confusions[0]
    given, suggested = study.names[pair.given], study.names[pair.suggested]
    page.get_by_role("button", name=f"{pair.count:,} {given} → {suggested}", exact=True).click()
    page.wait_for_selector(f".map[data-painted='{study.n}']")
    expect(
        page.get_by_text(in_letters(map_wording.selected(pair.count, wording.labeled_as(given, suggested))))
    ).to_be_visible()
    expect(page.locator(".thumbnails .item:visible")).to_have_count(min(60, pair.count))


@ON_DIGITS
def test_a_bar_leads_to_its_class_every_time(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = look(untouched)
    labels = study.audited.opened.study.labels
    for _ in range(2):
        bar = page.locator(".js-plotly-plot .bars .point").nth(3)
        bar.wait_for()
        box = bar.bounding_box()
        assert box
        page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)
        listed = map_wording.selected(int((labels == 3).sum()), wording.labeled(study.names[3]))
        expect(page.get_by_text(in_letters(listed))).to_be_visible()
        go(page, OVERVIEW)
