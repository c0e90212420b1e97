"""The review in a real Chromium: groups, models that learn, why, the way to the map."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser import maps
from browser.looking import (
    ON_DIGITS,
    Known,
    Look,
    Serve,
    ask,
    complaints,
    current_decisions,
    open_review,
    saved,
    shown_row,
    study_key,
    until,
)
from browser.running import RunningDashboard
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_models_learn_in_the_background_and_the_sample_on_screen_stays(
    look: Look, serve: Serve, tmp_path: Path
) -> None:
    """Decide until a refit is due and taken over: what is on screen stays, what follows is in the new order."""
    dashboard = serve("digits")
    page = open_review(look, dashboard)
    words = page.locator(".strip .refit-words")
    assert words.inner_text() == "" and words.get_attribute("role") == "status"

    def decide() -> int:
        row = shown_row(page)
        # Not so of the random checks.
        takes_suggestion = page.locator(".label-review .keys .row").inner_text().startswith("Enter")
        page.keyboard.press("Enter" if takes_suggestion else "k")
        until(page, lambda: shown_row(page) != row, "the next sample")
        saved(page)
        return row

    decided = [decide() for _ in range(26)]

    def shown() -> tuple[int, str, str | None]:
        picture = page.locator(".label-review .one .frame img").first.get_attribute("src")
        # What the answers so far teach of labels with its score may change: that is an estimate, not its evidence.
        evidence = re.sub(r"P\(label error\)\n.*", "", page.locator(".label-review .evidence").inner_text())
        return shown_row(page), evidence, picture

    # The probability follows the sample: with it the score stands beside, without it in its place.
    expect(page.locator(".label-review .facts .measure").first).to_have_attribute("title", re.compile("."))
    before = shown()
    learned = until(page, lambda: (now := ask(page, dashboard, "queue?limit=40"))["refit"]["refits"] and now, "a refit")
    assert learned["refit"]["corrections"] >= 20 and not learned["refit"]["error"]
    assert shown() == before
    # The word comes with the answer to the next decision, and so does the new order.
    decided.append(decide())
    assert decided[-1] == before[0]
    expect(words).to_have_text(re.compile(r"^Ranking refitted after \d+ corrections$"))
    after_next = shown_row(page)
    decided.append(decide())
    order = [card["row"] for card in ask(page, dashboard, "queue?limit=12")["cards"]]
    assert shown_row(page) in order and after_next not in order
    decided += [decide() for _ in range(5)]
    assert len(set(decided)) == len(decided)
    page.keyboard.press("u")
    until(page, lambda: shown_row(page) == decided[-1], "the sample that was decided last")
    saved(page)
    assert len(current_decisions(tmp_path / "digits.margin")) == len(decided) - 1


def test_why_explains_the_sample_on_screen_and_what_was_decided_about_others_like_it(look: Look, serve: Serve) -> None:
    """By key in the review, by a button beside the map; the numbers are those of the route."""
    dashboard = serve("fashion")
    page = open_review(look, dashboard)
    row = shown_row(page)
    near = [one["row"] for one in ask(page, dashboard, f"evidence/{row}")["neighbors"][:2]]
    for other in near:
        page.request.post(
            f"{dashboard.address}/margin/{study_key(page)}/decisions",
            data={"client": "other", "reviewer": "bo", "decisions": [
                {"seq": other + 1, "row": other, "verdict": "keep", "at": "2026-11-22T01:02:03Z"}
            ]},
            headers={"X-Margin": "1"},
        )  # fmt: skip
    page.keyboard.press("w")
    dialog = page.locator("dialog.why")
    expect(dialog.locator(".neighbor-votes")).to_be_visible()
    why = ask(page, dashboard, f"evidence/{row}")
    assert {one["row"] for one in why["similar"]} >= set(near)
    expect(dialog.locator(".similar-decisions li")).to_have_count(len(why["similar"]))
    expect(dialog.locator(".why-summary p").first).to_contain_text(f"{why['score']:.2f}")
    shares = dialog.locator(".neighbor-votes .number").all_inner_texts()
    assert shares[0] == f"{round(100 * why['neighbors'][0]['share'])} %"
    assert complaints(page) == set()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    assert shown_row(page) == row

    page.locator(".small-map").click()
    page.wait_for_selector(f".panel[data-state=ready][data-row='{row}']")
    page.locator(".panel [data-act=explain]").click()
    expect(page.locator("dialog.why").locator(".neighbor-votes")).to_be_visible()


@ON_DIGITS
def test_a_small_map_leads_to_the_map(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = open_review(look, untouched)
    row = shown_row(page)
    page.locator(".small-map").click()
    page.wait_for_selector(f".panel[data-state=ready][data-row='{row}']")
    page.wait_for_selector(f".map[data-painted='{study.n}']")
    until(page, lambda: maps.is_ringed(page, row), "the ring on the map")
