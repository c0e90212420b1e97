"""The review by itself: the end of the queue, and what is offered then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from browser.components import REVIEW, Open, open_review, press_fast, states, wait_for_probability
from browser.fake_server import FakeServer
from browser.fake_study import FakeStudy
from browser.looking import numbers_in, saved, shown_row, until
from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


def test_the_end_of_the_queue_says_what_was_done_and_undo_still_works(open_page: Open, server: FakeServer) -> None:
    server.study = fake = FakeStudy(n=200, suspects=3)
    page = open_review(open_page)
    press_fast(page, "eke")
    page.wait_for_selector(".label-review[data-place=empty]")
    assert numbers_in(page.locator(".empty p").inner_text()) == [2, 1, 0, 0]
    page.keyboard.press("u")
    page.wait_for_selector(".label-review[data-place=one]")
    saved(page)
    assert fake.progress()["decided"] == 2


def next_steps(page: Page) -> list[str]:
    page.wait_for_selector(".label-review[data-place=empty]")
    return [str(one.get_attribute("data-step")) for one in page.locator(".next-steps button").all()]


def go_on(page: Page, step: str) -> None:
    page.locator(f".next-steps [data-step={step}]").click()


def is_enough(page: Page) -> bool:
    return page.locator(".empty").get_attribute("data-enough") == "true"


def test_after_the_last_suspect_the_desk_offers_what_is_next(open_page: Open, server: FakeServer) -> None:
    server.study = fake = FakeStudy(n=200, suspects=3)
    page = open_review(open_page, unlabeled=2)
    press_fast(page, "eke")
    assert next_steps(page) == ["leave", "beyond", "unlabeled"]
    assert page.locator(".next-steps .next").get_attribute("data-step") == "leave"
    assert numbers_in(page.locator("[data-step=unlabeled]").inner_text()) == [2]
    go_on(page, "leave")
    go_on(page, "unlabeled")
    assert [one["name"] for one in states(page, "action")] == ["export", "unlabeled"]
    page.evaluate("window.run({ unlabeled: 0 })")
    assert len(next_steps(page)) == 2

    others = fake.other_rows()
    go_on(page, "beyond")
    page.wait_for_selector(f".label-review[data-row='{others[0]}']")
    assert numbers_in(page.locator(".counts").inner_text()) == [3, 2]
    assert page.locator(".counts .beyond").is_visible()
    press_fast(page, "kk")
    saved(page)
    assert [(one["row"], one["verdict"]) for one in fake.record[3:]] == [(row, "keep") for row in others[:2]]
    assert shown_row(page) == others[2]


def test_enter_takes_the_suggestion_for_a_suspect_and_nothing_for_a_label_that_looks_right(
    open_page: Open, server: FakeServer
) -> None:
    server.study = fake = FakeStudy(n=200, suspects=2)
    right, suspect = fake.other_rows()[0], fake.open_rows()[1]
    fake.suspect[suspect], fake.score[suspect] = False, 0.49
    fake.given[right] = fake.given[suspect]
    page = open_review(open_page, selection="all")
    buttons = page.locator(".keys .row .key-button")
    words = [f"Relabel to {fake.truth[shown_row(page)]}", f"Keep {fake.given[shown_row(page)]}"]
    assert [one.split("\n") for one in buttons.all_inner_texts()[:2]] == [["Enter", words[0]], ["K", words[1]]]
    page.keyboard.press("Enter")
    page.wait_for_selector(f".label-review[data-row='{suspect}']")
    words = [f"Relabel to {fake.truth[suspect]}", f"Keep {fake.given[suspect]}"]
    assert [one.split("\n") for one in buttons.all_inner_texts()[:2]] == [["R", words[0]], ["K", words[1]]]
    assert page.locator(".keys .next").count() == 0
    page.keyboard.press("Enter")
    assert page.locator(".mark.seen").inner_text() == "R relabels, K keeps"
    assert shown_row(page) == suspect
    page.keyboard.press("k")
    page.keyboard.press("u")
    page.wait_for_selector(f".label-review[data-row='{suspect}']")
    page.keyboard.press("r")
    saved(page)
    assert [one["verdict"] for one in fake.record] == ["relabel", "keep", "undo", "relabel"]


def answering(content: Any) -> Callable[[Route], None]:
    return lambda route: route.fulfill(json=content)


def test_a_random_check_looks_like_any_other_sample(open_page: Open, server: FakeServer) -> None:
    """Nothing on the card tells a draw from a sample of the same score that came by its rank."""
    server.study = fake = FakeStudy(n=200, suspects=1)
    drawn, ranked = fake.other_rows()[:2]
    cards = {row: fake.card(row, rank) for row, rank in ((drawn, 199), (ranked, 2))}
    cards[ranked] |= {name: cards[drawn][name] for name in ("score", "given", "suggested", "agree")}
    words = []
    for row, is_sampled in ((drawn, True), (ranked, False)):
        answer = {**fake.queue(1), "cards": [cards[row] | {"sampled": is_sampled}]}
        page = open_page("review", **REVIEW)
        page.route("**/queue?*", answering(answer))
        page.reload()
        page.wait_for_selector(f".label-review[data-row='{row}']")
        wait_for_probability(page)
        parts = [page.locator(where).inner_text() for where in (".head", ".caption", ".facts", ".keys")]
        words.append([part.replace(f"#{row}", "#") for part in parts])
    assert words[0] == words[1]


def test_after_the_last_suspect_random_checks_go_on_until_the_goal_is_reached(
    open_page: Open, server: FakeServer
) -> None:
    server.study = fake = FakeStudy(n=200, suspects=2, checks=3)
    page = open_review(open_page, goal=10)
    press_fast(page, "ee")
    saved(page)
    assert next_steps(page) == ["check", "leave", "beyond"]
    assert not is_enough(page)
    assert numbers_in(page.locator(".empty p").inner_text()) == [2, 0, 0, 0, 3, 95, 5]
    page.keyboard.press("c")
    page.wait_for_selector(".label-review[data-place=one]")
    assert page.locator(".counts .beyond").is_visible()
    press_fast(page, "kkk")
    assert next_steps(page)[:2] == ["leave", "check"]
    assert is_enough(page)
    assert numbers_in(page.locator(".empty p").inner_text())[-4:] == [5, 200, 95, 5]
    # No key of the review decides on a sample that nobody sees.
    page.keyboard.press("k")
    assert len(fake.record) == 5
    page.keyboard.press("u")
    page.wait_for_selector(".label-review[data-place=one]")
    page.keyboard.press("k")
    page.wait_for_selector(".label-review[data-place=empty]")
    assert next_steps(page)[1] == "check"
    page.keyboard.press("c")
    page.wait_for_selector(".label-review[data-place=one]")
    press_fast(page, "kk")
    saved(page)
    assert fake.progress()["kept"] == 5 and page.locator(".label-review").get_attribute("data-place") == "one"


def test_the_answer_to_a_key_that_was_faster_does_not_end_the_pause_of_the_checks(
    open_page: Open, server: FakeServer
) -> None:
    server.study = fake = FakeStudy(n=200, suspects=2, checks=3)
    page = open_review(open_page, goal=10)
    press_fast(page, "ee")
    saved(page)
    page.keyboard.press("c")
    page.wait_for_selector(".label-review[data-place=one]")
    press_fast(page, "kk")
    saved(page)
    held: list[Route] = []
    page.route("**/decisions*", lambda route: held.append(route))
    press_fast(page, "kk")
    until(page, lambda: len(held) == 1, "the third check to be sent")
    held[0].continue_()
    page.wait_for_selector(".label-review[data-place=empty]")
    until(page, lambda: len(held) == 2, "the fourth check to be sent")
    held[1].continue_()
    saved(page)
    assert fake.progress()["kept"] == 4
    assert page.locator(".label-review").get_attribute("data-place") == "empty"
    assert is_enough(page)


def test_skipped_samples_come_back_when_asked_for(open_page: Open, server: FakeServer) -> None:
    server.study = fake = FakeStudy(n=200, suspects=3)
    page = open_review(open_page)
    rows = press_fast(page, "ses")
    assert next_steps(page)[2] == "skipped"
    assert numbers_in(page.locator("[data-step=skipped]").inner_text()) == [2]
    saved(page)
    go_on(page, "skipped")
    page.wait_for_selector(f".label-review[data-row='{rows[0]}']")
    press_fast(page, "kk")
    assert next_steps(page) == ["leave", "beyond"]
    saved(page)
    assert fake.progress()["kept"] == 2


@pytest.mark.parametrize(
    ("unlabeled", "offered"),
    [
        (0, ["beyond"]),
        (1, ["unlabeled", "beyond"]),
    ],
)
def test_a_study_without_suspects_says_so(
    open_page: Open, server: FakeServer, unlabeled: int, offered: list[str]
) -> None:
    server.study = FakeStudy(n=200, suspects=0)
    page = open_page("review", **{**REVIEW, "unlabeled": unlabeled})
    assert next_steps(page) == offered
    assert numbers_in(page.locator(".counts").inner_text()) == []


def test_the_end_of_a_selection_leads_back_to_the_whole_queue(open_page: Open, server: FakeServer) -> None:
    server.study = FakeStudy(n=3, suspects=1)
    page = open_review(open_page, selection="all")
    press_fast(page, "kkk")
    assert next_steps(page) == ["all", "leave"]
    go_on(page, "all")
    assert states(page, "action")[0]["name"] == "all"
