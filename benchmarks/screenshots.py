"""Take the pictures of the README from the running dashboard, or of every page at every size.

    python benchmarks/screenshots.py
    python benchmarks/screenshots.py --all FOLDER

Needs a Chromium (see tests/browser/install_chromium.sh). Each picture is reduced to a palette, so that it
stays small.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from running import BUNDLED, CHROMIUM, FLAGS, RunningDashboard, margin, quiet_environment  # noqa: E402

ASSETS = ROOT / "assets" / "screenshots"
STUDY = "fashion"
WIDE, NARROW = (1440, 900), (1024, 768)
THEMES = ("light", "dark")
COLOURS = 256
MOST_BYTES = 300_000

Arrange = Callable[[Page], None]

LASSOED = 6
"""The class in whose midst the lasso is drawn: shirts, which many other clothes are taken for."""

MIDDLE = f"""async () => {{
  const names = performance.getEntriesByType("resource").map((one) => one.name);
  const base = names.find((name) => /\\/margin\\/[0-9a-f]+\\/points/.test(name)).replace(/points.*/, "");
  const read = async (path) => (await fetch(base + path)).arrayBuffer();
  const points = new Float32Array(await read("points"));
  const labels = new Uint8Array(await read("channel/given"));
  const rows = [...labels.keys()].filter((row) => labels[row] === {LASSOED});
  const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return [0, 1].map((axis) => median(rows.map((row) => points[2 * row + axis])));
}}"""


def arrange_overview(page: Page) -> None:
    """Wait for the chart."""
    page.locator(".js-plotly-plot .bars .point").first.wait_for()


def arrange_map(page: Page) -> None:
    """Draw a lasso in the midst of a class, and look at the most suspect of its samples."""
    page.wait_for_selector(".map[data-painted]")
    x, y = page.evaluate(MIDDLE)
    box = page.locator(".overlay").bounding_box()
    assert box is not None
    unit = min(box["width"], box["height"]) / 2 * 0.94
    middle = box["x"] + box["width"] / 2 + x * unit, box["y"] + box["height"] / 2 - y * unit
    angles = np.linspace(0, 2 * np.pi, 40)
    path = [(middle[0] + 70 * float(np.cos(a)), middle[1] + 55 * float(np.sin(a))) for a in angles]
    page.mouse.move(*path[0])
    page.mouse.down()
    for at in path[1:]:
        page.mouse.move(*at)
    page.mouse.up()
    page.locator(".thumbnails[data-state=ready] .item").first.click()
    page.wait_for_selector(".panel[data-state=ready]")
    page.mouse.move(0, 0)


def arrange_review(page: Page) -> None:
    """Decide about a few, so that the strip is not empty."""
    page.wait_for_selector(".desk[data-place=one]")
    if page.locator(".made:not(.absent)").count() == 0:
        for key in ("Enter", "Enter", "k", "Enter", "s", "Enter"):
            page.keyboard.press(key)
    page.wait_for_selector(".connection[data-state=saved]")


def arrange_grid(page: Page) -> None:
    """Turn to groups."""
    page.wait_for_selector(".desk[data-place=one]")
    page.keyboard.press("g")
    page.wait_for_selector(".desk[data-place=grid]")


def arrange_keys(page: Page) -> None:
    """Show the list of keys."""
    page.wait_for_selector(".desk[data-place=one]")
    page.keyboard.press("?")


def arrange_export(page: Page) -> None:
    """Wait for the last line."""
    page.get_by_text("Decision log").wait_for()


def arrange_how_good(page: Page) -> None:
    """Wait for the curve."""
    page.locator(".js-plotly-plot .scatterlayer .trace").first.wait_for()


def arrange_open(page: Page) -> None:
    """Wait for the form."""
    page.get_by_text("Folders that may be opened").wait_for()


SHOWN: dict[str, tuple[str, Arrange]] = {
    "review": ("review", arrange_review),
    "map": ("map", arrange_map),
    "overview": ("", arrange_overview),
}
"""The pictures of the README, by name."""

EVERY: dict[str, tuple[str, Arrange]] = SHOWN | {
    "grid": ("review", arrange_grid),
    "keys": ("review", arrange_keys),
    "export": ("export", arrange_export),
    "how-good": ("how-good", arrange_how_good),
    "open": ("open", arrange_open),
}


@contextmanager
def dashboard() -> Iterator[RunningDashboard]:
    """Serve the study from a workspace of its own."""
    with tempfile.TemporaryDirectory(prefix="margin-screenshots-") as folder:
        workspace = Path(folder, f"{STUDY}.margin")
        command = margin("prepare", BUNDLED / STUDY, "--workspace", workspace)
        subprocess.run(command, check=True, env=quiet_environment())
        running = RunningDashboard(BUNDLED / STUDY, Path(folder), "--workspace", workspace)
        try:
            yield running
        finally:
            running.stop()


def take(
    browser: Browser, address: str, path: str, arrange: Arrange, size: tuple[int, int], theme: str, target: Path
) -> None:
    """Take one picture."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{address}/{path}")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    arrange(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    seen.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, wide and narrow, into this folder")
    everything = parser.parse_args().all
    shown, sizes = (EVERY, (WIDE, NARROW)) if everything else (SHOWN, (WIDE,))
    with dashboard() as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, (path, arrange) in shown.items():
            for size in sizes:
                for theme in THEMES:
                    words = f"{name}-{size[0]}-{theme}" if everything else f"{name}-{theme}"
                    target = (everything or ASSETS) / f"{words}.png"
                    take(browser, running.address, path, arrange, size, theme, target)
                    if not everything and target.stat().st_size > MOST_BYTES:
                        raise SystemExit(f"{target} is larger than {MOST_BYTES / 1000:.0f} kB.")
        browser.close()


if __name__ == "__main__":
    main()
