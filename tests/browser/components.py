"""What tests of single components share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from browser.fake_study import FakeStudy
from browser.looking import shown_row

REVIEW = {
    "reviewer": "ada",
    "explanation": "e1",
    "selection": None,
    "mode": "one",
    "kind": "picture",
    "unlabeled": 0,
    "threshold": 0.5,
}


Open = Callable[..., Page]


def open_review(open_page: Open, **changes: Any) -> Page:
    page = open_page("review", **{**REVIEW, **changes})
    page.wait_for_selector(".label-review[data-place=one]")
    return page


def wait_for_probability(page: Page) -> None:
    page.wait_for_function("window.place.querySelector('.facts .measure').title")


def states(page: Page, name: str) -> list[dict[str, Any]]:
    return [one["value"] for one in page.evaluate("window.states") if one["name"] == name]


def wait_for_state(page: Page, name: str, number: int = 1) -> dict[str, Any]:
    page.wait_for_function(f"window.states.filter((one) => one.name === '{name}').length >= {number}")
    return states(page, name)[-1]


def press_fast(page: Page, keys: str, pause: int = 50) -> list[int]:
    """Press at a steady pace; the rows that were on screen at each key."""
    rows = []
    for key in keys:
        rows.append(shown_row(page))
        page.keyboard.press("Enter" if key == "e" else key)
        page.wait_for_timeout(pause - 20)
    return rows


def check_record(fake: FakeStudy, rows: list[int], keys: str) -> None:
    verdicts = {"e": "relabel", "k": "keep", "s": "skip", "x": "exclude"}
    assert [one["row"] for one in fake.record] == rows
    assert [one["verdict"] for one in fake.record] == [verdicts[key] for key in keys]
    assert len(set(rows)) == len(rows)


def in_focus(page: Page) -> str:
    return str(page.evaluate("window.place.activeElement?.textContent ?? ''"))


GRID = {"selection": "all", "total": 1_797, "version": 1, "selected": None, "kind": "picture", "caption": "suggestion"}
