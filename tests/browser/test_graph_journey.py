"""A graph in a real Chromium, from `margin open nodes.csv --edges edges.csv` to the table of corrected labels."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from planted import Planted
from planted_graph import CLASSES, citations, write_tables
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
from dashboard.views.label_review import LABEL_REVIEW
from dashboard.views.map import MAP
from dashboard.views.overview import wording as overview_wording
from margin_core.study.homophily import compute_homophily

pytestmark = pytest.mark.browser

DECISIONS = 8


@pytest.fixture
def planted() -> Planted:
    return citations(each=40, flips=12)


@pytest.fixture
def dashboard(planted: Planted, tmp_path: Path) -> Iterator[RunningDashboard]:
    nodes, edges = write_tables(tmp_path, planted)
    running = RunningDashboard(nodes, tmp_path, "--edges", edges)
    yield running
    running.stop()


def test_from_nodes_and_edges_over_map_and_review_to_an_export(
    dashboard: RunningDashboard, planted: Planted, look: Look, tmp_path: Path
) -> None:
    page = look(dashboard)
    page.get_by_test_id("stMetric").first.wait_for(timeout=2 * PATIENCE)
    graph, labels = planted.study.graph, planted.study.labels
    counted = overview_wording.edges(graph.nnz // 2, *compute_homophily(graph, labels))
    expect(page.get_by_text(in_letters(counted))).to_be_visible()
    go(page, MAP)
    page.locator(".map canvas").first.wait_for()
    assert complaints(page) == set() and wider_than_the_screen(page) == []
    go(page, LABEL_REVIEW)
    decided = review(page, planted)
    check_why(page, planted)
    go(page, EXPORT)
    wait_until_idle(page)
    check_labels(page, decided, planted, tmp_path)


def review(page: Page, planted: Planted) -> list[int]:
    """Decide about the first of the queue as one who knows better, and return their rows."""
    study = planted.study
    page.wait_for_selector(".label-review[data-place=one]")
    rows = []
    for _ in range(DECISIONS):
        row = shown_row(page)
        joined = study.graph[[row]].indices
        expect(page.locator(".label-review .neighbor:not(.absent)")).to_have_count(min(len(joined), 12))
        given, true = (CLASSES[label[row]] for label in (study.labels, planted.truth))
        page.keyboard.press("k" if given == true else str(1 + sorted(CLASSES).index(true)))
        rows.append(row)
        until(page, lambda row=row: shown_row(page) != row, "the next sample")
    saved(page)
    assert np.isin(rows, planted.flipped).sum() >= DECISIONS // 2
    return rows


def check_why(page: Page, planted: Planted) -> None:
    """Check the reasons for the sample that is shown: who votes is who is joined to it."""
    degree = len(planted.study.graph[[shown_row(page)]].indices)
    page.keyboard.press("w")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{degree} neighbor" + (" votes" if degree == 1 else "s vote"))
    page.keyboard.press("Escape")


def check_labels(page: Page, decided: list[int], planted: Planted, folder: Path) -> None:
    """Download the labels, and find the corrected ones in them by the ids of the nodes."""
    path = downloaded(page, "CSV", 0, folder / "corrected.csv")
    with path.open(newline="") as stream:
        found = {line["id"]: line["label"] for line in csv.DictReader(stream)}
    study = planted.study
    assert found.keys() == set(study.ids.tolist())
    expected = np.where(np.isin(np.arange(len(study)), decided), planted.truth, study.labels)
    assert found == dict(zip(study.ids.tolist(), [CLASSES[label] for label in expected], strict=True))
