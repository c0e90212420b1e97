"""A folder of photographs opened with no option: from the click on Saliency to the first heatmaps, in a browser.

No model is brought along, so what is explained is MARGIN's own. Each run starts a server, the process behind the
heatmaps, and a browser that was never here; the study is prepared, as it is when its first page is shown.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from pages import keep
from playwright.sync_api import Browser, sync_playwright
from record import Line, Part, Watch, plain
from serving import BUNDLED, CHROMIUM, FLAGS, RunningDashboard, margin, quiet_environment

SIZE = {"width": 1440, "height": 900}
PATIENCE = 60_000
MAX_FIRST, MAX_DEFAULT = 5.0, 10.0
"""Seconds to MARGIN's first heatmap beside Grad-CAM's, and to its default one."""

DRAWN = "figure.tile[data-method={}][data-drawn]:not([data-drawn=''])"


def write_photographs(folder: Path, of_each_class: int) -> int:
    """Copy photographs of the bundled study into a folder a class; return how many."""
    source, taken = BUNDLED / "trashnet", Counter[str]()
    for line in csv.DictReader((source / "labels.csv").read_text(encoding="utf-8").splitlines()):
        if taken[line["label"]] < of_each_class:
            taken[line["label"]] += 1
            (folder / line["label"]).mkdir(parents=True, exist_ok=True)
            shutil.copy(source / line["file"], folder / line["label"])
    return taken.total()


def times_after_click(browser: Browser, photographs: Path, workspace: Path, scratch: Path) -> tuple[float, float]:
    """Return the seconds to both heatmaps, and to MARGIN's default one; the workspace has no heatmap yet."""
    dashboard = RunningDashboard(photographs, scratch, "--workspace", workspace)
    try:
        context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(dashboard.address)
        link = page.get_by_role("link", name="Saliency", exact=True)
        link.wait_for()
        page.wait_for_load_state("networkidle")
        start = time.perf_counter()
        link.click()
        for method in ("margin", "grad_cam"):
            page.wait_for_selector(DRAWN.format(method), state="attached")
        both = time.perf_counter() - start
        page.wait_for_selector(DRAWN.format("margin") + "[data-state=ready]", state="attached")
        default = time.perf_counter() - start
        context.close()
    finally:
        dashboard.stop()
    return both, default


def measure(of_each_class: int, runs: int) -> Part:
    """Prepare a folder of photographs once, and click so many times."""
    watch = Watch("none")
    found = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="margin-benchmark-") as name:
        scratch = Path(name)
        count = write_photographs(scratch / "photographs", of_each_class)
        prepared = scratch / "prepared.margin"
        command = margin("prepare", scratch / "photographs", "--workspace", prepared)
        subprocess.run(command, env=quiet_environment(), check=True, capture_output=True)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        chromium = browser.version.partition(".")[0]
        for run in range(runs):
            workspace = shutil.copytree(prepared, scratch / f"run-{run}.margin")
            found.append(times_after_click(browser, scratch / "photographs", workspace, scratch))
            print(f"{found[-1][0]:.1f} s, {found[-1][1]:.1f} s", file=sys.stderr, flush=True)
        browser.close()
    first, default = zip(*found, strict=True)
    return Part(
        "first_heatmap",
        "The first heatmaps of a folder of photographs",
        f"{count} photographs of the bundled TrashNet, a folder a class, opened with no option: MARGIN's own model is "
        f"explained. Headless Chromium {chromium}, driven by Playwright; server, heatmap process and browser are "
        "started anew for each measurement.",
        (
            Line.of(
                "MARGIN's first heatmap beside Grad-CAM's", first, "s",
                "from the click on *Saliency* in the menu until both are drawn.", target=MAX_FIRST,
            ),
            Line.of(
                "MARGIN's default heatmap", default, "s",
                "from the same click until the heatmap of all 600 evaluations is there.", target=MAX_DEFAULT,
            ),
        ),
        (),
        watch.circumstances(),
    )  # fmt: skip


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--of-each-class", type=int, default=66, help="photographs (default: 66)")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    part = measure(asked.of_each_class, asked.runs)
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
