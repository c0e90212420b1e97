"""The review by itself: groups decided at once."""

from __future__ import annotations

import re

import pytest
from browser.components import Open, open_review, press_fast
from browser.fake_server import FakeServer
from browser.fake_study import FakeStudy
from browser.looking import saved
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

PRESSED = "window.place.querySelectorAll('.group[aria-pressed=true] .chip-name')[1]?.textContent"


def test_a_group_is_decided_at_once_left_out_ones_stay_and_undo_takes_all_back(review: Page, fake: FakeStudy) -> None:
    group = fake.groups()[0]
    rows = fake.open_rows(group["given"], group["suggested"])
    review.keyboard.press("g")
    review.wait_for_selector(".label-review[data-place=grid]")
    assert review.locator(".member").count() == len(rows) == group["count"]
    review.keyboard.press("ArrowRight")
    review.keyboard.press(" ")
    review.locator(".member").nth(2).click()
    review.keyboard.press("ArrowLeft")
    review.keyboard.press("Enter")
    saved(review)
    taken = [row for place, row in enumerate(rows) if place not in (1, 2)]
    assert [one["row"] for one in fake.record] == taken
    assert {(one["verdict"], one["label"]) for one in fake.record} == {("relabel", group["suggested"])}
    review.keyboard.press("u")
    saved(review)
    assert sorted(one["row"] for one in fake.record if one["verdict"] == "undo") == sorted(taken)
    assert fake.progress()["decided"] == 0
    review.keyboard.press("g")
    review.wait_for_selector(".label-review[data-place=one]")


def test_undo_takes_a_group_back_after_a_reload_too(open_page: Open, server: FakeServer) -> None:
    server.study = fake = FakeStudy(n=1_797, suspects=300)
    review = open_review(open_page)
    (alone,) = press_fast(review, "k")
    review.keyboard.press("g")
    review.wait_for_selector(".label-review[data-place=grid]")
    review.keyboard.press("Enter")
    saved(review)
    group = [one["row"] for one in fake.record[1:]]
    assert len(group) > 10
    review.reload()
    review.wait_for_selector(".label-review[data-place=one]")
    review.keyboard.press("u")
    review.wait_for_selector(f".label-review[data-row='{group[0]}']")
    saved(review)
    undone = [one["row"] for one in fake.record if one["verdict"] == "undo"]
    assert undone == group[::-1]
    assert len({one["at"] for one in fake.record if one["verdict"] == "undo"}) == 1
    review.keyboard.press("u")
    review.wait_for_selector(f".label-review[data-row='{alone}']")
    saved(review)
    assert fake.progress()["decided"] == 0


def test_enter_decides_the_whole_group_even_with_a_member_in_focus(review: Page, fake: FakeStudy) -> None:
    group = fake.groups()[1]
    review.keyboard.press("g")
    review.wait_for_selector(".label-review[data-place=grid]")
    review.keyboard.press("n")
    review.wait_for_function(f"{PRESSED} === '{group['suggested']}'")
    review.keyboard.press("ArrowRight")
    review.keyboard.press("Enter")
    saved(review)
    assert len(fake.record) == group["count"]
    assert {one["verdict"] for one in fake.record} == {"relabel"}


def test_keys_mean_the_group_on_screen_while_another_is_on_its_way(review: Page, fake: FakeStudy) -> None:
    first, second = fake.groups()[:2]
    rows = fake.open_rows(first["given"], first["suggested"])
    review.keyboard.press("g")
    review.wait_for_selector(".label-review[data-place=grid]")
    held: list[Route] = []
    review.route(re.compile("suggested="), lambda route: held.append(route))
    review.keyboard.press("n")
    review.keyboard.press("ArrowRight")
    review.keyboard.press(" ")
    expect(review.locator(".member.out")).to_have_count(1)
    review.keyboard.press("Enter")
    saved(review)
    taken = [row for place, row in enumerate(rows) if place != 1]
    assert [(one["row"], one["label"]) for one in fake.record] == [(row, first["suggested"]) for row in taken]
    # What was decided stays in sight until the next group is there; no key reaches it.
    assert len(held) >= 2
    for key in ("ArrowRight", " ", "Enter"):
        review.keyboard.press(key)
    saved(review)
    assert len(fake.record) == len(taken)
    for route in held:
        route.continue_()
    review.unroute(re.compile("suggested="))
    review.wait_for_function(f"{PRESSED} === '{second['suggested']}'")
    expect(review.locator(".member")).to_have_count(second["count"])
    review.keyboard.press("Enter")
    saved(review)
    assert {one["label"] for one in fake.record[len(taken) :]} == {second["suggested"]}


HOLD = """
  const ask = window.fetch;
  window.held = [];
  window.fetch = (url, ...rest) => new Promise((go) => {
    const send = () => go(ask(url, ...rest));
    const name = /skip=/.test(url) ? "queue" : /groups/.test(url) ? "groups" : null;
    if (name) window.held.push({ name, send }); else send();
  });
"""


def test_the_queue_that_arrives_while_the_groups_are_asked_for_does_not_ask_for_them_again(
    open_page: Open, server: FakeServer
) -> None:
    server.study = FakeStudy(n=1_797, suspects=300)
    review = open_review(open_page, before=HOLD)
    names = "window.held.map((one) => one.name).join(' ')"
    review.wait_for_function(f"{names} === 'queue'")
    review.keyboard.press("g")
    review.wait_for_function(f"{names} === 'queue groups'")
    with review.expect_response(re.compile("skip=")):
        review.evaluate("window.held[0].send()")
    review.evaluate("window.held[1].send()")
    review.wait_for_selector(".label-review[data-place=grid]")
    review.keyboard.press(" ")
    expect(review.locator(".member.out")).to_have_count(1)
    assert review.evaluate(names) == "queue groups"
