"""Thumbnails and the panel of a sample by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from browser.components import GRID, Open, states, wait_for_state
from browser.fake_study import FakeStudy
from browser.held import answer, holding, wait_until_asked

pytestmark = pytest.mark.browser


def test_thumbnails_are_turned_and_picked_by_keyboard(open_page: Open, fake: FakeStudy) -> None:
    page = open_page("grid", **GRID)
    page.wait_for_selector(".thumbnails[data-ahead='1']")
    ranked = np.argsort(-fake.score, kind="stable")
    page.locator(".item[tabindex='0']").focus()
    page.keyboard.press("PageDown")
    page.wait_for_selector(".thumbnails[data-page='1']")
    assert page.locator(".pager .quiet").inner_text() == "61 – 120 of 1,797"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert wait_for_state(page, "picked")["row"] == int(ranked[61])
    assert page.locator(".item[aria-selected=true]").count() == 1
    page.locator("[data-act=back]").click()
    page.wait_for_selector(".thumbnails[data-page='0']")
    page.locator(".item").first.click()
    assert wait_for_state(page, "picked", 2)["row"] == int(ranked[0])


def test_thumbnails_of_another_order_have_their_place_and_their_label_alone(open_page: Open, fake: FakeStudy) -> None:
    page = open_page("grid", **{**GRID, "caption": "label"})
    page.wait_for_selector(".thumbnails[data-ahead='1']")
    first = page.locator(".item").first
    row = int(np.argsort(-fake.score, kind="stable")[0])
    assert fake.card(row)["given"] != fake.card(row)["suggested"]
    assert first.locator(".chip:visible").all_inner_texts() == [str(fake.given[row])]
    assert first.get_attribute("aria-label") == f"{row}, rank 1, given {fake.given[row]}"
    page.locator("[data-act=forward]").click()
    page.wait_for_selector(".thumbnails[data-page='1']")
    assert first.locator(".number").inner_text() == "61"


def test_the_next_page_of_thumbnails_is_there_before_it_is_asked_for(open_page: Open, fake: FakeStudy) -> None:
    page = open_page("grid", **GRID)
    page.wait_for_selector(".thumbnails[data-ahead='1']")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("[data-act=forward]").click()
    page.wait_for_selector(".thumbnails[data-page='1']")
    page.wait_for_selector(".thumbnails[data-ahead='2']")
    second = {int(row) for row in np.argsort(-fake.score, kind="stable")[60:120]}
    fetched = {int(url.split("picture/")[1].split("?")[0]) for url in asked if "picture/" in url}
    assert not second & fetched
    assert not any("offset=60&" in url for url in asked)


def test_a_new_version_shows_what_was_decided_and_stays_on_the_page(open_page: Open, fake: FakeStudy) -> None:
    page = open_page("grid", **GRID)
    page.wait_for_selector(".thumbnails[data-ahead='1']")
    page.locator("[data-act=forward]").click()
    page.wait_for_selector(".thumbnails[data-page='1']")
    row = int(np.argsort(-fake.score, kind="stable")[60])
    fake.decide("c", [{"seq": 1, "row": row, "id": str(row), "verdict": "relabel", "label": 3, "note": "", "at": ""}])
    page.evaluate("window.run({ version: 2 })")
    page.wait_for_selector(".state:not([hidden])")
    assert page.locator(".state:visible").all_inner_texts() == ["→ 3"]
    assert page.locator(".thumbnails").get_attribute("data-page") == "1"


def test_the_sample_panel_shows_what_was_decided_and_asks_for_what_is_next(open_page: Open, fake: FakeStudy) -> None:
    row = fake.open_rows()[0]
    made = {
        "seq": 1,
        "row": row,
        "id": str(row),
        "verdict": "keep",
        "label": None,
        "note": "sure",
        "at": "2026-11-22T01:02:03Z",
    }
    page = open_page("sample", row=None, version=0, kind="picture", gestures=[], nearest=None)
    page.locator(".offer").first.click()
    assert wait_for_state(page, "action") == {**states(page, "action")[0], "name": "open", "row": row}
    assert page.locator(".offer").count() == 6
    page.evaluate(f"window.run({{ row: {row} }})")
    page.wait_for_selector(".panel[data-state=ready]")
    assert page.locator(".decision:not(.decided)").is_visible()
    fake.decide("c", [made])
    page.evaluate("window.run({ version: 1 })")
    page.wait_for_selector(".decision.decided")
    assert page.locator(".decision").inner_text().startswith("kept by ada, 22 Nov")
    page.locator("[data-act=explain]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".why .neighbor-votes")
    assert page.get_by_role("dialog", name=f"Why #{row}").locator(".neighbor-votes tbody tr:visible").count() == 5
    page.keyboard.press("Escape")
    assert page.evaluate("window.place.activeElement?.dataset.act") == "explain"
    page.locator("[data-act=map]").click()
    page.locator("[data-act=review]").click()
    page.locator(".neighbor").first.click()
    asked = [(one["name"], one["row"]) for one in states(page, "action")]
    assert asked[1:] == [("map", row), ("review", row), ("open", fake.card(row)["neighbors"][0]["row"])]


def test_a_sample_of_another_study_stands_under_the_one_that_is_picked(open_page: Open, fake: FakeStudy) -> None:
    near = {"title": "Nearest", "id": "old <b>7</b>", "label": "dog", "picture": "picture/5", "excerpt": ""}
    page = open_page("sample", row=1, version=0, kind="picture", gestures=[], nearest=near)
    page.wait_for_selector(".panel[data-state=ready]")
    place = page.locator(".nearest")
    assert place.locator(".about > *").all_inner_texts() == ["Nearest", "#old <b>7</b>", "dog"]
    page.wait_for_function("window.place.querySelector('.nearest img').naturalWidth > 0")
    page.evaluate("window.run({ nearest: { ...window.data.nearest, picture: '', excerpt: 'age 7' } })")
    assert place.locator("img").count() == 0 and place.locator(".excerpt").inner_text() == "age 7"
    page.evaluate("window.run({ nearest: null })")
    assert not place.is_visible()


def test_two_turns_lead_two_pages_on_though_the_first_has_not_come(open_page: Open) -> None:
    page = open_page("grid", before=holding("selection/all?offset=60"), **GRID)
    wait_until_asked(page, "offset=60")
    page.locator(".item[tabindex='0']").focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    page.wait_for_selector(".thumbnails[data-page='2']")


def test_the_sample_before_is_not_shown_again_while_the_next_comes(open_page: Open, fake: FakeStudy) -> None:
    page = open_page("sample", before=holding("cards"), row=1, version=0, kind="picture", gestures=[], nearest=None)
    panel = page.locator(".panel")
    answer(page, "cards?rows=1", {"cards": [fake.card(1)]})
    assert panel.get_attribute("data-state") == "ready"
    page.evaluate("window.run({ row: 2 })")
    page.evaluate("window.run({ gestures: [] })")
    assert panel.get_attribute("data-state") == "loading"
    answer(page, "cards?rows=2", {"cards": [fake.card(2)]})
    assert (panel.get_attribute("data-state"), panel.get_attribute("data-row")) == ("ready", "2")
