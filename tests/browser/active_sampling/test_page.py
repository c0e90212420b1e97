"""A folder of pictures without labels, from its classes to the export, in a real Chromium."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from browser.looking import Look, complaints, until, wait_until_idle, wider_than_the_screen
from browser.running import BUNDLED, RunningDashboard, margin, quiet_environment
from browser.windows import leave
from PIL import Image
from playwright.sync_api import Page, expect

from dashboard.views.active_sampling import ACTIVE_SAMPLING, wording

pytestmark = pytest.mark.browser

SHOWN = 60
CLASSES = ("zero", "number one")


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Write a folder of zeros and ones, and return it with the class of each picture."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    with np.load(BUNDLED / "digits" / "study.npz") as digits:
        rows = np.flatnonzero(digits["labels"] < 2)[:SHOWN]
        classes = {f"{row:04}.png": CLASSES[digits["labels"][row]] for row in rows.tolist()}
        for row in rows.tolist():
            Image.fromarray(digits["inputs"][row]).save(folder / f"{row:04}.png")
    return folder, classes


def label(page: Page, classes: dict[str, str], count: int) -> None:
    """Label what is on screen by key, one after another."""
    for _ in range(count):
        expect(page.locator(".label-review[data-place=one]")).to_be_visible(timeout=60_000)
        shown = page.locator(".caption-id").inner_text()
        page.keyboard.press(str(1 + CLASSES.index(classes[shown.removeprefix("#")])))
        until(page, lambda shown=shown: page.locator(".caption-id").inner_text() != shown, "the next sample")


def check_strip(page: Page, classes: dict[str, str]) -> None:
    """Check that the batch shows what is labeled, and label one of it that a click chose."""
    cards = page.locator(".batch-item")
    expect(cards).to_have_count(20)
    expect(page.locator(".batch-item[data-verdict=relabel]")).to_have_count(3)
    expect(page.locator(".batch-item[aria-current]")).to_have_count(1)
    first, chosen = cards.nth(0), cards.nth(15)
    name = chosen.get_attribute("data-id") or ""
    chosen.click()
    expect(page.locator(".caption-id")).to_have_text(f"#{name}")
    page.keyboard.press(str(1 + CLASSES.index(classes[name])))
    expect(chosen).to_contain_text(classes[name][:4])  # As much of it as there is room for.
    first.click()
    expect(page.locator(".banner")).to_contain_text(f"labeled {classes[first.get_attribute('data-id') or '']}")
    page.keyboard.press("Escape")
    expect(page.locator(".banner")).to_be_empty()


def test_a_folder_without_labels_is_labeled_by_key_and_exported(
    look: Look, pictures: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    folder, classes = pictures
    subprocess.run(margin("prepare", folder), check=True, env=quiet_environment())
    dashboard = RunningDashboard(folder, tmp_path)
    try:
        page = look(dashboard, ACTIVE_SAMPLING.path)
        page.get_by_label(wording.NAMES).fill(", ".join(CLASSES))
        page.get_by_role("button", name=wording.START).click()
        progress = page.locator(".menu .progress")
        none_labeled = progress.inner_text()
        label(page, classes, 3)
        expect(progress).not_to_have_text(none_labeled)
        check_strip(page, classes)
        label(page, classes, 20)
        expect(page.locator(".label-review .connection")).to_have_attribute("data-state", "saved")
        expect(page.locator(".label-review .counts")).to_contain_text("24 labeled")
        assert complaints(page) == set() and wider_than_the_screen(page) == []
        # Left for an empty page, which misses no server, and killed at once.
        leave(page, 1440, 900)
        dashboard.kill()
        dashboard.start()
        page = look(dashboard, ACTIVE_SAMPLING.path)
        expect(page.locator(".label-review .counts")).to_contain_text("24 labeled", timeout=60_000)
        wait_until_idle(page)
        leave(page, 1440, 900)
    finally:
        dashboard.stop()
    command = margin("export", folder, "--format", "csv", "--out", tmp_path / "labels.csv")
    subprocess.run(command, check=True, env=quiet_environment())
    table = pd.read_csv(tmp_path / "labels.csv", dtype={"id": str})
    given = table.dropna(subset="label")
    assert len(given) == 24 == table["changed"].sum()
    assert given["label"].tolist() == [classes[one] for one in given["id"]]
