"""The review by itself: which sample is on screen."""

from __future__ import annotations

import pytest
from browser.components import Open, open_review, press_fast
from browser.fake_payloads import card_of
from browser.fake_server import FakeServer
from browser.fake_study import FakeStudy
from browser.looking import complaints, numbers_in, saved, shown_row
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_sample_on_screen_and_the_next_one_stay_when_the_order_changes(review: Page, fake: FakeStudy) -> None:
    first, second, third = fake.open_rows()[:3]
    last = fake.open_rows()[-1]
    fake.score[last] = 0.9999
    review.keyboard.press("k")
    saved(review)
    assert fake.record[0]["row"] == first
    assert shown_row(review) == second
    assert press_fast(review, "kkk") == [second, third, last]


def test_undo_shows_the_sample_again_and_is_a_decision_too(review: Page, fake: FakeStudy) -> None:
    rows = press_fast(review, "eke")
    review.keyboard.press("u")
    review.keyboard.press("Backspace")
    assert shown_row(review) == rows[1]
    saved(review)
    assert [(one["verdict"], one["row"]) for one in fake.record[3:]] == [("undo", rows[2]), ("undo", rows[1])]
    assert fake.progress()["decided"] == 1
    assert review.locator(".counts").inner_text().split("\n")[1] == "1 decided"
    review.keyboard.press("x")
    saved(review)
    assert fake.decided(rows[1])["verdict"] == "exclude"
    assert shown_row(review) == rows[2]


def test_undo_reaches_back_before_a_reload(review: Page, fake: FakeStudy) -> None:
    rows = press_fast(review, "ek")
    saved(review)
    review.reload()
    review.wait_for_selector(".label-review[data-place=one]")
    review.keyboard.press("u")
    review.wait_for_selector(f".label-review[data-row='{rows[1]}']")
    review.keyboard.press("u")
    review.wait_for_selector(f".label-review[data-row='{rows[0]}']")
    saved(review)
    assert fake.progress()["decided"] == 0


def test_two_undos_in_one_breath_undo_the_last_two(review: Page, fake: FakeStudy) -> None:
    rows = press_fast(review, "ek")
    saved(review)
    review.reload()
    review.wait_for_selector(".label-review[data-place=one]")
    fake.tells.clear()  # Both samples have to be fetched first.
    review.keyboard.press("u")
    review.keyboard.press("u")
    fake.tells.set()
    review.wait_for_selector(f".label-review[data-row='{rows[0]}']")
    saved(review)
    assert [(one["verdict"], one["row"]) for one in fake.record[2:]] == [("undo", rows[1]), ("undo", rows[0])]


def test_a_decision_of_the_strip_can_be_looked_at_changed_and_undone(review: Page, fake: FakeStudy) -> None:
    rows = press_fast(review, "eke")
    here = shown_row(review)
    review.get_by_role("button", name=f"{rows[0]} relabeled").click()
    review.wait_for_selector(f".label-review[data-row='{rows[0]}']")
    assert numbers_in(review.locator(".banner").inner_text()) == [fake.truth[rows[0]]]
    review.keyboard.press("k")
    assert shown_row(review) == here
    review.get_by_role("button", name=f"{rows[1]} kept").click()
    review.wait_for_selector(f".label-review[data-row='{rows[1]}']")
    review.locator(".banner [data-act=undo]").click()
    saved(review)
    assert fake.decided(rows[0])["verdict"] == "keep"
    assert fake.decided(rows[1]) is None


def test_arrows_look_ahead_and_back_without_deciding(review: Page, fake: FakeStudy) -> None:
    order = fake.open_rows()[:4]
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        review.keyboard.press(key)
        seen.append(shown_row(review))
    assert seen == [order[1], order[2], order[1]]
    review.keyboard.press("k")
    assert shown_row(review) == order[2]
    review.keyboard.press("ArrowLeft")
    review.keyboard.press("ArrowLeft")
    review.wait_for_selector(f".label-review[data-row='{order[1]}']")
    review.keyboard.press("Escape")
    assert shown_row(review) == order[0]
    saved(review)
    assert [one["row"] for one in fake.record] == [order[1]]


def test_looking_ahead_comes_to_the_last_suspect(review: Page, fake: FakeStudy) -> None:
    order = fake.open_rows()
    seen = [shown_row(review)]
    for row in order[1:]:
        review.keyboard.press("ArrowRight")
        review.wait_for_selector(f".label-review[data-row='{row}']")
        seen.append(row)
    assert seen == order and len(order) == 108


def test_a_neighbor_is_looked_at_and_left_by_escape(review: Page) -> None:
    row = shown_row(review)
    label = review.locator(".left .frame").get_attribute("aria-label")
    review.locator(".neighbor").nth(2).click()
    assert (review.locator(".left .frame").get_attribute("aria-label") or "").startswith("neighbor ")
    review.keyboard.press("Escape")
    assert review.locator(".left .frame").get_attribute("aria-label") == label
    assert shown_row(review) == row


@pytest.mark.parametrize("key", ["Escape", "k"])
def test_a_neighbor_that_comes_late_is_not_shown_in_the_place_of_something_else(
    open_page: Open, server: FakeServer, key: str
) -> None:
    server.study = fake = FakeStudy(n=200, suspects=5, kind="values")
    page = open_review(open_page, kind="values")
    first = shown_row(page)
    fake.tells.clear()
    with page.expect_request("**/cards?*"):
        page.locator(".neighbor").first.click()
    page.keyboard.press(key)
    saved(page)
    with page.expect_response("**/cards?*") as response:
        fake.tells.set()
    assert response.value.ok
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    row = shown_row(page)
    assert (row == first) == (key == "Escape")
    assert page.locator(".caption-id").inner_text() == f"#{row}"
    assert (page.locator(".left .frame").get_attribute("aria-label") or "").startswith(f"sample {row},")


def test_the_frame_keeps_its_size_whatever_is_shown(review: Page) -> None:
    sizes = []
    for key in ("k", "z", "z", "ArrowRight", "Enter"):
        sizes.append(review.locator(".left .frame").first.bounding_box())
        review.keyboard.press(key)
    assert all(size == sizes[0] for size in sizes)


def test_columns_beside_a_picture_are_read_below_it_and_those_of_a_neighbor_are_its_own(
    open_page: Open, fake: FakeStudy
) -> None:
    fake.has_columns = True
    page = open_review(open_page)
    frame, table = page.locator(".label-review .one .frame"), page.locator(".label-review .beside-picture table")
    width = table.locator(".value").first
    expect(width).to_have_text(str(shown_row(page)))
    assert table.locator(".place").count() == 4
    (above, below), keys = (one.bounding_box() for one in (frame, table)), page.locator(".keys").bounding_box()
    assert above and below and keys
    assert above["y"] + above["height"] <= below["y"] < below["y"] + below["height"] <= keys["y"] < 900
    page.locator(".label-review .neighbor").first.click()
    neighbor = card_of(fake, shown_row(page))["neighbors"][0]["row"]
    expect(width).to_have_text(str(neighbor))
    assert complaints(page) == set()
    page.keyboard.press("Escape")
    expect(width).to_have_text(str(shown_row(page)))
