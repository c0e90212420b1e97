"""The review by itself: how likely a label is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from browser.components import REVIEW, Open, open_review, press_fast, wait_for_probability, wait_for_state
from browser.fake_study import FakeStudy
from browser.held import answer, holding, wait_until_asked
from browser.looking import saved, shown_row
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def measured(page: Page) -> list[str]:
    words = page.locator(".facts .measure").first.evaluate(
        "(node) => [node.previousSibling, ...node.children].map((one) => one.textContent)"
    )
    return [word for word in words if word]


def test_the_probability_of_an_error_stands_beside_the_score_once_it_is_known(open_page: Open, fake: FakeStudy) -> None:
    row = fake.open_rows()[0]
    fake.score[row] = 1 / (1 + np.exp(-9.0))  # beyond the end of the curve
    page = open_review(open_page)
    wait_for_probability(page)
    assert measured(page) == ["P(label error)", "98 % (90 – 100 %)", "score 1.00"]
    assert "P(label error): 98 % (90 % interval: between 90 and 100 %)." in (
        page.locator(".measure").first.get_attribute("title") or ""
    )


def test_where_little_is_known_the_range_stands_alone(open_page: Open, fake: FakeStudy) -> None:
    row = fake.open_rows()[0]
    fake.score[:] = np.minimum(fake.score, 0.45)
    fake.score[row] = 0.5
    page = open_review(open_page)
    wait_for_probability(page)
    assert measured(page) == ["P(label error)", "20 – 75 %", "score 0.50"]
    assert "Few labels with such scores" in (page.locator(".measure").first.get_attribute("title") or "")


def test_a_decided_label_is_not_likely_anything(review: Page) -> None:
    wait_for_probability(review)
    (row,) = press_fast(review, "k")
    saved(review)
    review.get_by_role("button", name=f"{row} kept").click()
    review.wait_for_selector(f".label-review[data-row='{row}']")
    assert measured(review)[0] == "label error score" and len(measured(review)) == 2


def test_without_probabilities_the_label_error_score_is_shown_as_before(open_page: Open, fake: FakeStudy) -> None:
    nothing = {"version": 0, "scoreLogit": [], "mean": [], "low": [], "high": []}
    page = open_page("review", **REVIEW)
    page.route("**/error_probability", lambda route: route.fulfill(json=nothing))
    with page.expect_response("**/error_probability"):
        page.reload()
    page.wait_for_selector(".label-review[data-place=one]")
    assert measured(page) == ["label error score", f"{fake.card(shown_row(page))['score']:.2f}"]


def test_what_was_saved_while_the_curve_was_on_its_way_is_asked_for_after_it(open_page: Open, fake: FakeStudy) -> None:
    page = open_review(open_page, before=holding("error_probability"))
    wait_until_asked(page, "error_probability")
    before = fake.error_probability()
    page.keyboard.press("k")
    wait_for_state(page, "saved")
    answer(page, "error_probability", before)
    answer(page, "error_probability", fake.error_probability() | {"low": [0.0, 0.3, 0.95]})
    assert "score" in measured(page)[-1]
