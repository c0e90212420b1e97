"""The review by itself: keys."""

from __future__ import annotations

import pytest
from browser.components import Open, check_record, open_review, press_fast, states
from browser.fake_server import FakeServer
from browser.fake_study import WORDS, FakeStudy
from browser.looking import saved, shown_row
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_a_class_is_chosen_by_its_own_digit(review: Page, fake: FakeStudy) -> None:
    row = shown_row(review)
    other = next(label for label in range(10) if label not in (fake.given[row], fake.truth[row]))
    review.keyboard.press(str(other))
    review.keyboard.press(str(fake.given[shown_row(review)]))
    saved(review)
    assert [(one["verdict"], one["label"]) for one in fake.record] == [("relabel", other), ("keep", None)]


def test_a_class_is_typed_without_deciding_on_the_way(open_page: Open, server: FakeServer) -> None:
    server.study = fake = FakeStudy(n=500, suspects=30, class_names=WORDS)
    page = open_review(open_page)
    row = shown_row(page)
    page.keyboard.press("/")
    page.keyboard.type("sk")
    assert page.get_by_role("option").count() == 1 and page.get_by_role("option", disabled=True).is_visible()
    page.keyboard.press("Backspace")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    saved(page)
    wanted = WORDS.index("horse")
    verdict = "keep" if fake.given[row] == wanted else "relabel"
    assert [(one["row"], one["verdict"]) for one in fake.record] == [(row, verdict)]
    assert fake.record[0]["label"] == (None if verdict == "keep" else wanted)


def test_keys_rest_while_typing_with_modifiers_when_held_and_after_the_desk_is_gone(
    review: Page, fake: FakeStudy
) -> None:
    review.evaluate("document.body.prepend(Object.assign(document.createElement('input'), { id: 'search' }))")
    review.locator("#search").click()
    review.keyboard.type("ksx1")
    review.locator("#search").blur()
    for key in ("Control+k", "Alt+s", "Meta+x"):
        review.keyboard.press(key)
    review.evaluate(
        "window.pressed = []; document.addEventListener('keydown', (event) => window.pressed.push(event.key))"
    )
    review.keyboard.press("c")
    review.keyboard.down("k")
    review.keyboard.down("k")
    review.keyboard.up("k")
    saved(review)
    assert [one["verdict"] for one in fake.record] == ["keep"]
    assert review.evaluate("window.pressed") == []
    review.evaluate("window.unmount()")
    review.keyboard.press("k")
    assert review.evaluate("window.pressed") == ["k"]
    assert len(fake.record) == 1


def test_a_rerun_neither_doubles_keys_nor_moves_the_sample(review: Page, fake: FakeStudy) -> None:
    rows = press_fast(review, "e")
    review.evaluate("const overtaken = window.unmount; window.run(); window.run({ reviewer: 'grace' }); overtaken()")
    rows += press_fast(review, "ek")
    saved(review)
    check_record(fake, rows, "eek")
    assert review.locator(".label-review").count() == 1


def test_every_key_has_a_button_and_the_dialog_lists_them(review: Page, fake: FakeStudy) -> None:
    review.keyboard.press("?")
    dialog = review.get_by_role("dialog")
    assert dialog.is_visible()
    keys = set(" ".join(dialog.locator("kbd").all_inner_texts()).split())
    shown = set(" ".join(review.locator(".label-review kbd:visible").all_inner_texts()).split())
    assert keys >= {key for key in shown if not key.isdigit()} >= {"S", "X", "K", "Enter", "U"}
    review.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert fake.record == []
    for key in ("S", "X", "K", "Enter", "U"):
        review.locator(".key-button", has=review.locator(f"kbd:text-is('{key}')")).first.click()
    saved(review)
    assert [one["verdict"] for one in fake.record] == ["skip", "exclude", "keep", "relabel", "undo"]


def test_saliency_is_offered_only_where_heatmaps_can_be_computed(open_page: Open) -> None:
    page = open_review(open_page, hasSaliency=False)
    page.keyboard.press("v")
    page.keyboard.press("w")  # Keys are answered in their order: this one shows that the other is through.
    page.locator("dialog[open]").wait_for()
    assert states(page, "action") == [] and page.get_by_text("saliency").count() == 0


def test_tab_reaches_the_buttons_and_enter_presses_only_the_one_in_focus(review: Page, fake: FakeStudy) -> None:
    review.locator(".keys .key-button", has=review.locator("kbd:text-is('S')")).focus()
    review.keyboard.press("Enter")
    saved(review)
    assert [one["verdict"] for one in fake.record] == ["skip"]


def test_names_and_messages_are_text_and_never_markup(open_page: Open, server: FakeServer) -> None:
    trap = "<img src=x onerror=window.trapped=1>"
    server.study = fake = FakeStudy(n=300, suspects=20, class_names=(trap, *"123456789"), kind="text")
    page = open_review(open_page, kind="text")
    fake.refused[shown_row(page)] = trap
    page.keyboard.press("Enter")
    page.wait_for_selector(".refused")
    assert page.evaluate("window.trapped") is None
    assert trap in page.locator(".refused").inner_text()
    assert "<b>late</b>" in page.locator(".left .prose").inner_text()
