"""A graph in a real Chromium, from `margin open nodes.csv --edges edges.csv` to the table of corrected labels."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from planted import Planted
from planted_graph import CLASSES, citations, write_counts, write_tables
from playwright.sync_api import Page, expect

from browser.looking import (
    PATIENCE,
    WIDE,
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
from browser.windows import leave
from dashboard.views.active_sampling import ACTIVE_SAMPLING
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


def test_nodes_are_labeled_by_their_words_batch_after_batch_and_exported(look: Look, tmp_path: Path) -> None:
    pytest.importorskip("torch_geometric", reason="torch_geometric is not installed (extra graphs)")
    planted = citations(each=40, flips=0)
    has_label = np.arange(120) % 6 == 0
    source = write_counts(tmp_path / "citations.npz", planted, has_label)
    running = RunningDashboard(source, tmp_path, "--model", "gcn")
    try:
        page = look(running, ACTIVE_SAMPLING.path)
        rows = label_batch(page, planted)
        expect(page.locator(".model .source")).to_contain_text("a graph convolutional network of 2 layers")
        assert complaints(page) == set() and wider_than_the_screen(page) == []
        go(page, EXPORT)
        wait_until_idle(page)
        path = downloaded(page, "CSV", 0, tmp_path / "labels.csv")
        leave(page, *WIDE)  # which misses no server
    finally:
        running.stop()
    with path.open(newline="") as stream:
        found = {line["id"]: line["label"] for line in csv.DictReader(stream)}
    is_known = has_label.copy()
    is_known[rows] = True
    names = [CLASSES[label] if known else "" for label, known in zip(planted.truth, is_known, strict=True)]
    assert found == dict(zip(planted.study.ids.tolist(), names, strict=True))


def label_batch(page: Page, planted: Planted) -> list[int]:
    """Label a batch and the first of the next, which is there before the last key; return their rows."""
    page.wait_for_selector(".label-review[data-place=one]", timeout=2 * PATIENCE)
    batch = page.locator(".batch-item")
    expect(batch).to_have_count(20)
    first = [int(batch.nth(place).get_attribute("data-row") or -1) for place in range(20)]
    rows = []
    for place in range(21):
        if place == 15:
            page.locator(".next-batch[data-next=ready]").wait_for(timeout=2 * PATIENCE)
        if place == 20:  # Two labels sent together would end the batch together.
            saved(page)
            expect(batch.first).not_to_have_attribute("data-row", str(first[0]))
        row = shown_row(page)
        words = [f"word{column}" for column in np.flatnonzero(planted.study.embedding[row])]
        expect(page.locator(".label-review .one .frame")).to_contain_text(words[0])
        page.keyboard.press(str(1 + planted.truth[row]))
        rows.append(row)
        until(page, lambda row=row: shown_row(page) not in (row, -1), "the next sample")
    saved(page)
    assert rows[:20] == first and rows[20] not in first
    expect(page.locator(".batch-item[data-verdict=relabel]")).to_have_count(1)
    return rows


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
