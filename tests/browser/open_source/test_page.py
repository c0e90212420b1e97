"""Opening another data set from the browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browser.looking import Look, go, metric, open_from_page, wait_until_idle
from browser.running import BUNDLED, RunningDashboard
from PIL import Image
from playwright.sync_api import expect

from dashboard.shared import wording as shared_wording
from dashboard.study.jobs import STOPPED
from dashboard.views.open_source import OPEN, wording
from dashboard.views.opening import OPENING
from dashboard.views.opening import wording as opening_wording
from dashboard.views.overview import wording as overview_wording

pytestmark = pytest.mark.browser


def write_arrays(path: Path, n: int = 60) -> Path:
    """Write a data set of numbers that is opened in a few seconds."""
    random = np.random.default_rng(0)
    labels = np.arange(n) % 3
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, embedding=random.normal(size=(n, 4)) + 6 * np.eye(4)[labels], labels=labels, allow_pickle=False)
    return path


def write_pictures(folder: Path, n: int) -> Path:
    """Write a folder of pictures that takes a model a while."""
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8))
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(n):
            picture.save(folder / name / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("root")


@pytest.fixture(scope="module")
def opener(
    prepared: dict[str, Path], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningDashboard]:
    """Serve a study beside which others may be opened below `root`."""
    folder = tmp_path_factory.mktemp("opener")
    shutil.copytree(prepared["digits"], folder / "w.margin")
    dashboard = RunningDashboard(BUNDLED / "digits", folder, "--workspace", folder / "w.margin", "--root", root)
    yield dashboard
    dashboard.stop()


def test_a_second_data_set_is_opened_below_a_root_and_nothing_outside(
    look: Look, opener: RunningDashboard, root: Path, tmp_path: Path
) -> None:
    inside, outside = write_arrays(root / "second.npz"), write_arrays(tmp_path / "elsewhere" / "third.npz")
    (root / "link.npz").symlink_to(outside)
    page = look(opener, "open")
    for path in (outside, root / "link.npz"):
        open_from_page(page, path)
        expect(page.get_by_test_id("stAlert")).to_contain_text(f"'{path}' lies outside the folders that may be opened")
        page.reload()
        wait_until_idle(page)
    open_from_page(page, inside, "os.path:join")
    expect(page.get_by_test_id("stAlert")).to_contain_text("is Python code, which is only run when it is named on the")
    page.reload()
    wait_until_idle(page)
    open_from_page(page, inside)
    expect(page.get_by_role("progressbar").or_(page.get_by_test_id("stMetric")).first).to_be_visible()
    page.get_by_test_id("stMetric").first.wait_for()
    assert metric(page, overview_wording.SAMPLES) == "60"
    expect(page.get_by_test_id("stSidebarUserContent").get_by_text("second")).to_be_visible()
    go(page, OPEN)
    page.get_by_role("button", name=wording.SHOW).first.click()
    expect(page.get_by_test_id("stMetric").first).to_contain_text("1,797")


def test_a_slow_source_shows_how_far_it_is_and_stops(look: Look, opener: RunningDashboard, root: Path) -> None:
    slow = write_pictures(root / "slow", 1500)
    page = look(opener, "open")
    open_from_page(page, slow)
    expect(page.get_by_text(re.compile("Embedding [0-9,]+ of 3,000 pictures"))).to_be_visible()
    page.goto(page.url.replace("/?", "/review?"))
    expect(page.get_by_role("heading", name=OPENING.title)).to_be_visible()
    page.get_by_role("button", name=shared_wording.STOP).click()
    expect(page.get_by_text(STOPPED)).to_be_visible()
    expect(page.get_by_role("button", name=opening_wording.TRY_AGAIN)).to_be_visible()


def test_a_source_that_fails_says_why_in_one_sentence(look: Look, opener: RunningDashboard, root: Path) -> None:
    pictures = write_pictures(root / "pictures", 5)
    (root / "wrong.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0not JSON at all.")
    page = look(opener, "open")
    open_from_page(page, pictures, f"resnet18:{root / 'wrong.safetensors'}")
    box = page.get_by_test_id("stAlert")
    expect(box).to_contain_text("wrong.safetensors")
    assert "Traceback" not in box.inner_text()
    expect(page.get_by_role("button", name=opening_wording.TRY_AGAIN)).to_be_visible()


def test_what_was_read_is_listed_while_it_opens_and_on_the_overview(
    look: Look, opener: RunningDashboard, root: Path
) -> None:
    pictures = write_pictures(root / "facts", 400)
    (pictures / "cat" / "list.txt").write_text("1.png")
    (pictures / "Cat").mkdir()
    for name in ("0.png", "1.png"):
        shutil.copy(pictures / "cat" / name, pictures / "Cat" / name)
    (pictures / "@eaDir").mkdir()
    shutil.copy(pictures / "cat" / "0.png", pictures / "0.png")
    page = look(opener, "open")
    open_from_page(page, pictures)
    facts = [
        "1 file left out: not a picture.",
        "1 hidden file or one of the system's left out.",
        "The classes 'Cat', 'cat' differ only by case, spaces or Unicode form. They are kept apart.",
        "Label: the folder of each picture.",
        "Read: 803 pictures.",
        "Classes: 3 (Cat, cat, dog), 1 sample to label.",
    ]
    expect(page.get_by_text(re.compile("Embedding [0-9,]+ of 803 pictures"))).to_be_visible()
    for fact in facts:
        expect(page.get_by_text(fact)).to_be_visible()
    page.get_by_test_id("stMetric").first.wait_for(timeout=180_000)
    for fact in facts:
        expect(page.get_by_text(fact)).to_be_visible()
    expect(page.get_by_text(overview_wording.what_was_read(1, 3))).to_be_visible()
