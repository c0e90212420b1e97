"""Prototypes and criticisms in a real Chromium."""

from __future__ import annotations

import pytest
from browser.looking import ON_DIGITS, Look, ask, complaints, go, in_letters, numbers_in
from browser.running import RunningDashboard
from playwright.sync_api import expect

from dashboard.views.map import wording as map_wording
from dashboard.views.prototypes import PROTOTYPES, wording

pytestmark = pytest.mark.browser


@ON_DIGITS
def test_typical_and_odd_samples_are_found_in_the_background_and_lead_on(
    look: Look, untouched: RunningDashboard
) -> None:
    page = look(untouched, "prototypes")
    page.wait_for_selector(".prototypes[data-state=ready]")
    groups = ask(page, untouched, "prototypes/coverage")["groups"]
    kinds = page.locator(".prototypes .kind")
    expect(kinds).to_have_count(10)
    first = kinds.first
    expect(first.locator(".prototype .item:visible")).to_have_count(8)
    page.locator(".prototypes input[type=range]").fill("3")
    expect(first.locator(".prototype .item:visible")).to_have_count(3)
    shares = [int(words.rstrip(" %")) for words in first.locator(".prototype .under:visible").all_inner_texts()]
    assert sum(shares) == pytest.approx(100, abs=2)
    assert complaints(page) == set()

    first.locator(".criticism .item").first.click()
    odd = groups[0]["criticisms"][0]
    expect(page.locator(".panel-head h2")).to_have_text(f"#{odd['id']}")
    expect(first.locator(".why-this")).to_contain_text("Criticism of 0, number 1.")
    first.locator(".nearest").click()
    expect(page.locator(".panel-head h2")).to_have_text(f"#{odd['nearest']['id']}")

    first.locator(".prototype .item").nth(1).click()
    expect(first.locator(".why-this")).to_contain_text("Prototype of 0, number 2.")
    assert complaints(page) == set()
    button = first.locator(".why-this [data-act=map]")
    (stood_for,) = numbers_in(button.inner_text())
    button.click()
    listed = map_wording.selected(stood_for, wording.selected_by_prototype(groups[0]["prototypes"][1]["id"]))
    expect(page.get_by_text(in_letters(listed))).to_be_visible()

    go(page, PROTOTYPES)
    page.get_by_role("combobox", name="class").select_option("3")
    expect(page.locator(".prototypes .kind:visible")).to_have_count(1)
    page.get_by_text(wording.COMPARE).click()
    page.wait_for_selector(".strip.prototype[data-rule=mmd_critic]:visible")
    page.locator("[data-act=review-criticism]").click()
    page.wait_for_selector(".label-review[data-place=one]")
    assert ask(page, untouched, "queue")["progress"]


@ON_DIGITS
def test_a_class_with_less_to_show_says_so(look: Look, untouched: RunningDashboard) -> None:
    page = look(untouched, "prototypes")
    page.wait_for_selector(".prototypes[data-state=ready]")
    groups = ask(page, untouched, "prototypes/coverage")["groups"][:4]
    for group, size in zip(groups[1:], (5, 1, 0), strict=True):
        group.update(size=size, prototypes=group["prototypes"][: (size + 1) // 2], criticisms=[])
    page.route("**/prototypes/coverage", lambda route: route.fulfill(json={"groups": groups}))
    page.reload()
    page.wait_for_selector(".prototypes[data-state=ready]")
    notes = page.locator(".prototypes .kind .note")
    assert [words.strip() for words in notes.all_inner_texts()] == [
        "",
        "This class has 5 samples, fewer than 8.",
        "This class has one sample, which represents itself.",
        "No sample of this class has features.",
    ]
    page.unroute("**/prototypes/coverage")
