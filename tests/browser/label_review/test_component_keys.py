"""The review by itself: keys."""

from __future__ import annotations

import pytest
from browser.components import Open, check_record, open_desk, press_fast, saved, shown_row
from browser.fake_server import WORDS, FakeServer, FakeStudy
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_a_class_is_chosen_by_its_own_digit(desk: Page, fake: FakeStudy) -> None:
    row = shown_row(desk)
    other = next(label for label in range(10) if label not in (fake.given[row], fake.truth[row]))
    desk.keyboard.press(str(other))
    desk.keyboard.press(str(fake.given[shown_row(desk)]))
    saved(desk)
    assert [(one["verdict"], one["label"]) for one in fake.record] == [("relabel", other), ("keep", None)]


def test_a_class_is_typed_without_deciding_on_the_way(open_page: Open, server: FakeServer) -> None:
    server.study = fake = FakeStudy(n=500, suspects=30, class_names=WORDS)
    page = open_desk(open_page)
    row = shown_row(page)
    page.keyboard.press("/")
    page.keyboard.type("sk")
    assert page.get_by_role("option", name="no class has this in its name").is_visible()
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
    desk: Page, fake: FakeStudy
) -> None:
    desk.evaluate("document.body.prepend(Object.assign(document.createElement('input'), { id: 'search' }))")
    desk.locator("#search").click()
    desk.keyboard.type("ksx1")
    desk.locator("#search").blur()
    for key in ("Control+k", "Alt+s", "Meta+x"):
        desk.keyboard.press(key)
    desk.evaluate("window.heard = []; document.addEventListener('keydown', (event) => window.heard.push(event.key))")
    desk.keyboard.press("c")
    desk.keyboard.down("k")
    desk.keyboard.down("k")
    desk.keyboard.up("k")
    saved(desk)
    assert [one["verdict"] for one in fake.record] == ["keep"]
    assert desk.evaluate("window.heard") == []
    desk.evaluate("window.unmount()")
    desk.keyboard.press("k")
    assert desk.evaluate("window.heard") == ["k"]
    assert len(fake.record) == 1


def test_a_rerun_neither_doubles_keys_nor_moves_the_sample(desk: Page, fake: FakeStudy) -> None:
    rows = press_fast(desk, "e")
    desk.evaluate("const overtaken = window.unmount; window.run(); window.run({ reviewer: 'grace' }); overtaken()")
    rows += press_fast(desk, "ek")
    saved(desk)
    check_record(fake, rows, "eek")
    assert desk.locator(".desk").count() == 1


def test_every_key_has_a_button_and_the_dialog_lists_them(desk: Page, fake: FakeStudy) -> None:
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Keys")
    assert dialog.is_visible()
    assert "undo the last decision" in dialog.inner_text()
    desk.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert fake.record == []
    for name in ("skip", "exclude", "keep", "relabel to"):
        desk.locator(".keys .key-button", has_text=name).first.click()
    desk.locator(".tools").get_by_role("button", name="undo").click()
    saved(desk)
    assert [one["verdict"] for one in fake.record] == ["skip", "exclude", "keep", "relabel", "undo"]


def test_tab_reaches_the_buttons_and_enter_presses_only_the_one_in_focus(desk: Page, fake: FakeStudy) -> None:
    desk.locator(".keys").get_by_role("button", name="skip").focus()
    desk.keyboard.press("Enter")
    saved(desk)
    assert [one["verdict"] for one in fake.record] == ["skip"]


def test_names_and_messages_are_text_and_never_markup(open_page: Open, server: FakeServer) -> None:
    trap = "<img src=x onerror=window.trapped=1>"
    server.study = fake = FakeStudy(n=300, suspects=20, class_names=(trap, *"123456789"), kind="text")
    page = open_desk(open_page, kind="text")
    fake.refused[shown_row(page)] = trap
    page.keyboard.press("Enter")
    page.wait_for_selector(".refused")
    assert page.evaluate("window.trapped") is None
    assert trap in page.locator(".refused").inner_text()
    assert "<b>late</b>" in page.locator(".left .prose").inner_text()
