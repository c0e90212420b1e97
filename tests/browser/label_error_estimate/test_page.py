"""How many wrong labels are left, from the first suspect until one can stop."""

from __future__ import annotations

import re

import numpy as np
import pytest
from browser.looking import (
    Look,
    Serve,
    any_numbers,
    current_decisions,
    go,
    in_letters,
    log,
    numbers_in,
    open_review,
    saved,
    shown_row,
    until,
)
from browser.running import BUNDLED
from playwright.sync_api import expect

from dashboard.views.label_error_estimate import LABEL_ERROR_ESTIMATE, wording
from margin_core.tasks.label_flips.rankings import RANKINGS

pytestmark = pytest.mark.browser


def test_from_the_first_suspect_to_knowing_how_many_are_left(look: Look, serve: Serve) -> None:
    """Thirty labels by key, three of them random checks; then the bound, the diagram, and the planted-error test."""
    dashboard = serve("digits")
    page = open_review(look, dashboard)
    for _ in range(30):
        row = shown_row(page)
        page.keyboard.press("Enter" if page.locator(".keys .next").count() else "k")
        until(page, lambda row=row: shown_row(page) != row, "the next sample")
    expect(page.locator(".label-review .connection[data-state=saved]")).to_be_visible()
    # Three random checks say nothing of the others yet.
    expect(page.locator(".label-review .remaining")).to_have_text(re.compile(r"^\d+\D*$"))
    numbers = numbers_in(page.locator(".label-review .remaining").inner_text())

    page.get_by_role("link", name=LABEL_ERROR_ESTIMATE.title).click()
    expect(page.get_by_role("heading", name=wording.TITLE)).to_be_visible()
    tiles = page.get_by_test_id("stMetricValue")
    expect(tiles).to_have_count(3)
    found, most = tiles.nth(1).inner_text(), tiles.nth(2).inner_text()
    assert numbers == [int(found)]
    assert int(found) >= 20 and most == wording.LEFT_UNKNOWN
    expect(page.get_by_text(wording.bounded_by_checks(3))).to_be_visible()
    expect(page.get_by_text(in_letters(wording.found_in(int(found), 30)))).to_be_visible()
    expect(page.get_by_text(any_numbers(wording.brier(0.123, 0.456, 0.5)))).to_be_visible()
    # The yield curve, its lines named beside them, and the reliability diagram.
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    for name in ("best possible", "expected", "at random"):
        expect(page.locator(".js-plotly-plot .annotation-text").filter(has_text=name)).to_be_visible()
    page.get_by_text(wording.WITH_TRUTH).click()
    expect(page.locator(".annotation-text").filter(has_text=list(RANKINGS)[1])).to_be_visible()

    page.get_by_role("button", name=wording.PLANT).click()
    expect(
        page.get_by_text(re.compile(r"Of 100 planted label errors \d+ are in the first 5 % of the queue"))
    ).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(3)


def test_from_the_first_suspect_to_stop(look: Look, serve: Serve) -> None:
    """Every suspect decided by key as it truly is, then random checks, until the page says that one can stop."""
    dashboard = serve("digits")
    with np.load(BUNDLED / "digits/truth.npz") as truth_file, np.load(BUNDLED / "digits/study.npz") as source:
        truth, given = truth_file["labels"], source["labels"]
    page = look(dashboard, "estimate")
    expect(page.get_by_text(wording.SUSPECTS_FIRST)).to_be_visible()
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="5 %", exact=True).click()
    page.get_by_role("button", name=wording.GO_ON).click()
    page.wait_for_selector(".label-review[data-place=one]")

    def decide_all() -> int:
        """Decide what is on screen, until there is nothing more or the review pauses."""
        made, last = 0, -1
        while True:
            row, place = page.locator(".label-review").evaluate(
                "one => [Number(one.dataset.row ?? -1), one.dataset.place]"
            )
            if place == "empty":
                break
            if place != "one" or row == last:
                page.wait_for_timeout(20)
                continue
            page.keyboard.press("k" if truth[row] == given[row] else str(truth[row]))
            made, last = made + 1, row
        saved(page)
        return made

    suspects = decide_all()
    expect(page.locator(".empty[data-enough=false]")).to_be_visible()
    *_, missing, _, goal = numbers_in(page.locator(".empty p").inner_text())  # with 95 % confidence
    assert goal == 89
    page.keyboard.press("c")
    page.wait_for_selector(".label-review[data-place=one]")
    expect(page.locator(".counts .beyond")).to_be_visible()
    checks = decide_all()
    expect(page.locator(".empty[data-enough=true]")).to_be_visible()
    # What comes back from the server a moment later pauses it: a few keys were faster.
    assert missing <= checks <= missing + 41

    workspace = dashboard.folder / "digits.margin"
    decisions = log(workspace)
    # A key that comes as the review pauses decides nothing.
    assert suspects + checks - 1 <= len(decisions) <= suspects + checks
    # Models that were fitted again meanwhile may suspect a few more.
    assert sum(decision.sampled for decision in decisions[suspects:]) >= max(missing, 0.9 * checks)
    assert sum(decision.sampled for decision in decisions[:suspects]) >= suspects // 10 - 1
    go(page, LABEL_ERROR_ESTIMATE)
    sentence = page.get_by_text(any_numbers(wording.can_stop(1, 1797, 89)))
    expect(sentence).to_be_visible()
    most, labeled, confidence, goal = numbers_in(sentence.inner_text())
    assert (labeled, confidence, goal) == (1797, 95, 89)
    decided = [int(sample.removeprefix("digit-")) for sample in current_decisions(workspace)]
    left = (truth != given).sum() - (truth != given)[decided].sum()
    assert left <= most <= 89
