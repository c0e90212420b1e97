"""The components in a real Chromium, against a server that remembers everything it was told."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.fake_server import OKABE_ITO, WORDS, FakeServer, FakeStudy, serving
from browser.windows import leave, open_context
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from dashboard.shared.components import class_entries

pytestmark = pytest.mark.browser

DESK = {
    "reviewer": "ada",
    "explanation": "e1",
    "selection": None,
    "mode": "one",
    "kind": "picture",
    "unlabelled": 0,
    "threshold": 0.5,
}
WIDE = (1440, 900)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all tests, so that the pictures of the samples stay in its cache."""
    opened = open_context(browser, *WIDE)
    opened.set_default_timeout(20_000)
    opened.new_page()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def running() -> Iterator[FakeServer]:
    with serving(FakeStudy(n=1_797, suspects=108)) as server:
        yield server


@pytest.fixture
def study() -> FakeStudy:
    return FakeStudy(n=1_797, suspects=108)


@pytest.fixture
def server(running: FakeServer, study: FakeStudy) -> FakeServer:
    running.study = study
    if not running.thread.is_alive():  # A test that failed may have left it stopped.
        running.start()
    return running


@pytest.fixture
def open_page(context: BrowserContext, server: FakeServer) -> Iterator[Open]:
    """Open a component; whatever the page throws fails the test.

    The first window is there for all tests; what runs `before` a page has one of its own.
    """
    thrown: list[str] = []
    waiting = context.pages[:1]

    def hear(error: Error) -> None:
        thrown.append(str(error))

    def opened(component: str, before: str = "", **data: Any) -> Page:
        page = context.new_page() if before or not waiting else waiting.pop()
        page.on("pageerror", hear)
        if before:
            page.add_init_script(before)
        page.goto(server.page(component, **data))
        page.wait_for_selector("[data-mounted]", state="attached")
        return page

    yield opened
    first, *others = context.pages
    for page in [*others, *([] if waiting else [first])]:
        page.route("**/decisions*", lambda route: route.abort())
        page.evaluate("localStorage.clear()")
    for page in others:
        page.close()
    if not waiting:
        leave(first, *WIDE)
        first.remove_listener("pageerror", hear)
    assert thrown == []


@pytest.fixture
def desk(open_page: Open) -> Page:
    return open_desk(open_page)


def open_desk(open_page: Open, **changes: Any) -> Page:
    page = open_page("review", **{**DESK, **changes})
    page.wait_for_selector(".desk[data-place=one]")
    return page


def shown_row(page: Page) -> int:
    return int(page.locator(".desk").get_attribute("data-row") or -1)


def wait_for_chance(page: Page) -> None:
    page.wait_for_function("window.place.querySelector('.facts').textContent.includes('likely wrong')")


def saved(page: Page) -> None:
    page.wait_for_selector(".connection[data-state=saved]")


def states(page: Page, name: str) -> list[dict[str, Any]]:
    return [one["value"] for one in page.evaluate("window.states") if one["name"] == name]


def wait_for_state(page: Page, name: str, number: int = 1) -> dict[str, Any]:
    page.wait_for_function(f"window.states.filter((one) => one.name === '{name}').length >= {number}")
    return states(page, name)[-1]


# ----- map ---------------------------------------------------------------------------------------------------------


def map_data(study: FakeStudy, **changes: Any) -> dict[str, Any]:
    entries = [
        {"class": label, "name": name, "colour": colour}
        for label, (name, colour) in enumerate(zip(study.class_names, OKABE_ITO, strict=True))
    ]
    return {
        "n": study.n,
        "channel": "given",
        "version": 0,
        "palette": list(OKABE_ITO),
        "mask": None,
        "selected": None,
        "height": 560,
        "kind": "picture",
        "legend": {"kind": "classes", "title": "given label", "entries": entries},
        **changes,
    }


def open_map(open_page: Open, study: FakeStudy, before: str = "", **changes: Any) -> Page:
    page = open_page("map", before, **map_data(study, **changes))
    page.wait_for_selector(f".map[data-painted='{study.n}']")
    return page


def share_of_colours(page: Page) -> dict[str, float]:
    """Share of the surface's pixels that are near each palette colour, read from what the screen shows."""
    pixels = np.asarray(Image.open(io.BytesIO(page.locator(".surface").screenshot())).convert("RGB")).astype(int)
    inside = pixels[60::2, 8:-8:2].reshape(-1, 3)
    wanted = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in OKABE_ITO])
    near = np.abs(inside[:, None] - wanted[None]).max(2) < 40
    return dict(zip(OKABE_ITO, near.mean(0), strict=True))


def on_screen(page: Page, study: FakeStudy, row: int) -> tuple[float, float]:
    box = page.locator(".overlay").bounding_box()
    assert box
    unit = min(box["width"], box["height"]) / 2 * 0.94
    x, y = (float(one) for one in study.points[row])
    return box["x"] + box["width"] / 2 + x * unit, box["y"] + box["height"] / 2 - y * unit


def drag(page: Page, path: list[tuple[float, float]], button: Any = "left") -> None:
    page.mouse.move(*path[0])
    page.mouse.down(button=button)
    for at in path[1:]:
        page.mouse.move(*at)
    page.mouse.up(button=button)


