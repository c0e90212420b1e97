"""The review by itself: groups decided at once."""

from __future__ import annotations

import pytest
from browser.components import Open, open_desk, press_fast, saved
from browser.fake_server import FakeServer, FakeStudy
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_a_group_is_decided_at_once_left_out_ones_stay_and_undo_takes_all_back(desk: Page, fake: FakeStudy) -> None:
    group = fake.groups()[0]
    rows = fake.open_rows(group["given"], group["suggested"])
    desk.keyboard.press("g")
    desk.wait_for_selector(".desk[data-place=grid]")
    assert desk.locator(".member").count() == len(rows) == group["count"]
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press(" ")
    desk.locator(".member").nth(2).click()
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("Enter")
    saved(desk)
    taken = [row for place, row in enumerate(rows) if place not in (1, 2)]
    assert [one["row"] for one in fake.record] == taken
    assert {(one["verdict"], one["label"]) for one in fake.record} == {("relabel", group["suggested"])}
    desk.keyboard.press("u")
    saved(desk)
    assert sorted(one["row"] for one in fake.record if one["verdict"] == "undo") == sorted(taken)
    assert fake.progress()["decided"] == 0
    desk.keyboard.press("g")
    desk.wait_for_selector(".desk[data-place=one]")


def test_undo_takes_a_group_back_after_a_reload_too(open_page: Open, server: FakeServer) -> None:
    server.study = fake = FakeStudy(n=1_797, suspects=300)
    desk = open_desk(open_page)
    (alone,) = press_fast(desk, "k")
    desk.keyboard.press("g")
    desk.wait_for_selector(".desk[data-place=grid]")
    desk.keyboard.press("Enter")
    saved(desk)
    group = [one["row"] for one in fake.record[1:]]
    assert len(group) > 10
    desk.reload()
    desk.wait_for_selector(".desk[data-place=one]")
    desk.keyboard.press("u")
    desk.wait_for_selector(f".desk[data-row='{group[0]}']")
    saved(desk)
    undone = [one["row"] for one in fake.record if one["verdict"] == "undo"]
    assert undone == group[::-1]
    assert len({one["at"] for one in fake.record if one["verdict"] == "undo"}) == 1
    desk.keyboard.press("u")
    desk.wait_for_selector(f".desk[data-row='{alone}']")
    saved(desk)
    assert fake.progress()["decided"] == 0


def test_enter_decides_the_whole_group_even_with_a_member_in_focus(desk: Page, fake: FakeStudy) -> None:
    group = fake.groups()[1]
    desk.keyboard.press("g")
    desk.wait_for_selector(".desk[data-place=grid]")
    desk.keyboard.press("n")
    pressed = "window.place.querySelectorAll('.group[aria-pressed=true] .chip-name')[1].textContent"
    desk.wait_for_function(f"{pressed} === '{group['suggested']}'")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    saved(desk)
    assert len(fake.record) == group["count"]
    assert {one["verdict"] for one in fake.record} == {"relabel"}
