"""The review by itself: samples without pictures, long names of classes, no server."""

from __future__ import annotations

import re

import numpy as np
import pytest
from browser.components import GRID, REVIEW, Open, open_review, press_fast
from browser.fake_server import FakeServer
from browser.fake_study import WORDS, FakeStudy
from browser.looking import saved, shown_row
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("kind", "short"), [("values", "petal length 1.4 · petal width 0.2 · sepal length 5.1"), ("none", None)]
)
def test_without_pictures_none_is_asked_for_and_values_take_their_place(
    open_page: Open, server: FakeServer, kind: str, short: str | None
) -> None:
    server.study = fake = FakeStudy(n=200, suspects=5, kind=kind)
    page = open_review(open_page, kind=kind)
    assert page.get_by_role("button", name="zoom").count() == 0
    asked: list[str] = []  # By this page, not by one of another test that is being closed.
    page.on("request", lambda request: asked.append(request.url))
    rows = press_fast(page, "ek")
    saved(page)
    shown = [short or f"#{row}" for row in reversed(rows)]
    assert page.locator(".history-item .excerpt").all_inner_texts() == shown
    page.reload()
    page.wait_for_selector(".label-review[data-place=one]")
    excerpts = "[...window.place.querySelectorAll('.history-item .excerpt')].map((one) => one.textContent).join()"
    page.wait_for_function(f"{excerpts} === '{','.join(shown)}'")
    neighbor, caption = page.locator(".neighbor").first, page.locator(".caption-id")
    neighbor.click()
    expect(caption).to_have_text(re.compile("^neighbor #"))
    page.keyboard.press("z")
    page.keyboard.press("Escape")
    expect(caption).to_have_text(f"#{shown_row(page)}")
    main = page.locator(".left .values" if kind == "values" else ".left .small-map")
    box = main.bounding_box()
    assert box and box["width"] > 300
    assert page.locator(".left .values").count() == (kind == "values")
    if kind == "values":
        rows = main.locator("tr").all_inner_texts()
        assert [row.split("\n")[0] for row in rows] == [
            "petal length", "petal width", "sepal length", "Not used as features", "remark",
        ]  # fmt: skip
    grid = open_page("grid", **{**GRID, "total": 200, "kind": kind})
    grid.on("request", lambda request: asked.append(request.url))
    grid.reload()
    grid.wait_for_selector(".thumbnails[data-state=ready]")
    first = (
        "petal length 1.4\npetal width 0.2\nsepal length 5.1"
        if short
        else f"#{np.argsort(-fake.score, kind='stable')[0]}"
    )
    assert grid.locator(".item .excerpt").first.inner_text() == first
    assert any("/cards" in url or "/selection/" in url for url in asked)
    assert not any("/picture/" in url for url in asked)


ALIKE = tuple(f"n02085620-chihuahua-of-the-kind-{place}" for place in range(10))


@pytest.mark.parametrize("width", [1024, 1440])
@pytest.mark.parametrize("names", [WORDS, ALIKE], ids=["words", "alike"])
def test_no_class_is_cut_where_it_is_told_from_another(
    open_page: Open, server: FakeServer, names: tuple[str, ...], width: int
) -> None:
    server.study = FakeStudy(n=300, suspects=30, class_names=names)
    page = open_page("review", nav=244, **REVIEW)
    page.set_viewport_size({"width": width, "height": 768})
    page.wait_for_selector(".label-review[data-place=one]")
    cut = """(where) => [...window.place.querySelectorAll(`${where} .chip-name`)]
      .filter((name) => name.scrollWidth > name.clientWidth + 1 || name.scrollHeight > name.clientHeight + 2)
      .map((name) => name.textContent)"""
    if names is WORDS:
        assert page.evaluate(cut, ".neighbors") == []
    tops = set()
    for _ in range(6):
        tops.add(page.locator(".keys").evaluate("node => Math.round(node.getBoundingClientRect().top)"))
        page.keyboard.press("s")
    assert len(tops) == 1
    page.keyboard.press("g")
    page.wait_for_selector(".label-review[data-place=grid]")
    assert page.evaluate(cut, ".groups") == []


@pytest.mark.parametrize("width", [1024, 1440])
def test_the_last_decisions_name_their_class_in_full(open_page: Open, server: FakeServer, width: int) -> None:
    names = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
    server.study = FakeStudy(n=300, suspects=30, class_names=names)
    page = open_page("review", nav=244, **REVIEW)
    page.set_viewport_size({"width": width, "height": 768})
    page.wait_for_selector(".label-review[data-place=one]")
    press_fast(page, "r" * 10)
    cut = """() => [...window.place.querySelectorAll(".history-item .words")]
      .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 2)
      .map((one) => one.textContent)"""
    assert page.locator(".history-item").count() == 10
    assert page.evaluate(cut) == []


def test_ten_classes_leave_no_key_alone_in_a_line(open_page: Open, server: FakeServer) -> None:
    server.study = FakeStudy(n=300, suspects=30, class_names=WORDS)
    page = open_page("review", nav=244, **REVIEW)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_selector(".label-review[data-place=one]")
    lines = """(where) => [...window.place.querySelectorAll(where)]
      .map((one) => Math.round(one.getBoundingClientRect().bottom))"""
    assert len(set(page.evaluate(lines, ".class-keys .key-button"))) == 1
    assert len(set(page.evaluate(lines, ".keys .row .key-button"))) == 1


NO_QUEUE = """const send = window.fetch;
window.dead = true;
window.fetch = (url, ...more) =>
  window.dead && `${url}`.includes("/queue") ? Promise.reject(new TypeError("no")) : send(url, ...more);"""


def test_a_server_that_does_not_answer_is_said_and_waited_for(open_page: Open) -> None:
    page = open_page("review", NO_QUEUE, **REVIEW)
    page.wait_for_selector(".label-review[data-place=unreachable]")
    assert page.locator(".unreachable[role=alert]").is_visible()
    page.evaluate("window.dead = false")
    page.locator(".unreachable [data-act=again]").click()
    page.wait_for_selector(".label-review[data-place=one]")
    saved(page)


def test_a_sample_without_a_label_has_no_error_to_score_and_nothing_to_agree_with(
    open_page: Open, server: FakeServer
) -> None:
    server.study = fake = FakeStudy(n=200, suspects=5)
    first = fake.open_rows()[0]
    fake.given[first] = -1
    page = open_review(open_page)
    terms = page.locator(".evidence .facts dt:visible")
    assert shown_row(page) == first
    expect(terms).to_have_text(["given", "suggested"])
    expect(page.locator(".evidence .facts dd:visible")).to_have_count(2)
    page.keyboard.press("s")
    expect(terms).to_have_count(4)
