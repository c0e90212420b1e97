"""Heatmaps by themselves: answers that come late, or in another order than they were asked for."""

from __future__ import annotations

from typing import Any

import pytest
from browser.components import Open, states, wait_for_state
from browser.held import answer, holding, wait_until_asked
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

METHOD = {"name": "gradient", "title": "gradient", "sentence": "", "follows": True}
DATA = {
    "row": 1,
    "available": [METHOD],
    "methods": ["gradient"],
    "target": None,
    "against": None,
    "outputs": [str(digit) for digit in range(10)],
    "kind": "picture",
    "selection": None,
    "palette": ["#000000", "#ffffff"] * 128,
    "signedPalette": ["#000000", "#ffffff"] * 128,
}
TRAIL = {"rows": [1, 2, 3, 4], "ids": ["1", "2", "3", "4"], "excerpts": [], "title": "suspects"}
NUMBERS = {
    "deletion": 0.2,
    "insertion": 0.7,
    "road": None,
    "gini": 0.5,
    "top_k": None,
    "correlation": None,
    "shift": None,
}


def heatmaps(kind: str, key: str, **changes: Any) -> dict[str, Any]:
    heatmap = {"kind": kind, "key": key, "height": 2, "width": 2, "most": 0.4}
    tile = {"method": "gradient", "state": "ready", "fraction": 1, "text": "", "heatmaps": [heatmap], "numbers": None}
    return {
        "row": 1, "id": "1", "given": 3, "target": 3, "against": None, "probabilities": [{"label": 3, "p": 0.9}],
        "classes": 10, "content": None, "tiles": [tile | changes], "parts": None, "error": "", "isDone": False,
    }  # fmt: skip


def open_saliency(open_page: Open, **changes: Any) -> Page:
    return open_page("saliency", before=holding("saliency/"), **{**DATA, **changes})


def chosen(page: Page) -> str | None:
    return page.locator(".samples [aria-selected=true]").get_attribute("aria-label")


def test_who_goes_on_while_python_answers_stays_there(open_page: Open) -> None:
    page = open_saliency(open_page)
    answer(page, "saliency/trail", TRAIL)
    page.keyboard.press("ArrowRight")
    assert wait_for_state(page, "picked")["row"] == 2
    page.keyboard.press("ArrowRight")
    page.evaluate("window.run({ row: 2 })")
    assert chosen(page) == "sample 3"
    assert wait_for_state(page, "picked", 2)["row"] == 3
    page.evaluate("window.run({ row: 3 })")
    assert chosen(page) == "sample 3"
    page.evaluate("window.run({ row: 2 })")  # chosen elsewhere: that is news
    assert chosen(page) == "sample 2"
    assert len(states(page, "picked")) == 2


def test_the_strip_is_that_of_the_last_selection_and_of_the_sample_on_screen(open_page: Open) -> None:
    page = open_saliency(open_page, selection="old")
    page.evaluate("window.run({ selection: 'new' })")
    page.evaluate("window.run({ row: 8 })")
    answer(page, "selection=new", {"rows": [7, 8], "ids": ["7", "8"], "excerpts": [], "title": "samples"})
    assert chosen(page) == "sample 8"
    answer(page, "selection=old", TRAIL)
    assert chosen(page) == "sample 8"
    expect(page.locator(".strip h2")).to_have_text("2 of 2 samples")


def test_numbers_stay_when_the_bytes_of_a_draft_come_last(open_page: Open) -> None:
    page = open_saliency(open_page)
    answer(page, "saliency/1?", heatmaps("draft", "d", state="draft"))
    wait_until_asked(page, "kept/draft/d")
    answer(page, "saliency/1?", heatmaps("heatmap", "h", numbers=NUMBERS) | {"isDone": True})
    answer(page, "kept/heatmap/h", [0, 1, 2, 3])
    number = page.locator(".tile[data-method=gradient] .measure-bar .number").first
    expect(number).to_have_text("0.50")
    answer(page, "kept/draft/d", [3, 2, 1, 0])
    expect(number).to_have_text("0.50")
    assert page.locator(".tile[data-method=gradient]").get_attribute("data-drawn") == "h"


def test_the_strip_shows_heatmaps_of_the_method_that_was_chosen_last(open_page: Open) -> None:
    other = METHOD | {"name": "occlusion", "title": "occlusion"}
    page = open_saliency(open_page, available=[METHOD, other])
    answer(page, "saliency/trail", TRAIL)
    page.get_by_role("button", name="occlusion").click()
    page.get_by_role("button", name="gradient").click()
    here = {"state": "none", "done": 0, "total": 0, "error": ""}
    answer(page, "&method=occlusion", here | {"heatmaps": {}})
    answer(page, "&method=gradient", here | {"heatmaps": {"2": {"key": "old"}}})
    assert page.locator(".samples [data-heatmap]").count() == 0


def compared(mean: float, state: str = "done") -> dict[str, Any]:
    one = {"mean": mean, "low": mean, "high": mean, "best": False, "samples": 1}
    table: dict[str, dict[str, Any]] = {name: {} for name in NUMBERS}
    return {"state": state, "done": 1, "total": 1, "error": "", "asked": 1, "methods": ["gradient"],
            "table": table | {"deletion": {"gradient": one}}}  # fmt: skip


def test_the_comparison_is_that_of_the_number_chosen_last(open_page: Open) -> None:
    page = open_page(
        "comparison", before=holding("saliency/comparison"),
        available=[METHOD], methods=["gradient"], samples=[50, 200], total=1_797,
    )  # fmt: skip
    page.locator("select").select_option("200")
    answer(page, "count=200", compared(0.25))
    answer(page, "count=50", compared(0.75, "running"))
    expect(page.locator("tbody .mean")).to_have_text("0.25")
    assert page.locator(".comparison").get_attribute("data-state") == "done"


def test_until_the_first_heatmap_is_there_one_line_says_so(open_page: Open) -> None:
    page = open_saliency(open_page)
    unasked = {"state": "waiting", "heatmaps": [None], "fraction": 0}
    answer(page, "saliency/1?", heatmaps("heatmap", "h", **unasked) | {"probabilities": None, "target": -1})
    computing = page.locator(".choosers > [role=status]")
    expect(computing).to_be_visible()
    for words in ("queued", "being measured", "predicted", "Why", "and not"):
        expect(page.get_by_text(words, exact=True).filter(visible=True)).to_have_count(0)
    answer(page, "saliency/1?", heatmaps("heatmap", "h"))
    expect(computing).to_be_hidden()
    expect(page.locator(".choosers select").first).to_be_visible()


def test_a_text_can_be_read_before_its_heatmap_is_there(open_page: Open) -> None:
    page = open_saliency(open_page, kind="text")
    unasked = {"state": "waiting", "heatmaps": [None], "fraction": 0}
    text = {"content": {"words": ["rather", "dull"], "is_apart": [False, True]}, "probabilities": None, "target": -1}
    answer(page, "saliency/1?", heatmaps("heatmap", "h", **unasked) | text)
    expect(page.locator(".weights.running")).to_have_text("rather dull")
