"""A counterfactual by itself: answers that come late, and whoever goes on meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from browser.components import Open, states
from browser.held import answer, begin, holding, is_asked
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def counterfactual(row: int) -> dict[str, Any]:
    return {
        "row": row, "id": str(row), "excerpt": "", "given": 0, "start": 0, "end": 1, "likelier": None, "margin": 0.4,
        "times": [0, 1, 1.2], "probabilities": [[0.7, 0.3], [0.5, 0.5], [0.4, 0.6]], "outside": [0, 0, 0],
        "gaps": {"first_order": 0, "integrated": 0}, "ratio": 1, "reconstruction": 0, "residual": 0, "trainedOn": False,
    }  # fmt: skip


def open_counterfactual(open_page: Open) -> Page:
    return open_page(
        "counterfactual", before=holding("counterfactual/"),
        row=1, near=[{"row": row, "id": str(row), "excerpt": ""} for row in (1, 2, 3)], trained=[True] * 10,
        surrogate={"agreement": None, "accuracy": None},
        space="model", trainingLabels="labels", hasPictures=False,
    )  # fmt: skip


def choose(page: Page, row: int) -> None:
    page.get_by_role("button", name=f"sample {row}").click()


def test_the_path_of_the_sample_chosen_last_stays(open_page: Open) -> None:
    page = open_counterfactual(open_page)
    begin(page, "counterfactual/1?", counterfactual(1))
    choose(page, 2)
    answer(page, "counterfactual/2?", counterfactual(2))
    answer(page, "counterfactual/1?", counterfactual(1))
    assert page.locator(".counterfactual").get_attribute("data-row") == "2"


def test_who_goes_on_while_python_answers_stays_there(open_page: Open) -> None:
    page = open_counterfactual(open_page)
    answer(page, "counterfactual/1?", counterfactual(1))
    choose(page, 2)
    choose(page, 3)
    answer(page, "counterfactual/2?", counterfactual(2))
    answer(page, "counterfactual/3?", counterfactual(3))
    page.evaluate("window.run({ row: 2 })")
    page.evaluate("window.run({ row: 3 })")
    assert [one["row"] for one in states(page, "picked")] == [2, 3]
    assert not is_asked(page, "counterfactual/")
    assert page.locator(".near [aria-pressed=true]").get_attribute("aria-label") == "sample 3"
    page.evaluate("window.run({ row: 2 })")  # chosen elsewhere: that is news
    answer(page, "counterfactual/2?", counterfactual(2))
    assert page.locator(".counterfactual").get_attribute("data-row") == "2"


def test_what_is_asked_of_the_pair_is_asked_of_the_sample_on_screen(open_page: Open) -> None:
    page = open_counterfactual(open_page)
    answer(page, "counterfactual/1?", counterfactual(1))
    choose(page, 2)
    page.locator("[data-act=pair]").click()
    assert (states(page, "action")[0]["row"], states(page, "action")[0]["pair"]) == (1, [0, 1])
