"""The review by itself: what is recorded, when the server is gone too."""

from __future__ import annotations

from typing import Any

import pytest
from browser.components import Open, check_record, open_desk, press_fast, saved, shown_row
from browser.fake_server import FakeServer, FakeStudy
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_fifty_keys_at_twenty_a_second_are_recorded_once_each_and_in_order(desk: Page, fake: FakeStudy) -> None:
    keys = "eekes" * 10
    rows = press_fast(desk, keys)
    saved(desk)
    check_record(fake, rows, keys)
    assert desk.locator(".counts").inner_text().split("\n") == ["108 suspects", "50 decided", "30 relabeled"]


def test_no_decision_is_lost_while_the_server_is_gone(desk: Page, fake: FakeStudy, server: FakeServer) -> None:
    rows = press_fast(desk, "e" * 10)
    saved(desk)
    server.stop()
    rows += press_fast(desk, "k" * 75)
    desk.wait_for_selector(".connection[data-state=trouble]")
    assert desk.locator(".connection").inner_text() == "Server away: 75 decisions kept here, sent when it is back"
    server.start()
    rows += press_fast(desk, "e" * 15)
    saved(desk)
    check_record(fake, rows, "e" * 10 + "k" * 75 + "e" * 15)


NOTHING_ARRIVES = """const send = window.fetch;
window.fetch = (url, ...more) =>
  localStorage.cut && `${url}`.includes("/decisions") ? Promise.reject(new TypeError("cut")) : send(url, ...more);"""


def test_a_reload_sends_what_the_life_before_could_not(open_page: Open, fake: FakeStudy) -> None:
    desk = open_desk(open_page, before=NOTHING_ARRIVES)
    desk.evaluate("localStorage.cut = 'yes'")
    rows = press_fast(desk, "e" * 8)
    desk.wait_for_selector(".connection[data-state=trouble]")
    desk.reload()
    desk.wait_for_selector(".desk[data-place=one]")
    assert fake.record == []
    assert shown_row(desk) not in rows
    assert desk.locator(".counts").inner_text().split("\n")[1:] == ["8 decided", "8 relabeled"]
    rows += press_fast(desk, "k" * 4)
    desk.evaluate("delete localStorage.cut; window.dispatchEvent(new Event('online'))")
    saved(desk)
    check_record(fake, rows, "e" * 8 + "k" * 4)
    assert len({one["client"] for one in fake.record}) == 2


def test_an_answer_that_got_lost_does_not_record_twice(desk: Page, fake: FakeStudy) -> None:
    lost = iter([True, True])

    def lose_answer(route: Any) -> None:
        route.fetch()
        if next(lost, False):
            route.abort()
        else:
            route.continue_()

    desk.route("**/decisions*", lose_answer)
    rows = press_fast(desk, "ek")
    saved(desk)
    check_record(fake, rows, "ek")


def test_what_a_decision_carries(desk: Page, fake: FakeStudy) -> None:
    row = shown_row(desk)
    desk.keyboard.press("n")
    desk.keyboard.type("k looks smudged")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    saved(desk)
    (one,) = fake.record
    assert (one["row"], one["id"], one["verdict"], one["label"]) == (row, str(row), "relabel", int(fake.truth[row]))
    assert one["note"] == "k looks smudged"
    assert one["score"] > 0.5
    assert one["at"].endswith("Z")
    assert one["seq"] == 1
    assert one["based_on"] is None


def test_a_decision_names_the_one_that_it_was_made_upon(desk: Page, fake: FakeStudy) -> None:
    (row,) = press_fast(desk, "e")
    saved(desk)
    desk.get_by_role("button", name=f"{row} relabeled").click()
    desk.wait_for_selector(f".desk[data-row='{row}']")
    desk.keyboard.press("k")
    desk.reload()
    desk.wait_for_selector(".desk[data-place=one]")
    desk.get_by_role("button", name=f"{row} kept").click()
    desk.wait_for_selector(f".desk[data-row='{row}']")
    desk.keyboard.press("x")
    saved(desk)
    assert [one["based_on"] for one in fake.record] == [None, 1, 2]


def test_a_refused_decision_says_why_and_stops_nothing(desk: Page, fake: FakeStudy) -> None:
    row = shown_row(desk)
    fake.refused[row] = "grace kept it a minute ago."
    rows = press_fast(desk, "eek")
    saved(desk)
    desk.wait_for_selector(".refused")
    assert desk.locator(".refused span").inner_text() == (
        f"{row} was not relabeled to {fake.truth[row]}. grace kept it a minute ago."
    )
    assert [one["row"] for one in fake.record] == rows[1:]
    desk.get_by_role("button", name="dismiss").click()
    assert desk.locator(".refused").count() == 0
