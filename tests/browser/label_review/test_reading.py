"""A study of texts and a study of rows in a real Chromium: what is marked is what the probe and the columns say."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from browser.looking import Look, ask, complaints, open_review, shown_row, wider_than_the_screen
from browser.running import RunningDashboard
from playwright.sync_api import Page, expect

from margin_core.evidence import ColumnPlaces, PlacedValue, WordEvidence
from margin_core.study import open_source

pytestmark = pytest.mark.browser

HOSTILE = "<script>document.title=1</script> =1+1"
WORDS = {"cat": "purr meow paw whisker tail", "dog": "bark fetch leash kennel tail"}
LONG, ARABIC = 24, 26
COLUMNS = 40


def write_texts(path: Path) -> None:
    """Write 160 texts of two classes, every twentieth under the other label; one long, one from right to left."""
    random = np.random.default_rng(0)
    rows = [("label", "text")]
    for number in range(160):
        name = ("cat", "dog")[number % 2]
        words = " ".join(random.choice([*WORDS[name].split(), "the", "house"], 8))
        text = {LONG: f"{'lorem ' * 900}{words} {'ipsum ' * 900}", ARABIC: f"مرحبا {words} 東京"}.get(number, words)
        rows.append((name if number % 20 != 4 else "dog", f"{HOSTILE} {text}" if number == 44 else text))
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


def write_rows(path: Path) -> None:
    """Write 160 rows of 40 numbers and a category, two classes, every twentieth under the other label."""
    random = np.random.default_rng(0)
    rows: list[list[str]] = [["label", *(f"column {number}" for number in range(COLUMNS)), "shade"]]
    for number in range(160):
        values = random.normal(0, 1, COLUMNS) + 3 * (number % 2)
        shade = HOSTILE if number == 44 else ("red", "blue")[number % 2]
        label = ("cat", "dog")[number % 2] if number % 20 != 4 else "dog"
        rows.append([label, *(f"{value:.3f}" for value in values), shade])
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


def write_dates(path: Path) -> None:
    """Write 120 rows of three columns and a date, two classes, every twentieth under the other label."""
    random = np.random.default_rng(0)
    rows = [["label", "sex", "pclass", "age", "booked"]]
    for number in range(120):
        side = number % 2
        day = np.datetime64("1912-01-01") + int(random.integers(0, 60)) + 30 * side
        age = random.normal(30 + 20 * side, 5)
        label = ("died", "survived")[side if number % 20 != 4 else 1 - side]
        rows.append([label, ("male", "female")[side], str(1 + 2 * side), f"{age:.0f}", str(day)])
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


@pytest.fixture(scope="module")
def dates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDashboard]:
    yield from running(tmp_path_factory.mktemp("dates") / "dates.csv", write_dates)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDashboard]:
    yield from running(tmp_path_factory.mktemp("texts") / "texts.csv", write_texts)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDashboard]:
    yield from running(tmp_path_factory.mktemp("rows") / "rows.csv", write_rows)


def running(source: Path, write: Callable[[Path], None]) -> Iterator[RunningDashboard]:
    write(source)
    dashboard = RunningDashboard(source, source.parent, "--workspace", source.with_suffix(".margin"))
    yield dashboard
    dashboard.stop()


def look_at(page: Page, dashboard: RunningDashboard, row: int) -> dict[str, object]:
    """Step through the queue to a suspect."""
    for _ in range(60):
        if shown_row(page) == row:
            break
        page.keyboard.press("ArrowRight")
    expect(page.locator(".label-review")).to_have_attribute("data-row", str(row))
    card: dict[str, object] = ask(page, dashboard, f"cards?rows={row}")["cards"][0]
    return card


def marked(page: Page, place: str) -> dict[str, float]:
    found: list[list[str]] = page.locator(f"{place} mark").evaluate_all(
        "(nodes) => nodes.map((node) => [node.textContent.toLowerCase(), node.dataset.weight])"
    )
    return {word: float(weight) for word, weight in found}


def test_the_words_that_are_marked_are_those_of_the_probe(look: Look, texts: RunningDashboard) -> None:
    page = open_review(look, texts)
    study = open_source(texts.source).study
    evidence = WordEvidence.from_study(study)
    assert evidence is not None
    card = look_at(page, texts, 44)
    given, suggested = int(study.labels[44]), 1 - int(study.labels[44])
    assert (card["given"], card["suggested"]) == (given, suggested)
    expect(page.locator(".label-review .prose")).to_have_text(str(study.inputs[44]))
    expected = evidence.marked_words(44, given, suggested)
    assert marked(page, ".label-review .prose") == pytest.approx(expected, abs=1e-3)
    # Never by color alone: the line below a word against the label is solid, one for it dashed.
    style = "(node) => getComputedStyle(node).textDecorationStyle"
    sides = {"for" if weight > 0 else "against" for weight in expected.values()}
    styles = {side: page.locator(f".label-review .prose mark.{side}").first.evaluate(style) for side in sides}
    assert styles["against"] == "solid" and styles.get("for", "dashed") == "dashed"
    legend = page.locator(".label-review .word-legend").inner_text()
    for side in sides:
        assert study.class_names[given if side == "for" else suggested] in legend
    neighbors = card["neighbors"]
    assert isinstance(neighbors, list)
    for place in range(3):
        other = int(neighbors[place]["row"])
        shared = evidence.shared_words(str(study.inputs[44]), str(study.inputs[other]))
        found = page.locator(".label-review .neighbor").nth(place).locator("mark").all_text_contents()
        assert {word.lower() for word in found} == set(shared)
    assert complaints(page) == set()
    assert page.title() != "1" and wider_than_the_screen(page) == []


def test_why_a_text_is_suspect_is_read_off_its_neighbors(look: Look, texts: RunningDashboard) -> None:
    page = open_review(look, texts)
    study = open_source(texts.source).study
    evidence = WordEvidence.from_study(study)
    assert evidence is not None
    look_at(page, texts, 44)
    page.keyboard.press("w")
    read = page.locator(".why .neighbor-votes .read")
    expect(read.first).to_be_visible()
    for place, one in enumerate(ask(page, texts, "evidence/44")["neighbors"][:3]):
        shared = evidence.shared_words(str(study.inputs[44]), str(study.inputs[one["row"]]))
        assert {word.lower() for word in read.nth(place).locator("mark").all_text_contents()} == set(shared)
    assert complaints(page) == set()
    page.keyboard.press("Escape")


def test_the_most_likely_errors_are_offered_with_their_marked_words(look: Look, texts: RunningDashboard) -> None:
    page = look(texts, "map")
    offers = page.locator(".panel .offer")
    expect(offers.first.locator("mark").first).to_be_visible()
    assert complaints(page) == set()


def test_a_long_text_opens_from_around_its_marked_words(look: Look, texts: RunningDashboard) -> None:
    page = open_review(look, texts)
    study = open_source(texts.source).study
    look_at(page, texts, LONG)
    prose = page.locator(".label-review .prose")
    assert len(prose.text_content() or "") < 2_000 and prose.locator("mark").count() > 0
    page.locator(".label-review .unfold").click()
    expect(prose).to_have_text(str(study.inputs[LONG]))


def test_a_page_of_texts_is_read_in_lines(look: Look, texts: RunningDashboard) -> None:
    page = open_review(look, texts)
    page.keyboard.press("g")
    lines = page.locator(".label-review .member .read")
    expect(lines.first).not_to_be_empty()
    assert lines.count() <= 20
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    expect(page.locator(".label-review .member.out")).to_have_count(1)
    assert complaints(page) == set()


def test_the_strips_are_where_the_values_lie_among_the_classes(look: Look, rows: RunningDashboard) -> None:
    page = open_review(look, rows)
    study = open_source(rows.source).study
    columns = ColumnPlaces.from_study(study)
    assert columns is not None
    card = look_at(page, rows, 44)
    placed = columns.row(44, int(study.labels[44]), 1 - int(study.labels[44]))
    lines = page.locator(".label-review .values tr[data-column]")
    assert lines.count() == 30  # the most unusual; the others are folded
    shown = [int(number or -1) for number in lines.evaluate_all("(nodes) => nodes.map((node) => node.dataset.column)")]
    assert all(placed[column].is_unusual for column in shown[:5])
    for number, column in enumerate(shown[:8]):
        assert_placed(page, number, placed[column])
    page.locator(".label-review .values .fold button").click()
    expect(lines).to_have_count(COLUMNS + 1)
    expect(page.locator(".label-review .values")).to_contain_text(HOSTILE)
    compared, neighbors = card["compared"], card["neighbors"]
    assert isinstance(compared, list) and isinstance(neighbors, list)
    for place in range(3):
        other = int(neighbors[place]["row"])
        cells = page.locator(".label-review .neighbor").nth(place).locator(".cell")
        assert cells.all_text_contents() == columns.written(other, compared)
        differs = cells.evaluate_all("(nodes) => nodes.map((node) => node.classList.contains('differs'))")
        assert differs == columns.differs(44, other)[compared].tolist()
    assert complaints(page) == set()
    assert page.title() != "1" and wider_than_the_screen(page) == []


def test_why_a_row_is_suspect_is_read_off_the_values_of_its_neighbors(look: Look, rows: RunningDashboard) -> None:
    page = open_review(look, rows)
    columns = ColumnPlaces.from_study(open_source(rows.source).study)
    assert columns is not None
    compared = look_at(page, rows, 44)["compared"]
    assert isinstance(compared, list)
    page.keyboard.press("w")
    lines = page.locator(".why .neighbor-votes tbody tr")
    expect(lines.first.locator(".own")).to_have_text(columns.written(44, compared[:4]))
    for place, one in enumerate(ask(page, rows, "evidence/44")["neighbors"][:3]):
        cells = lines.nth(place + 1).locator(".column")
        expect(cells).to_have_text(columns.written(one["row"], compared[:4]))
        differs = cells.evaluate_all("(nodes) => nodes.map((node) => node.classList.contains('differs'))")
        assert differs == columns.differs(44, one["row"])[compared[:4]].tolist()
    assert complaints(page) == set()
    page.keyboard.press("Escape")


def test_the_most_likely_errors_are_offered_with_their_most_unusual_values(look: Look, rows: RunningDashboard) -> None:
    page = look(rows, "map")
    expect(page.locator(".panel .offer").first.locator(".value-line")).to_have_count(3)
    assert complaints(page) == set() and wider_than_the_screen(page) == []


def test_a_date_is_whole_on_a_small_screen(look: Look, dates: RunningDashboard) -> None:
    page = open_review(look, dates)
    page.set_viewport_size({"width": 1024, "height": 768})
    for place in (".label-review .values .value", ".label-review .neighbor .cell", ".label-review .compared-own .cell"):
        cells = page.locator(place).filter(has_text=re.compile(r"1912-\d\d-\d\d"), visible=True)
        expect(cells.first).to_be_visible()
        cut = cells.evaluate_all(
            "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
        )
        assert cut == []
    assert wider_than_the_screen(page) == []


def assert_placed(page: Page, number: int, placed: PlacedValue) -> None:
    line = page.locator(".label-review .values tr[data-column]").nth(number)
    expect(line.locator("th")).to_have_text(placed.name)
    expect(line.locator(".value > span").last).to_have_text(placed.value)
    for cell, place in zip(line.locator(".place").all(), (placed.given, placed.suggested), strict=True):
        assert place is not None
        assert float(cell.get_attribute("data-share") or -1) == pytest.approx(place.share, abs=1e-3)
        where = cell.locator(".place-strip").evaluate(
            """(strip) => {
              const [all, mark] = [strip, strip.firstElementChild].map((one) => one.getBoundingClientRect());
              return [(mark.left + mark.width / 2 - all.left) / all.width, mark.width / all.width];
            }"""
        )
        assert where[0 if placed.is_number else 1] == pytest.approx(place.share, abs=0.03)


def test_a_page_of_rows_is_a_table(look: Look, rows: RunningDashboard) -> None:
    page = open_review(look, rows)
    page.keyboard.press("g")
    members = page.locator(".label-review .member")
    expect(members.first.locator(".cell")).to_have_count(6)
    head = page.locator(".label-review .rows-head .cell")
    expect(head).to_have_count(6)
    left = [head.nth(place).bounding_box() for place in range(6)]
    below = [members.first.locator(".cell").nth(place).bounding_box() for place in range(6)]
    for one, other in zip(left, below, strict=True):
        assert one is not None and other is not None
        assert one["x"] + one["width"] == pytest.approx(other["x"] + other["width"], abs=10)
    assert complaints(page) == set()
