"""The map by itself, against a server that remembers everything it was told."""

from __future__ import annotations

import io
import itertools
import json
from typing import Any

import numpy as np
import pytest
from browser.components import Open, states, wait_for_state
from browser.fake_server import FakeServer
from browser.fake_study import OKABE_ITO, FakeStudy
from PIL import Image
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def map_data(fake: FakeStudy, **changes: Any) -> dict[str, Any]:
    entries = [
        {"label": label, "name": name, "color": color}
        for label, (name, color) in enumerate(zip(fake.class_names, OKABE_ITO, strict=True))
    ]
    return {
        "n": fake.n,
        "channel": "given",
        "version": 0,
        "palette": list(OKABE_ITO),
        "mask": None,
        "selected": None,
        "hasList": False,
        "kind": "picture",
        "legend": {"kind": "classes", "title": "given label", "entries": entries},
        **changes,
    }


def open_map(open_page: Open, fake: FakeStudy, before: str = "", **changes: Any) -> Page:
    page = open_page("map", before, **map_data(fake, **changes))
    page.wait_for_selector(f".map[data-painted='{fake.n}']")
    return page


def share_of_colors(page: Page) -> dict[str, float]:
    """Share of the surface's pixels that are near each palette color, read from what the screen shows."""
    pixels = np.asarray(Image.open(io.BytesIO(page.locator(".surface").screenshot())).convert("RGB")).astype(int)
    inside = pixels[60::2, 8:-8:2].reshape(-1, 3)
    wanted = np.array([[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in OKABE_ITO])
    near = np.abs(inside[:, None] - wanted[None]).max(2) < 40
    return dict(zip(OKABE_ITO, near.mean(0), strict=True))


def on_screen(page: Page, fake: FakeStudy, row: int) -> tuple[float, float]:
    box = page.locator(".overlay").bounding_box()
    assert box
    unit = min(box["width"], box["height"]) / 2 * 0.94
    x, y = (float(one) for one in fake.points[row])
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


def test_every_class_of_the_map_is_seen_in_its_color(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake)
    assert min(share_of_colors(page).values()) > 0.0005


def test_a_lasso_sends_only_an_outline_that_holds_the_right_samples(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake)
    asked = list(fake.requests)
    middle = fake.points[fake.truth == 4].mean(0)
    row = int(np.argmin(np.abs(fake.points - middle).sum(1)))
    x, y = on_screen(page, fake, row)
    angles = np.linspace(0, 2 * np.pi, 40)
    drag(page, [(x + 60 * float(np.cos(a)), y + 60 * float(np.sin(a))) for a in angles])
    lasso = wait_for_state(page, "lasso")
    unit = page.locator(".overlay").bounding_box()["height"] / 2 * 0.94  # type: ignore[index]
    far = np.linalg.norm(fake.points - fake.points[row], axis=1) * unit
    inside = members(lasso["polygon"], fake.points)
    assert inside[far < 57].all()
    assert not inside[far > 60].any()
    assert inside.sum() > 50
    assert len(json.dumps(lasso)) < 5_000
    # The pointer may end on a point, whose picture is shown then.
    assert [one for one in fake.requests if one != "picture"] == asked


def test_a_box_and_escape_answer_with_rising_numbers(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake)
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


def test_a_click_picks_the_nearest_sample_also_after_moving_about(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake)
    lonely = int(np.argmin([np.sort(np.abs(fake.points - at).max(1))[1] < 0.05 for at in fake.points]))
    x, y = on_screen(page, fake, lonely)
    page.mouse.click(x + 3, y - 2)
    assert wait_for_state(page, "picked")["row"] == lonely
    page.mouse.move(x, y)
    page.mouse.wheel(0, -400)
    drag(page, [(x, y), (x + 40, y + 30)], button="right")
    page.mouse.click(x + 40, y + 30)
    assert wait_for_state(page, "picked", 2)["row"] == lonely
    assert states(page, "lasso") == []


def test_the_pointer_on_a_sample_shows_its_id_and_label(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake)
    page.mouse.move(*on_screen(page, fake, 12))
    page.wait_for_selector(".tip:not([hidden])")
    row = int((page.locator(".tip strong").text_content() or "#").removeprefix("#") or -1)
    if row < 0:
        page.wait_for_function("window.place.querySelector('.tip strong').textContent !== ''")
        row = int((page.locator(".tip strong").text_content() or "").removeprefix("#"))
    assert page.locator(".tip .chip-name").text_content() == str(fake.given[row])


def test_recoloring_fetches_one_byte_a_sample_and_nothing_else(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake)
    fake.requests.clear()
    page.evaluate("window.run({ channel: 'corrected', version: 1 })")
    page.wait_for_selector(".map[data-shown='channel/corrected?v=1']")
    assert fake.requests == ["channel/corrected"]


def test_a_mask_grays_out_and_removes_nothing(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake, mask="3")
    page.wait_for_selector(".map[data-shown='channel/given?v=0 mask/3']")
    shares = share_of_colors(page)
    assert shares[OKABE_ITO[3]] > 0.0005
    assert max(share for color, share in shares.items() if color not in (OKABE_ITO[3], OKABE_ITO[8])) < 0.0001
    surface = np.asarray(Image.open(io.BytesIO(page.locator(".surface").screenshot())).convert("L"))[60:, 8:-8]
    assert (surface < 250).mean() > 0.01


def test_the_selected_sample_is_brought_into_view(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake)
    page.locator(".points").focus()
    for _ in range(12):
        page.keyboard.press("+")
    lonely = int(np.argmax(np.abs(fake.points).sum(1)))
    page.evaluate(f"window.run({{ selected: {lonely} }})")
    box = page.locator(".overlay").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert wait_for_state(page, "picked")["row"] == lonely


def test_a_class_of_the_legend_can_be_chosen(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake)
    page.get_by_role("button", name="7", exact=True).click()
    assert wait_for_state(page, "legend")["label"] == 7


def test_the_map_comes_back_after_the_graphics_card_was_lost(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake)
    lose = "window.loser = window.place.querySelector('.points').getContext('webgl').getExtension('WEBGL_lose_context')"
    page.evaluate(f"{lose}; window.loser.loseContext()")
    page.wait_for_selector(".map:not([data-painted])")
    page.evaluate("window.loser.restoreContext()")
    page.wait_for_selector(f".map[data-painted='{fake.n}']")
    assert min(share_of_colors(page).values()) > 0.0005


WITHOUT_WEBGL = """const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind === "webgl" ? null : get.call(this, kind, ...more);
}"""


def test_without_webgl_a_small_map_is_drawn_and_a_large_one_says_what_to_do(open_page: Open, fake: FakeStudy) -> None:
    page = open_map(open_page, fake, WITHOUT_WEBGL)
    assert min(share_of_colors(page).values()) > 0.0005
    large = open_page("map", WITHOUT_WEBGL, **map_data(fake, n=60_000))
    large.wait_for_selector(".notice:not([hidden])")
    assert " ".join(large.locator(".notice").inner_text().split()) == (
        "This browser shows no WebGL. A map of 60,000 samples needs it. "
        "Turn on hardware acceleration in the browser's settings, "
        "or open this page in a current Firefox, Chrome or Safari."
    )


def test_a_map_of_100000_samples_is_painted(open_page: Open, server: FakeServer) -> None:
    server.study = FakeStudy(n=100_000, suspects=6_000)
    page = open_map(open_page, server.study)
    assert min(share_of_colors(page).values()) > 0.0005
