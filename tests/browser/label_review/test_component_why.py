"""The review by itself: why a sample is suspect."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.components import REVIEW, Open, in_focus, open_review, wait_for_probability
from browser.fake_server import FakeServer
from browser.fake_study import FakeStudy
from browser.looking import shown_row
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def open_why(page: Page) -> Any:
    page.keyboard.press("w")
    page.wait_for_selector(".why .neighbor-votes")
    return page.locator("dialog.why")


def test_why_is_asked_for_by_its_key_and_says_what_the_server_says(review: Page, fake: FakeStudy) -> None:
    row = shown_row(review)
    assert "evidence" not in fake.requests
    dialog = open_why(review)
    why = fake.evidence(row)
    given, suggested = (fake.class_names[why[name]] for name in ("label", "suggested"))
    assert dialog.get_by_role("heading", level=2).inner_text() == f"Why #{row}"
    assert dialog.locator(".why-summary p").first.inner_text() == (
        f"Label error score 0.60: all sources of evidence together give “{suggested}” 0.44 and “{given}” 0.44; "
        f"“{suggested}” is labeled “{given}” 1.5 times as often as one class is for another on average."
    )
    assert dialog.locator(".sum").inner_text() == "0.44 × 1.50 / (0.44 × 1.50 + 0.44) = 0.60"
    sources = [line.split() for line in dialog.locator(".sources tbody tr").all_inner_texts()]
    assert sources[0][-4:] == ["%", "0.30", "0.60", "0.10"]
    assert sources[2][-5:] == ["no", "weight", "0.90", "0.10", "0.00"]
    assert sources[3] == ["all", "together", "0.44", "0.44", "0.05"]
    votes = dialog.locator(".neighbor-votes tbody tr")
    first, second = (votes.nth(place).inner_text() for place in (0, 1))
    assert f"#{why['neighbors'][0]['id']}" in first and "18 %" in first and "→" not in first
    label = fake.class_names[why["neighbors"][1]["label"]]
    assert f"{given} instead of {label}: 0.60 → 0.31" in second
    assert "reviewed" in votes.nth(2).inner_text()
    assert dialog.locator(".similar-decisions li").count() == 3
    text = dialog.locator("section").nth(2).inner_text()
    assert f"2 of 3 similar samples were relabeled to {suggested}." in text
    assert f"7 decided samples given {given} with the suggestion {suggested}: 5 relabeled so, 2 kept." in text
    assert "grace, 21 Nov" in text


def test_why_takes_no_decisions_and_gives_the_focus_back(review: Page, fake: FakeStudy) -> None:
    skip = review.locator(".keys").get_by_role("button", name="skip")
    skip.focus()
    dialog = open_why(review)
    for key in ("k", "s", "x", "1", "Enter"):
        if key != "Enter":
            review.keyboard.press(key)
    assert "Close" in in_focus(review)
    for _ in range(30):
        review.keyboard.press("Tab")
        inside = "window.place.querySelector('.why').contains(window.place.activeElement)"
        assert review.evaluate(inside) or in_focus(review) == ""  # or the browser's own window, never the review
    review.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert "Skip" in in_focus(review)
    open_why(review)
    review.keyboard.press("w")
    assert not dialog.is_visible()
    assert fake.record == []


def test_why_and_the_page_state_one_probability_that_of_the_newer_answer(review: Page, fake: FakeStudy) -> None:
    wait_for_probability(review)
    fact = review.locator(".facts .measure").first
    assert "score 0.60" not in fact.inner_text()
    newer = fake.error_probability() | {"version": 7, "mean": [0.01, 0.5, 0.98], "low": [0.0, 0.4, 0.9]}
    fake.error_probability = lambda: newer  # type: ignore[method-assign]
    dialog = open_why(review)
    expect(fact).to_contain_text("score 0.60")
    text = (fact.get_attribute("title") or "").partition(" The label error score")[0]
    assert "53 %" in text and dialog.locator(".why-summary").inner_text().count(text) == 1
    review.keyboard.press("Escape")
    expect(fact).to_contain_text("score 0.60")


def test_why_answers_when_it_is_opened_again_at_once(review: Page) -> None:
    dialog = open_why(review)
    review.evaluate(
        """() => {
          const why = window.place.querySelector("dialog.why");
          why.close();
          const key = new KeyboardEvent("keydown", { key: "w", bubbles: true, composed: true });
          window.place.querySelector(".keys button").dispatchEvent(key);
        }"""
    )
    review.wait_for_selector(".why .neighbor-votes")
    assert dialog.is_visible()


def test_why_leads_to_a_neighbor_and_shows_the_rest_of_them(review: Page, fake: FakeStudy) -> None:
    row = shown_row(review)
    dialog = open_why(review)
    assert dialog.locator(".neighbor-votes tbody tr:visible").count() == 5
    dialog.get_by_role("button", name="show 5 more").click()
    assert dialog.locator(".neighbor-votes tbody tr:visible").count() == 10
    other = fake.evidence(row)["neighbors"][6]
    dialog.locator(f".neighbor-votes button[aria-label*=' {other['id']}, ']").first.click()
    review.wait_for_selector(f".label-review[data-row='{other['row']}']")
    assert not dialog.is_visible()
    review.keyboard.press("Escape")
    review.wait_for_selector(f".label-review[data-row='{row}']")


UNUSUAL: list[tuple[dict[str, Any], str]] = [
    (
        {"label": -1, "given": -1, "score": 0.0, "suspectNeighbors": 0},
        "It has no label. All sources of evidence together give “",
    ),
    ({"suggested": -1, "score": 0.0}, "There is no other class."),
    ({"isolated": True, "neighbors": [], "voting": 0}, "This sample has no usable features"),
    ({"neighbors": [], "voting": 0, "suspectNeighbors": 0}, "None: no neighbor has a label."),
    ({"ranksTheQueue": False}, "The queue is ranked by the score that you chose"),
    ({"similar": [], "decidedAlike": None}, "Nobody has decided on a sample like this one yet."),
    ({"label": 9, "given": 0, "classes": [9, 1, 2], "suggested": 1}, "It is labeled 9 now; it was given 0."),
]


@pytest.mark.parametrize(("changes", "words"), UNUSUAL)
def test_why_of_an_unusual_sample(review: Page, fake: FakeStudy, changes: dict[str, Any], words: str) -> None:
    answer = fake.evidence(shown_row(review)) | changes
    fake.evidence = lambda row: answer  # type: ignore[method-assign]
    review.keyboard.press("w")
    expect(review.locator(".why")).to_contain_text(words, use_inner_text=True, timeout=20_000)


@pytest.mark.parametrize(
    ("kind", "short"), [("values", "petal length 1.4 · petal width"), ("text", "The aeroplane landed")]
)
def test_why_without_pictures(open_page: Open, server: FakeServer, kind: str, short: str) -> None:
    server.study = FakeStudy(n=200, suspects=5, kind=kind)
    page = open_review(open_page, kind=kind)
    asked: list[str] = []  # By this page, not by one of another test that is being closed.
    page.on("request", lambda request: asked.append(request.url))
    dialog = open_why(page)
    assert dialog.locator(".neighbor-votes .short").first.inner_text().startswith(short)
    assert dialog.locator("img").count() == 0
    assert any("/evidence/" in url for url in asked)
    assert not any("/picture/" in url for url in asked)


def test_why_waits_for_a_server_that_is_away(review: Page, server: FakeServer) -> None:
    server.stop()
    review.keyboard.press("w")
    review.locator(".why [data-act=again]").wait_for()
    server.start()
    review.locator(".why [data-act=again]").click()
    review.wait_for_selector(".why .neighbor-votes")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_why(open_page: Open, theme: str) -> None:
    page = open_page("review", theme=theme, **REVIEW)
    page.wait_for_selector(".label-review[data-place=one]")
    open_why(page)
    assert Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"] == []