def members(polygon: list[list[float]], points: np.ndarray) -> np.ndarray:
    inside = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in itertools.pairwise([*polygon, polygon[0]]):
        crosses = (y1 > points[:, 1]) != (y2 > points[:, 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crosses & (points[:, 0] < (x2 - x1) * (points[:, 1] - y1) / (y2 - y1) + x1)
    return inside


def test_every_class_of_the_map_is_seen_in_its_colour(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study)
    assert min(share_of_colours(page).values()) > 0.0005


def test_a_lasso_sends_only_an_outline_that_holds_the_right_samples(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study)
    asked = list(study.requests)
    middle = study.points[study.truth == 4].mean(0)
    row = int(np.argmin(np.abs(study.points - middle).sum(1)))
    x, y = on_screen(page, study, row)
    angles = np.linspace(0, 2 * np.pi, 40)
    drag(page, [(x + 60 * float(np.cos(a)), y + 60 * float(np.sin(a))) for a in angles])
    lasso = wait_for_state(page, "lasso")
    unit = page.locator(".overlay").bounding_box()["height"] / 2 * 0.94  # type: ignore[index]
    far = np.linalg.norm(study.points - study.points[row], axis=1) * unit
    inside = members(lasso["polygon"], study.points)
    assert inside[far < 57].all()
    assert not inside[far > 60].any()
    assert inside.sum() > 50
    assert len(json.dumps(lasso)) < 5_000
    assert study.requests == asked


def test_a_box_and_escape_answer_with_rising_numbers(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study)
    page.locator(".points").focus()
    page.keyboard.press("b")
    box = page.locator(".overlay").bounding_box()
    assert box
    drag(page, [(box["x"] + 300, box["y"] + 100), (box["x"] + 400, box["y"] + 180), (box["x"] + 500, box["y"] + 260)])
    first = wait_for_state(page, "lasso")
    page.keyboard.press("Escape")
    second = wait_for_state(page, "lasso", 2)
    (left, bottom), (right, top) = np.min(first["polygon"], axis=0), np.max(first["polygon"], axis=0)
    assert len(first["polygon"]) == 4
    assert right - left == pytest.approx((top - bottom) * 200 / 160)
    assert second["polygon"] == []
    assert second["seq"] > first["seq"]


def test_a_click_picks_the_nearest_sample_also_after_moving_about(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study)
    lonely = int(np.argmin([np.sort(np.abs(study.points - at).max(1))[1] < 0.05 for at in study.points]))
    x, y = on_screen(page, study, lonely)
    page.mouse.click(x + 3, y - 2)
    assert wait_for_state(page, "picked")["row"] == lonely
    page.mouse.move(x, y)
    page.mouse.wheel(0, -400)
    drag(page, [(x, y), (x + 40, y + 30)], button="right")
    page.mouse.click(x + 40, y + 30)
    assert wait_for_state(page, "picked", 2)["row"] == lonely
    assert states(page, "lasso") == []


def test_the_pointer_on_a_sample_shows_its_id_and_label(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study)
    page.mouse.move(*on_screen(page, study, 12))
    page.wait_for_selector(".tip:not([hidden])")
    row = int((page.locator(".tip strong").text_content() or "#").removeprefix("#") or -1)
    if row < 0:
        page.wait_for_function("window.place.querySelector('.tip strong').textContent !== ''")
        row = int((page.locator(".tip strong").text_content() or "").removeprefix("#"))
    assert page.locator(".tip .chip-name").text_content() == str(study.given[row])


def test_recolouring_fetches_one_byte_a_sample_and_nothing_else(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study)
    study.requests.clear()
    page.evaluate("window.run({ channel: 'corrected', version: 1 })")
    page.wait_for_selector(".map[data-shown='channel/corrected?v=1']")
    assert study.requests == ["channel/corrected"]


def test_a_mask_greys_out_and_removes_nothing(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study, mask="3")
    page.wait_for_selector(".map[data-shown='channel/given?v=0 mask/3']")
    shares = share_of_colours(page)
    assert shares[OKABE_ITO[3]] > 0.0005
    assert max(share for colour, share in shares.items() if colour not in (OKABE_ITO[3], OKABE_ITO[8])) < 0.0001
    surface = np.asarray(Image.open(io.BytesIO(page.locator(".surface").screenshot())).convert("L"))[60:, 8:-8]
    assert (surface < 250).mean() > 0.01


def test_the_selected_sample_is_brought_into_view(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study)
    page.locator(".points").focus()
    for _ in range(12):
        page.keyboard.press("+")
    lonely = int(np.argmax(np.abs(study.points).sum(1)))
    page.evaluate(f"window.run({{ selected: {lonely} }})")
    box = page.locator(".overlay").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert wait_for_state(page, "picked")["row"] == lonely


def test_a_class_of_the_legend_can_be_chosen(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study)
    page.get_by_role("button", name="7", exact=True).click()
    assert wait_for_state(page, "legend")["class"] == 7


def test_the_map_comes_back_after_the_graphics_card_was_lost(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study)
    lose = "window.loser = window.place.querySelector('.points').getContext('webgl').getExtension('WEBGL_lose_context')"
    page.evaluate(f"{lose}; window.loser.loseContext()")
    page.wait_for_selector(".map:not([data-painted])")
    page.evaluate("window.loser.restoreContext()")
    page.wait_for_selector(f".map[data-painted='{study.n}']")
    assert min(share_of_colours(page).values()) > 0.0005


WITHOUT_WEBGL = """const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind === "webgl" ? null : get.call(this, kind, ...more);
}"""


def test_without_webgl_a_small_map_is_drawn_and_a_large_one_says_what_to_do(open_page: Open, study: FakeStudy) -> None:
    page = open_map(open_page, study, WITHOUT_WEBGL)
    assert min(share_of_colours(page).values()) > 0.0005
    large = open_page("map", WITHOUT_WEBGL, **map_data(study, n=60_000))
    large.wait_for_selector(".notice:not([hidden])")
    assert " ".join(large.locator(".notice").inner_text().split()) == (
        "This browser shows no WebGL. A map of 60,000 samples needs it. "
        "Turn on hardware acceleration in the browser's settings, "
        "or open this page in a current Firefox, Chrome or Safari."
    )


def test_a_map_of_100000_samples_is_painted(open_page: Open, server: FakeServer) -> None:
    server.study = FakeStudy(n=100_000, suspects=6_000)
    page = open_map(open_page, server.study)
    assert min(share_of_colours(page).values()) > 0.0005


# ----- review: recording ---------------------------------------------------------------------------------------------


def press_fast(page: Page, keys: str, pause: int = 50) -> list[int]:
    """Press at a steady pace; the rows that were on screen at each key."""
    rows = []
    for key in keys:
        rows.append(shown_row(page))
        page.keyboard.press("Enter" if key == "e" else key)
        page.wait_for_timeout(pause - 20)
    return rows


def check_record(study: FakeStudy, rows: list[int], keys: str) -> None:
    verdicts = {"e": "relabel", "k": "keep", "s": "skip", "x": "exclude"}
    assert [one["row"] for one in study.record] == rows
    assert [one["verdict"] for one in study.record] == [verdicts[key] for key in keys]
    assert len(set(rows)) == len(rows)


def test_fifty_keys_at_twenty_a_second_are_recorded_once_each_and_in_order(desk: Page, study: FakeStudy) -> None:
    keys = "eekes" * 10
    rows = press_fast(desk, keys)
    saved(desk)
    check_record(study, rows, keys)
    assert desk.locator(".counts").inner_text().split("\n") == ["108 suspects", "50 decided", "30 relabelled"]


def test_no_decision_is_lost_while_the_server_is_gone(desk: Page, study: FakeStudy, server: FakeServer) -> None:
    rows = press_fast(desk, "e" * 10)
    saved(desk)
    server.stop()
    rows += press_fast(desk, "k" * 75)
    desk.wait_for_selector(".connection[data-state=trouble]")
    assert desk.locator(".connection").inner_text() == "Server away: 75 decisions kept here, sent when it is back"
    server.start()
    rows += press_fast(desk, "e" * 15)
    saved(desk)
    check_record(study, rows, "e" * 10 + "k" * 75 + "e" * 15)


NOTHING_ARRIVES = """const send = window.fetch;
window.fetch = (url, ...more) =>
  localStorage.cut && `${url}`.includes("/decisions") ? Promise.reject(new TypeError("cut")) : send(url, ...more);"""


def test_a_reload_sends_what_the_life_before_could_not(open_page: Open, study: FakeStudy) -> None:
    desk = open_desk(open_page, before=NOTHING_ARRIVES)
    desk.evaluate("localStorage.cut = 'yes'")
    rows = press_fast(desk, "e" * 8)
    desk.wait_for_selector(".connection[data-state=trouble]")
    desk.reload()
    desk.wait_for_selector(".desk[data-place=one]")
    assert study.record == []
    assert shown_row(desk) not in rows
    assert desk.locator(".counts").inner_text().split("\n")[1:] == ["8 decided", "8 relabelled"]
    rows += press_fast(desk, "k" * 4)
    desk.evaluate("delete localStorage.cut; window.dispatchEvent(new Event('online'))")
    saved(desk)
    check_record(study, rows, "e" * 8 + "k" * 4)
    assert len({one["client"] for one in study.record}) == 2


def test_an_answer_that_got_lost_does_not_record_twice(desk: Page, study: FakeStudy) -> None:
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
    check_record(study, rows, "ek")


def test_what_a_decision_carries(desk: Page, study: FakeStudy) -> None:
    row = shown_row(desk)
    desk.keyboard.press("n")
    desk.keyboard.type("k looks smudged")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    saved(desk)
    (one,) = study.record
    assert (one["row"], one["id"], one["verdict"], one["label"]) == (row, str(row), "relabel", int(study.truth[row]))
    assert one["note"] == "k looks smudged"
    assert one["score"] > 0.5
    assert one["at"].endswith("Z")
    assert one["seq"] == 1
    assert one["based_on"] is None


def test_a_decision_names_the_one_that_it_was_made_upon(desk: Page, study: FakeStudy) -> None:
    (row,) = press_fast(desk, "e")
    saved(desk)
    desk.get_by_role("button", name=f"{row} relabelled").click()
    desk.wait_for_selector(f".desk[data-row='{row}']")
    desk.keyboard.press("k")
    desk.reload()
    desk.wait_for_selector(".desk[data-place=one]")
    desk.get_by_role("button", name=f"{row} kept").click()
    desk.wait_for_selector(f".desk[data-row='{row}']")
    desk.keyboard.press("x")
    saved(desk)
    assert [one["based_on"] for one in study.record] == [None, 1, 2]


def test_a_refused_decision_says_why_and_stops_nothing(desk: Page, study: FakeStudy) -> None:
    row = shown_row(desk)
    study.refused[row] = "grace kept it a minute ago."
    rows = press_fast(desk, "eek")
    saved(desk)
    desk.wait_for_selector(".refused")
    assert desk.locator(".refused span").inner_text() == (
        f"{row} was not relabelled to {study.truth[row]}. grace kept it a minute ago."
    )
    assert [one["row"] for one in study.record] == rows[1:]
    desk.get_by_role("button", name="dismiss").click()
    assert desk.locator(".refused").count() == 0


# ----- review: looking -----------------------------------------------------------------------------------------------


def test_the_sample_on_screen_and_the_next_one_stay_when_the_order_changes(desk: Page, study: FakeStudy) -> None:
    first, second, third = study.open_rows()[:3]
    last = study.open_rows()[-1]
    study.score[last] = 0.9999
    desk.keyboard.press("k")
    saved(desk)
    assert study.record[0]["row"] == first
    assert shown_row(desk) == second
    assert press_fast(desk, "kkk") == [second, third, last]


def test_undo_shows_the_sample_again_and_is_a_decision_too(desk: Page, study: FakeStudy) -> None:
    rows = press_fast(desk, "eke")
    desk.keyboard.press("u")
    desk.keyboard.press("Backspace")
    assert shown_row(desk) == rows[1]
    saved(desk)
    assert [(one["verdict"], one["row"]) for one in study.record[3:]] == [("undo", rows[2]), ("undo", rows[1])]
    assert study.progress()["decided"] == 1
    assert desk.locator(".counts").inner_text().split("\n")[1] == "1 decided"
    desk.keyboard.press("x")
    saved(desk)
    assert study.decided(rows[1])["verdict"] == "exclude"
    assert shown_row(desk) == rows[2]


def test_undo_reaches_back_before_a_reload(desk: Page, study: FakeStudy) -> None:
    rows = press_fast(desk, "ek")
    saved(desk)
    desk.reload()
    desk.wait_for_selector(".desk[data-place=one]")
    desk.keyboard.press("u")
    desk.wait_for_selector(f".desk[data-row='{rows[1]}']")
    desk.keyboard.press("u")
    desk.wait_for_selector(f".desk[data-row='{rows[0]}']")
    saved(desk)
    assert study.progress()["decided"] == 0


def test_a_decision_of_the_strip_can_be_looked_at_changed_and_undone(desk: Page, study: FakeStudy) -> None:
    rows = press_fast(desk, "eke")
    here = shown_row(desk)
    desk.get_by_role("button", name=f"{rows[0]} relabelled").click()
    desk.wait_for_selector(f".desk[data-row='{rows[0]}']")
    assert desk.locator(".banner").inner_text().startswith("relabelled to")
    desk.keyboard.press("k")
    assert shown_row(desk) == here
    desk.get_by_role("button", name=f"{rows[1]} kept").click()
    desk.wait_for_selector(f".desk[data-row='{rows[1]}']")
    desk.get_by_role("button", name="undo this one").click()
    saved(desk)
    assert study.decided(rows[0])["verdict"] == "keep"
    assert study.decided(rows[1]) is None


def test_arrows_look_ahead_and_back_without_deciding(desk: Page, study: FakeStudy) -> None:
    order = study.open_rows()[:4]
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        desk.keyboard.press(key)
        seen.append(shown_row(desk))
    assert seen == [order[1], order[2], order[1]]
    desk.keyboard.press("k")
    assert shown_row(desk) == order[2]
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("ArrowLeft")
    desk.wait_for_selector(f".desk[data-row='{order[1]}']")
    desk.keyboard.press("Escape")
    assert shown_row(desk) == order[0]
    saved(desk)
    assert [one["row"] for one in study.record] == [order[1]]


def test_looking_ahead_comes_to_the_last_suspect(desk: Page, study: FakeStudy) -> None:
    order = study.open_rows()
    seen = [shown_row(desk)]
    for row in order[1:]:
        desk.keyboard.press("ArrowRight")
        desk.wait_for_selector(f".desk[data-row='{row}']")
        seen.append(row)
    assert seen == order and len(order) == 108


def test_a_neighbour_is_looked_at_and_left_by_escape(desk: Page) -> None:
    row = shown_row(desk)
    label = desk.locator(".left .frame").get_attribute("aria-label")
    desk.locator(".neighbour").nth(2).click()
    assert (desk.locator(".left .frame").get_attribute("aria-label") or "").startswith("neighbour ")
    desk.keyboard.press("Escape")
    assert desk.locator(".left .frame").get_attribute("aria-label") == label
    assert shown_row(desk) == row


@pytest.mark.parametrize("key", ["Escape", "k"])
def test_a_neighbour_that_comes_late_is_not_shown_in_the_place_of_something_else(
    open_page: Open, server: FakeServer, key: str
) -> None:
    server.study = study = FakeStudy(n=200, suspects=5, kind="values")
    page = open_desk(open_page, kind="values")
    first = shown_row(page)
    study.tells.clear()
    with page.expect_request("**/cards?*"):
        page.locator(".neighbour").first.click()
    page.keyboard.press(key)
    saved(page)
    with page.expect_response("**/cards?*") as told:
        study.tells.set()
    assert told.value.ok
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    row = shown_row(page)
    assert (row == first) == (key == "Escape")
    assert page.locator(".caption-id").inner_text() == f"#{row}"
    assert (page.locator(".left .frame").get_attribute("aria-label") or "").startswith(f"sample {row},")


def test_the_frame_keeps_its_size_whatever_is_shown(desk: Page) -> None:
    sizes = []
    for key in ("k", "z", "z", "ArrowRight", "Enter"):
        sizes.append(desk.locator(".left .frame").first.bounding_box())
        desk.keyboard.press(key)
    assert all(size == sizes[0] for size in sizes)


# ----- review: keys --------------------------------------------------------------------------------------------------


def test_a_class_is_chosen_by_its_own_digit(desk: Page, study: FakeStudy) -> None:
    row = shown_row(desk)
    other = next(label for label in range(10) if label not in (study.given[row], study.truth[row]))
    desk.keyboard.press(str(other))
    desk.keyboard.press(str(study.given[shown_row(desk)]))
    saved(desk)
    assert [(one["verdict"], one["label"]) for one in study.record] == [("relabel", other), ("keep", None)]


def test_a_class_is_typed_without_deciding_on_the_way(open_page: Open, server: FakeServer) -> None:
    server.study = study = FakeStudy(n=500, suspects=30, class_names=WORDS)
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
    verdict = "keep" if study.given[row] == wanted else "relabel"
    assert [(one["row"], one["verdict"]) for one in study.record] == [(row, verdict)]
    assert study.record[0]["label"] == (None if verdict == "keep" else wanted)


def test_keys_rest_while_typing_with_modifiers_when_held_and_after_the_desk_is_gone(
    desk: Page, study: FakeStudy
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
    assert [one["verdict"] for one in study.record] == ["keep"]
    assert desk.evaluate("window.heard") == []
    desk.evaluate("window.unmount()")
    desk.keyboard.press("k")
    assert desk.evaluate("window.heard") == ["k"]
    assert len(study.record) == 1


def test_a_rerun_neither_doubles_keys_nor_moves_the_sample(desk: Page, study: FakeStudy) -> None:
    rows = press_fast(desk, "e")
    desk.evaluate("const overtaken = window.unmount; window.run(); window.run({ reviewer: 'grace' }); overtaken()")
    rows += press_fast(desk, "ek")
    saved(desk)
    check_record(study, rows, "eek")
    assert desk.locator(".desk").count() == 1


def test_every_key_has_a_button_and_the_dialog_lists_them(desk: Page, study: FakeStudy) -> None:
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Keys")
    assert dialog.is_visible()
    assert "undo the last decision" in dialog.inner_text()
    desk.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert study.record == []
    for name in ("skip", "exclude", "keep", "relabel to"):
        desk.locator(".keys .key-button", has_text=name).first.click()
    desk.locator(".tools").get_by_role("button", name="undo").click()
    saved(desk)
    assert [one["verdict"] for one in study.record] == ["skip", "exclude", "keep", "relabel", "undo"]


def test_tab_reaches_the_buttons_and_enter_presses_only_the_one_in_focus(desk: Page, study: FakeStudy) -> None:
    desk.locator(".keys").get_by_role("button", name="skip").focus()
    desk.keyboard.press("Enter")
    saved(desk)
    assert [one["verdict"] for one in study.record] == ["skip"]


def test_names_and_messages_are_text_and_never_markup(open_page: Open, server: FakeServer) -> None:
    trap = "<img src=x onerror=window.trapped=1>"
    server.study = study = FakeStudy(n=300, suspects=20, class_names=(trap, *"123456789"), kind="text")
    page = open_desk(open_page, kind="text")
    study.refused[shown_row(page)] = trap
    page.keyboard.press("Enter")
    page.wait_for_selector(".refused")
    assert page.evaluate("window.trapped") is None
    assert trap in page.locator(".refused").inner_text()
    assert "<b>late</b>" in page.locator(".left .prose").inner_text()


# ----- review: groups ------------------------------------------------------------------------------------------------


def test_a_group_is_decided_at_once_left_out_ones_stay_and_undo_takes_all_back(desk: Page, study: FakeStudy) -> None:
    group = study.groups()[0]
    rows = study.open_rows(group["given"], group["suggested"])
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
    assert [one["row"] for one in study.record] == taken
    assert {(one["verdict"], one["label"]) for one in study.record} == {("relabel", group["suggested"])}
    desk.keyboard.press("u")
    saved(desk)
    assert sorted(one["row"] for one in study.record if one["verdict"] == "undo") == sorted(taken)
    assert study.progress()["decided"] == 0
    desk.keyboard.press("g")
    desk.wait_for_selector(".desk[data-place=one]")


def test_undo_takes_a_group_back_after_a_reload_too(open_page: Open, server: FakeServer) -> None:
    server.study = study = FakeStudy(n=1_797, suspects=300)
    desk = open_desk(open_page)
    (alone,) = press_fast(desk, "k")
    desk.keyboard.press("g")
    desk.wait_for_selector(".desk[data-place=grid]")
    desk.keyboard.press("Enter")
    saved(desk)
    group = [one["row"] for one in study.record[1:]]
    assert len(group) > 10
    desk.reload()
    desk.wait_for_selector(".desk[data-place=one]")
    desk.keyboard.press("u")
    desk.wait_for_selector(f".desk[data-row='{group[0]}']")
    saved(desk)
    undone = [one["row"] for one in study.record if one["verdict"] == "undo"]
    assert undone == group[::-1]
    assert len({one["at"] for one in study.record if one["verdict"] == "undo"}) == 1
    desk.keyboard.press("u")
    desk.wait_for_selector(f".desk[data-row='{alone}']")
    saved(desk)
    assert study.progress()["decided"] == 0


def test_enter_decides_the_whole_group_even_with_a_member_in_focus(desk: Page, study: FakeStudy) -> None:
    group = study.groups()[1]
    desk.keyboard.press("g")
    desk.wait_for_selector(".desk[data-place=grid]")
    desk.keyboard.press("n")
    pressed = "window.place.querySelectorAll('.group[aria-pressed=true] .chip-name')[1].textContent"
    desk.wait_for_function(f"{pressed} === '{group['suggested']}'")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    saved(desk)
    assert len(study.record) == group["count"]
    assert {one["verdict"] for one in study.record} == {"relabel"}


# ----- review: nothing to show ---------------------------------------------------------------------------------------


def test_the_end_of_the_queue_says_what_was_done_and_undo_still_works(open_page: Open, server: FakeServer) -> None:
    server.study = study = FakeStudy(n=200, suspects=3)
    page = open_desk(open_page)
    press_fast(page, "eke")
    page.wait_for_selector(".desk[data-place=empty]")
    assert page.locator(".empty h2").inner_text() == "Every suspect is decided"
    assert page.locator(".empty p").inner_text().startswith("2 relabelled, 1 kept, 0 excluded, 0 skipped.")
    page.keyboard.press("u")
    page.wait_for_selector(".desk[data-place=one]")
    saved(page)
    assert study.progress()["decided"] == 2


def ways(page: Page) -> list[str]:
    page.wait_for_selector(".desk[data-place=empty]")
    return page.locator(".ways button").all_inner_texts()


def test_after_the_last_suspect_the_desk_offers_what_is_next(open_page: Open, server: FakeServer) -> None:
    server.study = study = FakeStudy(n=200, suspects=3)
    page = open_desk(open_page, unlabelled=2)
    press_fast(page, "eke")
    assert ways(page) == [
        "Export the corrections",
        "Go on with labels that look right",
        "2 samples have no label: label them",
    ]
    assert page.locator(".ways .next").all_inner_texts() == ["Export the corrections"]
    page.get_by_role("button", name="Export the corrections").click()
    page.get_by_role("button", name="2 samples have no label").click()
    assert [one["name"] for one in states(page, "action")] == ["export", "unlabelled"]
    page.evaluate("window.run({ unlabelled: 0 })")
    assert len(ways(page)) == 2

    others = study.other_rows()
    page.get_by_role("button", name="Go on with labels").click()
    page.wait_for_selector(f".desk[data-row='{others[0]}']")
    assert page.locator(".counts").inner_text().split("\n") == [
        "no suspects left", "3 decided", "2 relabelled", "beyond the suspects",
    ]  # fmt: skip
    press_fast(page, "kk")
    saved(page)
    assert [(one["row"], one["verdict"]) for one in study.record[3:]] == [(row, "keep") for row in others[:2]]
    assert shown_row(page) == others[2]


def test_enter_takes_the_suggestion_for_a_suspect_and_nothing_for_a_label_that_looks_right(
    open_page: Open, server: FakeServer
) -> None:
    server.study = study = FakeStudy(n=200, suspects=2)
    right, suspect = study.other_rows()[0], study.open_rows()[1]
    study.suspect[suspect], study.score[suspect] = False, 0.49
    study.given[right] = study.given[suspect]
    page = open_desk(open_page, selection="all")
    buttons = page.locator(".keys .row .key-button")
    words = [f"relabel to {study.truth[shown_row(page)]}", f"keep {study.given[shown_row(page)]}"]
    assert [one.split("\n") for one in buttons.all_inner_texts()[:2]] == [["Enter", words[0]], ["K", words[1]]]
    page.keyboard.press("Enter")
    page.wait_for_selector(f".desk[data-row='{suspect}']")
    words = [f"relabel to {study.truth[suspect]}", f"keep {study.given[suspect]}"]
    assert [one.split("\n") for one in buttons.all_inner_texts()[:2]] == [["R", words[0]], ["K", words[1]]]
    assert page.locator(".keys .next").count() == 0
    page.keyboard.press("Enter")
    assert page.locator(".mark.seen").inner_text() == "R relabels, K keeps"
    assert shown_row(page) == suspect
    page.keyboard.press("k")
    page.keyboard.press("u")
    page.wait_for_selector(f".desk[data-row='{suspect}']")
    page.keyboard.press("r")
    saved(page)
    assert [one["verdict"] for one in study.record] == ["relabel", "keep", "undo", "relabel"]


def answering(content: Any) -> Callable[[Route], None]:
    return lambda route: route.fulfill(json=content)


def test_a_random_check_looks_like_any_other_sample(open_page: Open, server: FakeServer) -> None:
    """Nothing on the card tells a draw from a sample of the same score that came by its rank."""
    server.study = study = FakeStudy(n=200, suspects=1)
    drawn, ranked = study.other_rows()[:2]
    cards = {row: study.card(row, rank) for row, rank in ((drawn, 199), (ranked, 2))}
    cards[ranked] |= {name: cards[drawn][name] for name in ("score", "given", "suggested", "agree")}
    words = []
    for row, by_chance in ((drawn, True), (ranked, False)):
        answer = {**study.queue(1), "cards": [cards[row] | {"drawn": by_chance}]}
        page = open_page("review", **DESK)
        page.route("**/queue?*", answering(answer))
        page.reload()
        page.wait_for_selector(f".desk[data-row='{row}']")
        wait_for_chance(page)
        parts = [page.locator(where).inner_text() for where in (".head", ".caption", ".facts", ".keys")]
        words.append([part.replace(f"#{row}", "#") for part in parts])
    assert words[0] == words[1]


def test_after_the_last_suspect_random_checks_go_on_until_the_goal_is_reached(
    open_page: Open, server: FakeServer
) -> None:
    server.study = study = FakeStudy(n=200, suspects=2, checks=3)
    page = open_desk(open_page, goal=10)
    press_fast(page, "ee")
    saved(page)
    assert ways(page) == ["C\ncheck some at random", "Export the corrections", "Go on with labels that look right"]
    assert page.locator(".empty p").inner_text() == (
        "2 relabelled, 0 kept, 0 excluded, 0 skipped. Labels that look right may be wrong, too. "
        "Your goal is at most 5: 3 more random checks reach it, if all are right."
    )
    page.keyboard.press("c")
    page.wait_for_selector(".desk[data-place=one]")
    assert page.locator(".counts .beyond").inner_text() == "random checks"
    press_fast(page, "kkk")
    assert ways(page)[:2] == ["Export the corrections", "C\ncheck more at random"]
    assert page.locator(".empty h2").inner_text() == "You can stop"
    assert "At most 5 of 200 labels are still wrong (95 % sure). Your goal is at most 5." in (
        page.locator(".empty p").inner_text()
    )
    # No key of the desk decides on a sample that nobody sees.
    page.keyboard.press("k")
    assert len(study.record) == 5
    page.keyboard.press("u")
    page.wait_for_selector(".desk[data-place=one]")
    page.keyboard.press("k")
    assert ways(page)[1] == "C\ncheck more at random"
    page.keyboard.press("c")
    page.wait_for_selector(".desk[data-place=one]")
    press_fast(page, "kk")
    saved(page)
    assert study.progress()["kept"] == 5 and page.locator(".desk").get_attribute("data-place") == "one"


def test_skipped_samples_come_back_when_asked_for(open_page: Open, server: FakeServer) -> None:
    server.study = study = FakeStudy(n=200, suspects=3)
    page = open_desk(open_page)
    rows = press_fast(page, "ses")
    assert ways(page)[2] == "Look at 2 skipped samples again"
    assert page.locator(".empty h2").inner_text() == "Every suspect was looked at"
    saved(page)
    page.get_by_role("button", name="Look at 2 skipped").click()
    page.wait_for_selector(f".desk[data-row='{rows[0]}']")
    press_fast(page, "kk")
    assert ways(page) == ["Export the corrections", "Go on with labels that look right"]
    assert study.progress()["kept"] == 2


@pytest.mark.parametrize(
    ("unlabelled", "offered"),
    [
        (0, ["Go on with labels that look right"]),
        (1, ["1 sample has no label: label it", "Go on with labels that look right"]),
    ],
)
def test_a_study_without_suspects_says_so(
    open_page: Open, server: FakeServer, unlabelled: int, offered: list[str]
) -> None:
    server.study = FakeStudy(n=200, suspects=0)
    page = open_page("review", **{**DESK, "unlabelled": unlabelled})
    assert ways(page) == offered
    assert page.locator(".empty h2").inner_text() == "No suspect labels here"
    assert page.locator(".counts").inner_text() == "no suspects"


def test_the_end_of_a_selection_leads_back_to_the_whole_queue(open_page: Open, server: FakeServer) -> None:
    server.study = FakeStudy(n=3, suspects=1)
    page = open_desk(open_page, selection="all")
    press_fast(page, "kkk")
    assert ways(page) == ["Go to the whole queue", "Export the corrections"]
    page.get_by_role("button", name="Go to the whole queue").click()
    assert states(page, "action")[0]["name"] == "all"


# ----- review: why ---------------------------------------------------------------------------------------------------


def open_why(page: Page) -> Any:
    page.keyboard.press("w")
    page.wait_for_selector(".why .voices")
    return page.get_by_role("dialog", name="Why")


def in_focus(page: Page) -> str:
    return str(page.evaluate("window.place.activeElement?.textContent ?? ''"))


def test_why_is_asked_for_by_its_key_and_says_what_the_server_says(desk: Page, study: FakeStudy) -> None:
    row = shown_row(desk)
    assert "why" not in study.requests
    dialog = open_why(desk)
    why = study.why(row)
    given, rival = (study.class_names[why[name]] for name in ("label", "rival"))
    assert dialog.get_by_role("heading", level=2).inner_text() == f"Why #{row}"
    assert dialog.locator(".why-summary p").first.inner_text() == (
        f"Suspicion 0.60: together, the witnesses give “{rival}” 0.44 and “{given}” 0.44; "
        f"“{rival}” is taken for “{given}” 1.5 times as often as one class is for another on average."
    )
    assert dialog.locator(".sum").inner_text() == "0.44 × 1.50 / (0.44 × 1.50 + 0.44) = 0.60"
    witnesses = [line.split() for line in dialog.locator(".witnesses tbody tr").all_inner_texts()]
    assert witnesses[0][-4:] == ["%", "0.30", "0.60", "0.10"]
    assert witnesses[2][-5:] == ["not", "heard", "0.90", "0.10", "0.00"]
    assert witnesses[3] == ["together", "0.44", "0.44", "0.05"]
    voices = dialog.locator(".voices tbody tr")
    first, second = (voices.nth(place).inner_text() for place in (0, 1))
    assert f"#{why['neighbours'][0]['id']}" in first and "18 %" in first and "→" not in first
    label = study.class_names[why["neighbours"][1]["label"]]
    assert f"{given} instead of {label}: 0.60 → 0.31" in second
    assert "reviewed" in voices.nth(2).inner_text()
    assert dialog.locator(".past li").count() == 3
    said = dialog.locator("section").nth(2).inner_text()
    assert f"2 of 3 similar samples were relabelled to {rival}." in said
    assert f"7 decided samples given {given} that look like {rival}: 5 relabelled so, 2 kept." in said
    assert "grace, 21 Nov" in said


def test_why_takes_no_decisions_and_gives_the_focus_back(desk: Page, study: FakeStudy) -> None:
    skip = desk.locator(".keys").get_by_role("button", name="skip")
    skip.focus()
    dialog = open_why(desk)
    for key in ("k", "s", "x", "1", "Enter"):
        if key != "Enter":
            desk.keyboard.press(key)
    assert "close" in in_focus(desk)
    for _ in range(30):
        desk.keyboard.press("Tab")
        inside = "window.place.querySelector('.why').contains(window.place.activeElement)"
        assert desk.evaluate(inside) or in_focus(desk) == ""  # or the browser's own window, never the desk
    desk.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert "skip" in in_focus(desk)
    open_why(desk)
    desk.keyboard.press("w")
    assert not dialog.is_visible()
    assert study.record == []


def test_why_answers_when_it_is_opened_again_at_once(desk: Page) -> None:
    dialog = open_why(desk)
    desk.evaluate(
        """() => {
          const why = window.place.querySelector("dialog.why");
          why.close();
          const key = new KeyboardEvent("keydown", { key: "w", bubbles: true, composed: true });
          window.place.querySelector(".keys button").dispatchEvent(key);
        }"""
    )
    desk.wait_for_selector(".why .voices")
    assert dialog.is_visible()


def test_why_leads_to_a_neighbour_and_shows_the_rest_of_them(desk: Page, study: FakeStudy) -> None:
    row = shown_row(desk)
    dialog = open_why(desk)
    assert dialog.locator(".voices tbody tr:visible").count() == 5
    dialog.get_by_role("button", name="show 5 more").click()
    assert dialog.locator(".voices tbody tr:visible").count() == 10
    other = study.why(row)["neighbours"][6]
    dialog.get_by_role("button", name=f"look at neighbour {other['id']}, ").first.click()
    desk.wait_for_selector(f".desk[data-row='{other['row']}']")
    assert not dialog.is_visible()
    desk.keyboard.press("Escape")
    desk.wait_for_selector(f".desk[data-row='{row}']")


UNUSUAL: list[tuple[dict[str, Any], str]] = [
    (
        {"label": -1, "given": -1, "score": 0.0, "fixable": 0},
        "It has no label. Together, the witnesses give “",
    ),
    ({"rival": -1, "score": 0.0}, "There is no other class that it could be."),
    ({"isolated": True, "neighbours": [], "heard": 0}, "This sample has no usable features"),
    ({"neighbours": [], "heard": 0, "fixable": 0}, "None: no neighbour has a label."),
    ({"ranksTheQueue": False}, "The queue is ranked by another score"),
    ({"similar": [], "pair": None}, "Nobody has decided on a sample like this one yet."),
    ({"label": 9, "given": 0, "classes": [9, 1, 2], "rival": 1}, "It is labelled 9 now; it was given 0."),
]


@pytest.mark.parametrize(("changes", "words"), UNUSUAL)
def test_why_of_an_unusual_sample(desk: Page, study: FakeStudy, changes: dict[str, Any], words: str) -> None:
    answer = study.why(shown_row(desk)) | changes
    study.why = lambda row: answer  # type: ignore[method-assign]
    desk.keyboard.press("w")
    expect(desk.locator(".why")).to_contain_text(words, use_inner_text=True, timeout=20_000)


@pytest.mark.parametrize(("kind", "short"), [("values", "1.4 0.2 5.1"), ("text", "The aeroplane landed")])
def test_why_without_pictures(open_page: Open, server: FakeServer, kind: str, short: str) -> None:
    server.study = FakeStudy(n=200, suspects=5, kind=kind)
    page = open_desk(open_page, kind=kind)
    asked: list[str] = []  # By this page, not by one of another test that is being closed.
    page.on("request", lambda request: asked.append(request.url))
    dialog = open_why(page)
    assert dialog.locator(".voices .short").first.inner_text().startswith(short)
    assert dialog.locator("img").count() == 0
    assert any("/why/" in url for url in asked)
    assert not any("/picture/" in url for url in asked)


def test_why_waits_for_a_server_that_is_away(desk: Page, server: FakeServer) -> None:
    server.stop()
    desk.keyboard.press("w")
    desk.get_by_text("The server does not answer.").wait_for()
    server.start()
    desk.get_by_role("button", name="try again").click()
    desk.wait_for_selector(".why .voices")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_why(open_page: Open, theme: str) -> None:
    page = open_page("review", theme=theme, **DESK)
    page.wait_for_selector(".desk[data-place=one]")
    open_why(page)
    assert Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"] == []


# ----- review: chances -----------------------------------------------------------------------------------------------


def measured(page: Page) -> list[str]:
    words = page.locator(".facts .measure").first.evaluate(
        "(node) => [node.previousSibling, ...node.children].map((one) => one.textContent)"
    )
    return [word for word in words if word]


def test_the_chance_of_an_error_stands_beside_the_score_once_it_is_known(open_page: Open, study: FakeStudy) -> None:
    row = study.open_rows()[0]
    study.score[row] = 1 / (1 + np.exp(-9.0))  # beyond the end of the curve
    page = open_desk(open_page)
    wait_for_chance(page)
    assert measured(page) == ["likely wrong", "98 % (90 – 100 %)", "suspicion 1.00"]
    assert "Likely wrong: 98 % (90 % sure: between 90 and 100 %)." in (
        page.locator(".measure").first.get_attribute("title") or ""
    )


def test_where_little_is_known_the_range_stands_alone(open_page: Open, study: FakeStudy) -> None:
    row = study.open_rows()[0]
    study.score[:] = np.minimum(study.score, 0.45)
    study.score[row] = 0.5
    page = open_desk(open_page)
    wait_for_chance(page)
    assert measured(page) == ["likely wrong", "20 – 75 %", "suspicion 0.50"]
    assert "Few labels of this suspicion were reviewed yet" in (
        page.locator(".measure").first.get_attribute("title") or ""
    )


def test_a_decided_label_is_not_likely_anything(desk: Page) -> None:
    wait_for_chance(desk)
    (row,) = press_fast(desk, "k")
    saved(desk)
    desk.get_by_role("button", name=f"{row} kept").click()
    desk.wait_for_selector(f".desk[data-row='{row}']")
    assert measured(desk)[0] == "suspicion" and len(measured(desk)) == 2


def test_without_chances_the_suspicion_is_shown_as_before(open_page: Open, study: FakeStudy) -> None:
    nothing = {"version": 0, "doubt": [], "likely": [], "low": [], "high": []}
    page = open_page("review", **DESK)
    page.route("**/chances", lambda route: route.fulfill(json=nothing))
    with page.expect_response("**/chances"):
        page.reload()
    page.wait_for_selector(".desk[data-place=one]")
    assert measured(page) == ["suspicion", f"{study.card(shown_row(page))['score']:.2f}"]


# ----- review: studies without pictures ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "short"), [("values", "1.4 0.2 5.1"), ("none", None)])
def test_without_pictures_none_is_asked_for_and_values_take_their_place(
    open_page: Open, server: FakeServer, kind: str, short: str | None
) -> None:
    server.study = study = FakeStudy(n=200, suspects=5, kind="values")
    page = open_desk(open_page, kind=kind)
    assert page.get_by_role("button", name="zoom").count() == 0
    asked: list[str] = []  # By this page, not by one of another test that is being closed.
    page.on("request", lambda request: asked.append(request.url))
    rows = press_fast(page, "ek")
    saved(page)
    shown = [short or f"#{row}" for row in reversed(rows)]
    assert page.locator(".made .short").all_inner_texts() == shown
    page.reload()
    page.wait_for_selector(".desk[data-place=one]")
    told = "[...window.place.querySelectorAll('.made .short')].map((one) => one.textContent).join()"
    page.wait_for_function(f"{told} === '{','.join(shown)}'")
    neighbour, caption = page.locator(".neighbour").first, page.locator(".caption-id")
    neighbour.click()
    expect(caption).to_have_text(re.compile("^neighbour #"))
    page.keyboard.press("z")
    page.keyboard.press("Escape")
    expect(caption).to_have_text(f"#{shown_row(page)}")
    main = page.locator(".left .values" if kind == "values" else ".left .small-map")
    box = main.bounding_box()
    assert box and box["width"] > 300
    assert page.locator(".left .values").count() == (kind == "values")
    grid = open_page("grid", **{**GRID, "total": 200, "kind": kind})
    grid.on("request", lambda request: asked.append(request.url))
    grid.reload()
    grid.wait_for_selector(".thumbnails[data-state=ready]")
    assert grid.locator(".item .id").first.inner_text() == f"#{np.argsort(-study.score, kind='stable')[0]}"
    assert any("/cards" in url or "/selection/" in url for url in asked)
    assert not any("/picture/" in url for url in asked)


# ----- review: names -------------------------------------------------------------------------------------------------

ALIKE = tuple(f"n02085620-chihuahua-of-the-kind-{place}" for place in range(10))


@pytest.mark.parametrize("width", [1024, 1440])
@pytest.mark.parametrize("names", [WORDS, ALIKE], ids=["words", "alike"])
def test_no_class_is_cut_where_it_is_told_from_another(
    open_page: Open, server: FakeServer, names: tuple[str, ...], width: int
) -> None:
    server.study = FakeStudy(n=300, suspects=30, class_names=names)
    page = open_page("review", nav=244, **DESK)
    page.set_viewport_size({"width": width, "height": 768})
    page.wait_for_selector(".desk[data-place=one]")
    cut = """(where) => [...window.place.querySelectorAll(`${where} .chip-name`)]
      .filter((name) => name.scrollWidth > name.clientWidth + 1 || name.scrollHeight > name.clientHeight + 2)
      .map((name) => name.textContent)"""
    if names is WORDS:
        assert page.evaluate(cut, ".neighbours") == []
    tops = set()
    for _ in range(6):
        tops.add(page.locator(".keys").evaluate("node => Math.round(node.getBoundingClientRect().top)"))
        page.keyboard.press("s")
    assert len(tops) == 1
    page.keyboard.press("g")
    page.wait_for_selector(".desk[data-place=grid]")
    assert page.evaluate(cut, ".groups") == []


@pytest.mark.parametrize("width", [1024, 1440])
def test_the_last_decisions_name_their_class_in_full(open_page: Open, server: FakeServer, width: int) -> None:
    names = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
    server.study = FakeStudy(n=300, suspects=30, class_names=names)
    page = open_page("review", nav=244, **DESK)
    page.set_viewport_size({"width": width, "height": 768})
    page.wait_for_selector(".desk[data-place=one]")
    press_fast(page, "r" * 10)
    cut = """() => [...window.place.querySelectorAll(".made .words")]
      .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 2)
      .map((one) => one.textContent)"""
    assert page.locator(".made").count() == 10
    assert page.evaluate(cut) == []


def test_ten_classes_leave_no_key_alone_in_a_line(open_page: Open, server: FakeServer) -> None:
    server.study = FakeStudy(n=300, suspects=30, class_names=WORDS)
    page = open_page("review", nav=244, **DESK)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_selector(".desk[data-place=one]")
    lines = """(where) => [...window.place.querySelectorAll(where)]
      .map((one) => Math.round(one.getBoundingClientRect().bottom))"""
    assert len(set(page.evaluate(lines, ".class-keys .key-button"))) == 1
    assert len(set(page.evaluate(lines, ".keys .row .key-button"))) == 1


NO_QUEUE = """const send = window.fetch;
window.dead = true;
window.fetch = (url, ...more) =>
  window.dead && `${url}`.includes("/queue") ? Promise.reject(new TypeError("no")) : send(url, ...more);"""


def test_a_server_that_does_not_answer_is_said_and_waited_for(open_page: Open) -> None:
    page = open_page("review", NO_QUEUE, **DESK)
    page.wait_for_selector(".desk[data-place=unreachable]")
    assert page.locator(".unreachable h2").inner_text() == "The server does not answer"
    page.evaluate("window.dead = false")
    page.get_by_role("button", name="try again now").click()
    page.wait_for_selector(".desk[data-place=one]")
    saved(page)


# ----- grid and sample -----------------------------------------------------------------------------------------------

GRID = {"selection": "all", "total": 1_797, "version": 1, "selected": None, "kind": "picture"}


def test_thumbnails_are_turned_and_picked_by_keyboard(open_page: Open, study: FakeStudy) -> None:
    page = open_page("grid", **GRID)
    page.wait_for_selector(".thumbnails[data-ahead='1']")
    ranked = np.argsort(-study.score, kind="stable")
    page.locator(".item[tabindex='0']").focus()
    page.keyboard.press("PageDown")
    page.wait_for_selector(".thumbnails[data-page='1']")
    assert page.locator(".pager .quiet").inner_text() == "61 – 120 of 1,797"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert wait_for_state(page, "picked")["row"] == int(ranked[61])
    assert page.locator(".item[aria-selected=true]").count() == 1
    page.get_by_role("button", name="previous page").click()
    page.wait_for_selector(".thumbnails[data-page='0']")
    page.locator(".item").first.click()
    assert wait_for_state(page, "picked", 2)["row"] == int(ranked[0])


def test_the_next_page_of_thumbnails_is_there_before_it_is_asked_for(open_page: Open, study: FakeStudy) -> None:
    page = open_page("grid", **GRID)
    page.wait_for_selector(".thumbnails[data-ahead='1']")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="next page").click()
    page.wait_for_selector(".thumbnails[data-page='1']")
    page.wait_for_selector(".thumbnails[data-ahead='2']")
    second = {int(row) for row in np.argsort(-study.score, kind="stable")[60:120]}
    fetched = {int(url.split("picture/")[1].split("?")[0]) for url in asked if "picture/" in url}
    assert not second & fetched
    assert not any("offset=60&" in url for url in asked)


def test_a_new_version_shows_what_was_decided_and_stays_on_the_page(open_page: Open, study: FakeStudy) -> None:
    page = open_page("grid", **GRID)
    page.wait_for_selector(".thumbnails[data-ahead='1']")
    page.get_by_role("button", name="next page").click()
    page.wait_for_selector(".thumbnails[data-page='1']")
    row = int(np.argsort(-study.score, kind="stable")[60])
    study.decide("c", [{"seq": 1, "row": row, "id": str(row), "verdict": "relabel", "label": 3, "note": "", "at": ""}])
    page.evaluate("window.run({ version: 2 })")
    page.wait_for_selector(".state:not([hidden])")
    assert page.locator(".state:visible").all_inner_texts() == ["→ 3"]
    assert page.locator(".thumbnails").get_attribute("data-page") == "1"


def test_the_sample_panel_shows_what_was_decided_and_asks_for_what_is_next(open_page: Open, study: FakeStudy) -> None:
    row = study.open_rows()[0]
    made = {
        "seq": 1,
        "row": row,
        "id": str(row),
        "verdict": "keep",
        "label": None,
        "note": "sure",
        "at": "2026-11-22T01:02:03Z",
    }
    page = open_page("sample", row=None, version=0, kind="picture")
    page.locator(".offer").first.click()
    assert wait_for_state(page, "action") == {**states(page, "action")[0], "name": "open", "row": row}
    assert page.locator(".offer").count() == 6
    page.evaluate(f"window.run({{ row: {row} }})")
    page.wait_for_selector(".panel[data-state=ready]")
    assert page.locator(".decision").inner_text() == "not decided"
    study.decide("c", [made])
    page.evaluate("window.run({ version: 1 })")
    page.wait_for_selector(".decision.made")
    assert page.locator(".decision").inner_text().startswith("kept by ada, 22 Nov")
    page.get_by_role("button", name="explain").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".why .voices")
    assert page.get_by_role("dialog", name=f"Why #{row}").locator(".voices tbody tr:visible").count() == 5
    page.keyboard.press("Escape")
    assert in_focus(page) == "explain"
    page.get_by_role("button", name="show on map").click()
    page.get_by_role("button", name="review this").click()
    page.locator(".neighbour").first.click()
    asked = [(one["name"], one["row"]) for one in states(page, "action")]
    assert asked[1:] == [("map", row), ("review", row), ("open", study.card(row)["neighbours"][0]["row"])]


# ----- class keys ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (tuple("0123456789"), list("0123456789")),
        (("cat", "dog", "owl"), ["1", "2", "3"]),
        (("2", "cat", "1"), ["2", "3", "1"]),
        (tuple(f"class {number}" for number in range(12)), [*"1234567890", "", ""]),
    ],
)
def test_a_class_named_by_a_digit_gets_that_key_and_the_others_the_rest(
    names: tuple[str, ...], keys: list[str]
) -> None:
    assert [entry["key"] for entry in class_entries(names, ["#000000"] * len(names))] == keys
