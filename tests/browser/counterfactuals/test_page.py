"""A sample on its way across a boundary, in a real Chromium."""

from __future__ import annotations

import re

import pytest
from browser.looking import NARROW, PATIENCE, Look, Serve, ask, complaints, go, wait_until_idle, wider_than_the_screen
from playwright.sync_api import expect

from dashboard.shared.wording import STOP
from dashboard.views.counterfactuals import COUNTERFACTUALS, wording

pytestmark = pytest.mark.browser


def test_a_sample_moves_across_a_boundary_by_key(look: Look, serve: Serve) -> None:
    dashboard = serve("digits")
    page = look(dashboard, "counterfactuals")
    page.get_by_role("button", name=wording.TRAIN, exact=True).click()
    expect(page.get_by_role("button", name=STOP)).to_be_visible()
    page.locator(".counterfactual[data-state=ready]").wait_for(timeout=4 * PATIENCE)
    row = page.locator(".counterfactual").get_attribute("data-row")
    counterfactual = ask(page, dashboard, f"counterfactual/{row}")
    slider = page.locator(".counterfactual input[type=range]")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^on the boundary of"))
    shown = page.locator(".counterfactual .probabilities .number")

    def says(frame: int) -> None:
        expect(page.locator(f".counterfactual[data-frame='{frame}']")).to_be_visible()
        expect(shown.nth(0)).to_have_text(f"{counterfactual['probabilities'][frame][counterfactual['start']]:.2f}")
        expect(shown.nth(1)).to_have_text(f"{counterfactual['probabilities'][frame][counterfactual['end']]:.2f}")

    says(40)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    slider.press("Home")
    says(0)
    pixels = "node => node.toDataURL()"
    sample, moving = (page.locator(".counterfactual .tiles canvas").nth(place) for place in (0, 1))
    assert sample.evaluate(pixels) == moving.evaluate(pixels)
    slider.press("ArrowRight")
    says(1)
    slider.press("End")
    says(60)
    assert sample.evaluate(pixels) != moving.evaluate(pixels)
    slider.evaluate(
        """node => {
          for (let frame = 0; frame <= 60; frame += 1) {
            node.value = String(frame);
            node.dispatchEvent(new Event("input"));
          }
        }"""
    )
    says(60)
    assert [url for url in sent if "/counterfactual/" in url] == []

    for theme_page in (page, look(dashboard, "counterfactuals", theme="dark")):
        theme_page.locator(".counterfactual[data-state=ready]").wait_for()
        assert complaints(theme_page) == set()
        assert wider_than_the_screen(theme_page) == []
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert complaints(page) == set()
    assert wider_than_the_screen(page) == []

    other = next(number for number in range(10) if number not in (counterfactual["start"], counterfactual["end"]))
    page.locator(".counterfactual select").select_option(str(other))
    expect(slider).to_have_attribute("aria-valuetext", re.compile(rf"\b{other}\b"))
    assert page.locator(".counterfactual").get_attribute("data-row") == row
    page.locator(".nearby-sample").nth(3).click()
    expect(page.locator(f".counterfactual[data-row='{row}']")).to_have_count(0)
    picked = page.locator(".counterfactual").get_attribute("data-row")
    wait_until_idle(page)
    page.locator(".counterfactual [data-act=map]").click()
    page.locator(".map[data-painted]").wait_for()
    page.wait_for_selector(f".panel[data-state=ready][data-row='{picked}']")

    go(page, COUNTERFACTUALS)
    page.locator(".counterfactual [data-act=pair]").click()
    page.wait_for_selector(".boundary[data-state=ready]")
    page.wait_for_selector(f".panel[data-state=ready][data-row='{picked}']")
