"""The decision boundary in a real Chromium: samples between two classes, and slices."""

from __future__ import annotations

import pytest
from browser.looking import ON_DIGITS, Look, ask, complaints, go, in_letters
from browser.running import RunningDashboard
from playwright.sync_api import expect

from dashboard.views.counterfactuals import wording as path_wording
from dashboard.views.decision_boundary import DECISION_BOUNDARY, wording
from dashboard.views.decision_boundary.channel import CHANNELS
from dashboard.views.map import wording as map_wording

pytestmark = pytest.mark.browser


@ON_DIGITS
def test_samples_between_two_classes_are_walked_along_by_key_and_lead_on(
    look: Look, untouched: RunningDashboard
) -> None:
    page = look(untouched, "boundary")
    page.wait_for_selector(".boundary[data-state=ready]")
    pairs = ask(page, untouched, "boundary/boundary")["pairs"]
    select = page.locator(".boundary select")
    expect(select).to_have_value(",".join(map(str, pairs[0]["pair"])))
    assert page.locator(".pair-table button").count() == len(pairs)
    chords = page.locator(".chords .chord")
    expect(chords).to_have_count(len(pairs))
    width = "node => [Number(node.getAttribute('stroke-width')), node.textContent]"
    broadest = max(chords.nth(place).evaluate(width) for place in range(len(pairs)))
    assert broadest[1].startswith("{} and {} –".format(*pairs[0]["pair"]))
    chords.filter(has_text="{} and {} –".format(*pairs[2]["pair"])).dispatch_event("click")
    expect(select).to_have_value(",".join(map(str, pairs[2]["pair"])))

    a, b = pairs[1]["pair"]
    page.locator(".pair-table").get_by_role("button", name=f"{a} and {b} –").click()
    page.wait_for_selector(f".boundary[data-pair='{a},{b}']")
    expect(select).to_have_value(f"{a},{b}")
    samples = ask(page, untouched, f"boundary/boundary?pair={a},{b}")["samples"]
    page.locator(".boundary input[type=range]").fill("7")
    items = page.locator(".boundary .item:visible")
    expect(items).to_have_count(7)
    order = sorted(samples[:7], key=lambda one: -one["margin"])
    titles = items.evaluate_all("nodes => nodes.map((node) => node.title)")
    assert [words.split(",")[0] for words in titles] == [f"sample {one['id']}" for one in order]
    expect(page.locator(".boundary .item.wrong:visible")).to_have_count(sum(one["wrong"] for one in order))

    items.first.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".panel-head h2")).to_have_text(f"#{order[-2]['id']}")
    expect(page.locator(".boundary .why-this")).to_contain_text(f"#{order[-2]['id']}:")
    expect(items.nth(5)).to_have_attribute("aria-selected", "true")

    page.locator(".boundary [data-act=map]").click()
    listed = map_wording.selected(7, wording.between_classes(str(a), str(b)))
    expect(page.get_by_text(in_letters(listed))).to_be_visible()
    page.get_by_role("combobox", name=map_wording.COLOR).click()
    (uncertain,) = CHANNELS
    page.get_by_role("option", name=map_wording.colored_by(uncertain.title)).click()
    page.wait_for_selector(".map[data-shown*='channel/boundary']")

    go(page, DECISION_BOUNDARY)
    expect(select).to_have_value(f"{a},{b}")  # what was chosen is still chosen
    page.locator(".boundary [data-act=counterfactual]").click()
    expect(page.get_by_text(path_wording.NOT_TRAINED)).to_be_visible()
    go(page, DECISION_BOUNDARY)
    page.get_by_text(wording.ORDERS["errors"]).click()
    page.wait_for_selector(".boundary[data-state=ready] .item.wrong")
    page.locator(".boundary [data-act=review]").click()
    page.wait_for_selector(".label-review[data-place=one]")


@ON_DIGITS
def test_a_slice_is_drawn_in_the_background_and_goes_through_a_sample_of_ones_own(
    look: Look, untouched: RunningDashboard
) -> None:
    page = look(untouched, "boundary")
    page.wait_for_selector(".boundary[data-state=ready]")
    page.get_by_role("button", name=wording.DRAW_SLICE).click()
    pins = page.locator(".js-plotly-plot .annotation-text").filter(has_text="#")
    expect(pins).to_have_count(3)
    expect(page.get_by_text(wording.SLICE_OF["inputs"])).to_be_visible()
    expect(page.locator(".js-plotly-plot .layer-above image")).to_have_count(3)
    assert complaints(page) == set()

    page.get_by_text(wording.MIXED["embedding"]).click()
    expect(page.get_by_text(wording.SLICE_OF["embedding"])).to_be_visible()
    page.locator(".boundary .item:visible").last.click()
    page.wait_for_selector(".panel[data-state=ready]")
    own = page.locator(".panel-head h2").inner_text()
    page.get_by_role("button", name=wording.corner_button(own.removeprefix("#"), wording.CORNERS[0])).click()
    expect(pins.first).to_have_text(own)
    page.get_by_role("button", name=wording.USUAL_CORNERS).click()
    expect(pins.first).not_to_have_text(own)
