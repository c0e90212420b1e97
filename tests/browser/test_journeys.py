"""A table and texts in a real Chromium, from `margin open FILE` to a file that holds the decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from browser.looking import (
    PATIENCE,
    Look,
    complaints,
    downloaded,
    go,
    in_letters,
    saved,
    shown_row,
    until,
    wait_until_idle,
    wider_than_the_screen,
)
from browser.running import RunningDashboard
from dashboard.views.export import EXPORT
from dashboard.views.export import wording as export_wording
from dashboard.views.label_review import LABEL_REVIEW
from dashboard.views.saliency import SALIENCY
from dashboard.views.variable_importance import VARIABLE_IMPORTANCE
from dashboard.views.variable_importance import wording as importance_wording
from margin_core.study import open_source

pytestmark = pytest.mark.browser

SAMPLES, EVERY, DECISIONS = 320, 20, 10
"""Every twentieth label is wrong, and ten samples are reviewed."""

CLASSES = ("ham", "spam")
WORDS = {"ham": "lunch home tomorrow sorry meet thanks", "spam": "prize claim urgent winner cash txt"}
ANYWHERE = "you now please the call to and our reply"
TRUTH = [CLASSES[number % 2] for number in range(SAMPLES)]
GIVEN = [CLASSES[1 - number % 2] if number % EVERY == 7 else name for number, name in enumerate(TRUTH)]


def texts() -> pd.DataFrame:
    random = np.random.default_rng(0)
    column = [" ".join(random.choice([*WORDS[name].split(), *ANYWHERE.split()], 9)) for name in TRUTH]
    return pd.DataFrame({"text": column, "label": GIVEN})


def table() -> pd.DataFrame:
    random, is_spam = np.random.default_rng(0), np.array([name == "spam" for name in TRUTH])
    sender = np.where(is_spam ^ (random.random(SAMPLES) < 0.05), "new", "known")
    noise = random.normal(size=(3, SAMPLES)).round(3)
    return pd.DataFrame({
        "links": (noise[0] + 3 * is_spam).round(3), "hour": noise[1], "length": noise[2], "sender": sender,
        "device": random.choice(["phone", "web", "desk"], SAMPLES), "label": GIVEN,
    })  # fmt: skip


@dataclass(frozen=True)
class Journey:
    """A file that is opened, and what a user should find in it.

    Attributes
    ----------
    dashboard : RunningDashboard
    contents : list of str
        Something that is read of each sample.
    telling : frozenset of str
        Words or columns that the classes depend on.
    """

    dashboard: RunningDashboard
    contents: list[str]
    telling: frozenset[str]


@pytest.fixture(params=["texts", "table"])
def journey(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journey]:
    is_text = request.param == "texts"
    samples, column = (texts(), "text") if is_text else (table(), "links")
    samples.to_csv(tmp_path / f"{request.param}.csv", index=False)
    dashboard = RunningDashboard(tmp_path / f"{request.param}.csv", tmp_path)
    telling = " ".join(WORDS.values()).split() if is_text else ["links", "sender"]
    yield Journey(dashboard, samples[column].astype(str).tolist(), frozenset(telling))
    dashboard.stop()


def test_from_a_file_through_review_saliency_and_variable_importance_to_an_export(
    journey: Journey, look: Look, tmp_path: Path
) -> None:
    page = look(journey.dashboard)
    page.get_by_test_id("stMetric").first.wait_for(timeout=2 * PATIENCE)
    go(page, LABEL_REVIEW)
    decided = review(page, journey.contents)
    go(page, SALIENCY)
    assert heaviest_part(page) in journey.telling
    go(page, VARIABLE_IMPORTANCE)
    assert nullify_the_first_variable(page) in journey.telling
    go(page, EXPORT)
    check_exports(page, decided, tmp_path)


def review(page: Page, contents: list[str]) -> list[int]:
    """Decide about the first of the queue as one who knows better, and return their rows."""
    page.wait_for_selector(".label-review[data-place=one]")
    rows = []
    for _ in range(DECISIONS):
        row = shown_row(page)
        expect(page.locator(".label-review .stage")).to_contain_text(contents[row])
        expect(page.locator(".label-review .neighbor").first.locator(":is(.excerpt mark, .cell)").first).to_be_visible()
        page.keyboard.press("k" if GIVEN[row] == TRUTH[row] else "r")
        rows.append(row)
        until(page, lambda row=row: shown_row(page) != row, "the next sample")
    saved(page)
    assert sum(GIVEN[row] != TRUTH[row] for row in rows) >= DECISIONS // 2  # a random check stands here and there
    return rows


def heaviest_part(page: Page) -> str:
    """Return the word or the column that the prediction for the first suspect depends on most."""
    page.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    columns, words = page.locator(".saliency .weight:not(.head) .name"), page.locator(".saliency .word")
    columns.or_(words).first.wait_for()
    if columns.count():
        return columns.first.inner_text()  # the most important first
    shares = words.evaluate_all("all => all.map((one) => Number(one.style.getPropertyValue('--share')))")
    return words.nth(int(np.argmax(shares))).inner_text()


def nullify_the_first_variable(page: Page) -> str:
    """Rank by RATE, assume that its first variable has no effect, by a click on its bar, and return the name."""
    bars, names = page.locator(".js-plotly-plot .bars .point path"), page.locator(".js-plotly-plot .ytick text")
    bars.first.wait_for(timeout=4 * PATIENCE)
    wait_until_idle(page)
    assert complaints(page) == set() and wider_than_the_screen(page) == []
    page.get_by_role("combobox", name=importance_wording.MEASURE).click()
    page.get_by_role("option", name=importance_wording.MEASURES["importance"]).click()
    expect(page.get_by_role("heading", name=importance_wording.MEASURES["importance"])).to_be_visible()
    wait_until_idle(page)
    first = (names.first.text_content() or "").partition("=")[0]  # of a category, the value that counts is named, too
    bars.first.click(force=True)  # Plotly lays a rectangle over all bars, which passes the click on.
    expect(page.get_by_test_id("stMultiSelect").get_by_text(first, exact=True)).to_be_visible()
    until(page, lambda: first not in " ".join(names.all_text_contents()).replace("=", " ").split(), "a new ranking")
    return first


def check_exports(page: Page, rows: list[int], folder: Path) -> None:
    """Find the decisions on some rows in the corrected labels and in the log."""
    wrong = [row for row in rows if GIVEN[row] != TRUTH[row]]
    changes = export_wording.changes(len(wrong), 0, len(rows) - len(wrong))
    expect(page.get_by_text(in_letters(changes))).to_be_visible()
    corrected = downloaded(page, "CSV", 0, folder / "corrected.csv")
    labels = [TRUTH[row] if row in wrong else name for row, name in enumerate(GIVEN)]
    held = pd.read_csv(corrected)
    assert held["label"].tolist() == labels and np.flatnonzero(held["verdict"].notna()).tolist() == sorted(rows)
    read = open_source(corrected).study
    assert [read.class_names[label] for label in read.labels] == labels
    log = pd.read_json(downloaded(page, "JSON lines", 0, folder / "log.jsonl"), lines=True)
    assert log["sample_id"].astype(int).tolist() == rows
    assert log["new_label"].tolist() == [TRUTH[row] for row in rows]
