"""The review by itself: what is recorded, when the server is gone too."""

from __future__ import annotations

from typing import Any

import pytest
from browser.components import Open, check_record, open_review, press_fast
from browser.fake_server import FakeServer
from browser.fake_study import FakeStudy
from browser.held import answer, holding, wait_until_asked
from browser.looking import saved, shown_row
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_fifty_keys_at_twenty_a_second_are_recorded_once_each_and_in_order(review: Page, fake: FakeStudy) -> None:
    keys = "eekes" * 10
    rows = press_fast(review, keys)
    saved(review)
    check_record(fake, rows, keys)
    assert review.locator(".counts").inner_text().split("\n") == [
        "58 suspects left", "40 decided", "30 relabeled", "10 skipped",
    ]  # fmt: skip


def test_no_decision_is_lost_while_the_server_is_gone(review: Page, fake: FakeStudy, server: FakeServer) -> None:
    rows = press_fast(review, "e" * 10)
    saved(review)
    server.stop()
    rows += press_fast(review, "k" * 75)
    review.wait_for_selector(".connection[data-state=error]")
    assert review.locator(".connection").inner_text() == "Server away: 75 decisions kept here, sent when it is back"
    server.start()
    rows += press_fast(review, "e" * 15)
    saved(review)
    check_record(fake, rows, "e" * 10 + "k" * 75 + "e" * 15)


def test_samples_of_another_selection_that_come_with_an_answer_are_not_shown(open_page: Open, fake: FakeStudy) -> None:
    review = open_review(open_page, before=holding("decisions"))
    review.keyboard.press("k")
    wait_until_asked(review, "decisions?")
    review.evaluate("window.run({ selection: 'some' })")
    review.wait_for_selector(".label-review[data-place=one]")
    wanted = fake.open_rows()[1:4]
    other = fake.other_rows()[-1]
    answer(review, "decisions?", {"recorded": [1], "refused": [], **fake.queue(0), "cards": [fake.card(other)]})
    shown = []
    for _ in wanted:
        shown.append(shown_row(review))
        review.keyboard.press("ArrowRight")
    assert shown == wanted


NOTHING_ARRIVES = """const send = window.fetch;
window.fetch = (url, ...more) =>
  localStorage.cut && `${url}`.includes("/decisions") ? Promise.reject(new TypeError("cut")) : send(url, ...more);"""


def test_a_reload_sends_what_the_life_before_could_not(open_page: Open, fake: FakeStudy) -> None:
    review = open_review(open_page, before=NOTHING_ARRIVES)
    review.evaluate("localStorage.cut = 'yes'")
    rows = press_fast(review, "e" * 8)
    review.wait_for_selector(".connection[data-state=error]")
    review.reload()
    review.wait_for_selector(".label-review[data-place=one]")
    assert fake.record == []
    assert shown_row(review) not in rows
    assert review.locator(".counts").inner_text().split("\n")[1:] == ["8 decided", "8 relabeled"]
    rows += press_fast(review, "k" * 4)
    review.evaluate("delete localStorage.cut; window.dispatchEvent(new Event('online'))")
    saved(review)
    check_record(fake, rows, "e" * 8 + "k" * 4)
    assert len({one["client"] for one in fake.record}) == 2


def test_an_answer_that_got_lost_does_not_record_twice(review: Page, fake: FakeStudy) -> None:
    lost = iter([True, True])

    def lose_answer(route: Any) -> None:
        route.fetch()
        if next(lost, False):
            route.abort()
        else:
            route.continue_()

    review.route("**/decisions*", lose_answer)
    rows = press_fast(review, "ek")
    saved(review)
    check_record(fake, rows, "ek")


def test_what_a_decision_carries(review: Page, fake: FakeStudy) -> None:
    row = shown_row(review)
    review.keyboard.press("n")
    review.keyboard.type("k looks smudged")
    review.keyboard.press("Enter")
    review.keyboard.press("Enter")
    saved(review)
    (one,) = fake.record
    assert (one["row"], one["id"], one["verdict"], one["label"]) == (row, str(row), "relabel", int(fake.truth[row]))
    assert one["note"] == "k looks smudged"
    assert one["score"] > 0.5
    assert one["at"].endswith("Z")
    assert one["seq"] == 1
    assert one["basedOn"] is None


def test_a_decision_names_the_one_that_it_was_made_upon(review: Page, fake: FakeStudy) -> None:
    (row,) = press_fast(review, "e")
    saved(review)
    review.get_by_role("button", name=f"{row} relabeled").click()
    review.wait_for_selector(f".label-review[data-row='{row}']")
    review.keyboard.press("k")
    review.reload()
    review.wait_for_selector(".label-review[data-place=one]")
    review.get_by_role("button", name=f"{row} kept").click()
    review.wait_for_selector(f".label-review[data-row='{row}']")
    review.keyboard.press("x")
    saved(review)
    assert [one["basedOn"] for one in fake.record] == [None, 1, 2]


def test_a_refused_decision_says_why_and_stops_nothing(review: Page, fake: FakeStudy) -> None:
    row = shown_row(review)
    fake.refused[row] = "grace kept it a minute ago."
    rows = press_fast(review, "eek")
    saved(review)
    review.wait_for_selector(".refused")
    assert review.locator(".refused span").inner_text() == (
        f"{row} was not relabeled to {fake.truth[row]}. grace kept it a minute ago."
    )
    assert [one["row"] for one in fake.record] == rows[1:]
    review.locator(".refused [data-act=dismiss]").click()
    assert review.locator(".refused").count() == 0
