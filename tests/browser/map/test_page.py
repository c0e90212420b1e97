"""The map in a real Chromium: colors, lassos, and the way to a sample and back."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from browser import maps
from browser.looking import ON_DIGITS, Known, Look, in_letters, shown_row, until
from browser.running import RunningDashboard
from PIL import Image
from playwright.sync_api import Page, expect

from dashboard.views.label_review import wording as review_wording
from dashboard.views.label_review.channel import CHANNELS
from dashboard.views.map import wording
from margin_core.figures.palette import class_colors

pytestmark = pytest.mark.browser


def open_map(look: Look, dashboard: RunningDashboard, study: Known, **more: Any) -> Page:
    page = look(dashboard, "map", **more)
    page.wait_for_selector(f".map[data-painted='{study.n}']")
    return page


def test_the_map_is_seen_in_the_colors_of_its_classes(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = open_map(look, untouched, study)
    pixels = np.asarray(Image.open(io.BytesIO(page.locator(".surface").screenshot())).convert("RGB")).astype(int)
    inside = pixels[60:, 8:-8].reshape(-1, 3)
    seen = 0
    for color in class_colors(len(study.names)):
        wanted = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
        seen += (np.abs(inside - wanted).max(axis=1) < 40).mean() > 0.0003
    assert seen >= 8
    assert (np.abs(inside - inside[0]).max(axis=1) > 40).mean() > 0.01


def test_a_lasso_holds_the_samples_that_lie_in_it_and_limits_the_review(
    look: Look, untouched: RunningDashboard, study: Known
) -> None:
    page = open_map(look, untouched, study)
    found = maps.circle(page)
    rows = found.rows
    with page.expect_response(re.compile("/selection/")) as response:
        maps.lasso(page, found.path)
    expect(page.get_by_text(in_letters(wording.selected(len(rows), wording.INSIDE_LASSO)))).to_be_visible()
    listed = {card["row"] for card in response.value.json()["cards"]}
    assert (
        response.value.json()["total"] == len(rows)
        and listed <= set(rows.tolist())
        and len(listed) == min(60, len(rows))
    )
    with page.expect_response(re.compile(r"/queue\?.*selection=")) as queue:
        page.get_by_role("button", name=wording.REVIEW_THESE).click()
    assert {card["row"] for card in queue.value.json()["cards"]} <= set(rows.tolist())
    limited = review_wording.only_these(len(rows), wording.INSIDE_LASSO)
    expect(page.get_by_text(in_letters(limited))).to_be_visible()
    page.wait_for_selector(".label-review[data-place=one]")
    assert shown_row(page) in rows
    with page.expect_response(re.compile(r"/queue\?(?!.*selection=)")):
        page.get_by_role("button", name=review_wording.REVIEW_ALL).click()


@ON_DIGITS
def test_a_sample_is_found_from_the_map_and_on_the_map(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = open_map(look, untouched, study)
    row = maps.lonely(page)
    x, y = maps.places(page)[row]
    page.mouse.click(float(x), float(y))
    page.wait_for_selector(f".panel[data-state=ready][data-row='{row}']")
    expect(page.locator(".panel .id")).to_have_text(f"#{study.audited.opened.study.ids[row]}")

    maps.whole(page)
    path = maps.circle(page).path
    with page.expect_response(re.compile("/selection/")) as response:
        maps.lasso(page, path)
    card = response.value.json()["cards"][2]
    assert not maps.is_ringed(page, card["row"])
    page.locator(".thumbnails .item").nth(2).click()
    page.wait_for_selector(f".panel[data-state=ready][data-row='{card['row']}']")
    until(page, lambda: maps.is_ringed(page, card["row"]), "the ring on the map")


@ON_DIGITS
def test_recoloring_and_filtering_send_no_points_again(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = open_map(look, untouched, study)
    titles = {channel.name: channel.title for channel in CHANNELS}
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/margin/")[2]))
    page.get_by_role("combobox", name=wording.COLOR).click()
    page.get_by_role("option", name=wording.colored_by(titles["label_error_score"])).click()
    page.wait_for_selector(".map[data-shown^='channel/label_error_score']")
    assert [one.partition("/")[2].partition("?")[0] for one in asked if "channel" in one or "points" in one] == [
        "channel/label_error_score"
    ]
    page.get_by_role("button", name=wording.FILTER).click()
    page.get_by_role("combobox", name=wording.GIVEN_LABEL).click()
    page.get_by_role("option", name=study.names[3], exact=True).click()
    page.wait_for_selector(".map[data-shown*='mask/']")
    assert not [one for one in asked if "points" in one]
