"""A study of texts in a real Chromium: wherever a picture would be seen, the text is read."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import pytest
from browser.looking import Look, ask, complaints, open_review, saved, shown_row, wait_until_idle
from browser.running import RunningDashboard
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="document.title=1"> **bold** '
SUBJECTS = {"sport": ("The goalkeeper", "Our striker", "The coach"), "money": ("The bank", "A fund", "The auditor")}
VERBS = {"sport": ("scored late", "missed a penalty", "ran home"), "money": ("sold shares", "raised rates", "fell")}
TIMES = ("on Monday", "in the rain", "before noon", "after the break", "as expected", "against all odds", "once more")


def texts() -> list[tuple[str, str]]:
    """Write 120 texts of two classes, 6 of them under the label of the other, every tenth with markup in front."""
    classes = list(SUBJECTS)
    written = []
    for number in range(120):
        name = classes[number % 2]
        subject, verb, time = (part[number // 2 % len(part)] for part in (SUBJECTS[name], VERBS[name], TIMES))
        label = classes[1 - number % 2] if number % 20 == 7 else name
        more = " ".join(f"{verb} {time}," for _ in range(number % 7 + 2))
        written.append((label, f"{HOSTILE if number % 10 == 7 else ''}{subject} {more} number {number}."))
    return written


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDashboard]:
    folder = tmp_path_factory.mktemp("texts")
    source = folder / "news.csv"
    with source.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("label", "text"), *texts()])
    running = RunningDashboard(source, folder, "--workspace", folder / "news.margin")
    yield running
    running.stop()


ALL = tuple(text for _, text in texts())
"""By row."""


def test_a_sample_is_read_wherever_a_picture_would_be_seen(look: Look, dashboard: RunningDashboard) -> None:
    page = look(dashboard, "map")
    offer = page.locator(".panel .offer").first
    offer.wait_for()
    row = next(int(card["row"]) for card in ask(page, dashboard, "queue?limit=5")["cards"] if not card.get("sampled"))
    assert_parts(offer.locator(".excerpt"), ALL[row])
    offer.click()
    page.wait_for_selector(f".panel[data-row='{row}']")
    expect(page.locator(".panel .prose")).to_have_text(ALL[row])
    first = ask(page, dashboard, f"cards?rows={row}")["cards"][0]["neighbors"][0]
    assert_parts(page.locator(".panel .evidence .neighbor .excerpt").first, ALL[first["row"]])
    assert complaints(page) == set()
    page.goto(f"{dashboard.address}/prototypes")
    assert_begins(page.locator(".prototypes[data-state=ready] .item .excerpt").first, *ALL)
    page.goto(f"{dashboard.address}/boundary")
    assert_begins(page.locator(".boundary[data-state=ready] .item .excerpt").first, *ALL)
    assert page.locator("img[src^='http']").count() == 0
    assert page.title() != "1"


def test_the_review_shows_texts_of_neighbors_decisions_and_groups(look: Look, dashboard: RunningDashboard) -> None:
    page = open_review(look, dashboard)
    row = shown_row(page)
    expect(page.locator(".label-review .prose")).to_have_text(ALL[row])
    expect(page.locator(".label-review .neighbor .excerpt").first).not_to_be_empty()
    page.keyboard.press("k")  # A random check takes no Enter.
    assert_begins(page.locator(".history-item .excerpt").first, ALL[row])
    saved(page)
    page.keyboard.press("g")
    assert_parts(page.locator(".member .read").first, *ALL)
    page.goto(dashboard.address)
    wait_until_idle(page)
    likely = page.get_by_test_id("stMain").get_by_role("button").filter(has_text="→").filter(has_text="number")
    expect(likely.first).to_be_visible()


def assert_begins(excerpt: Locator, *whole: str) -> None:
    expect(excerpt).not_to_be_empty()
    shown = (excerpt.text_content() or "").removesuffix("…")
    assert len(shown) > 40 and any(text.startswith(shown) for text in whole), shown


def assert_parts(read: Locator, *whole: str) -> None:
    """Assert that nothing but parts of one of some texts is read, in their order."""
    expect(read).not_to_be_empty()
    parts = [part.strip() for part in (read.text_content() or "").split("…") if part.strip()]
    assert sum(map(len, parts)) > 40, parts
    assert any(re.search(".*".join(map(re.escape, parts)), text) for text in whole), parts
