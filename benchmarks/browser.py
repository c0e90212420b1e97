"""How it feels: keys, map, lasso, pages and reruns in a headless Chromium, with 100,000 pictures in the study."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from big_study import FLIPPED, SEED, big_study
from in_browser.bench import PROBE, Bench
from in_browser.keys import measure_keys
from in_browser.map import measure_map
from in_browser.opening import measure_opening
from in_browser.path import measure_path
from in_browser.reruns import measure_reruns
from pages import keep
from playwright.sync_api import sync_playwright
from plotly_peer import measure_plotly
from record import Line, Part, Watch, in_words, plain
from serving import CHROMIUM, FLAGS


def measure_peer(bench: Bench) -> list[Line]:
    labels = bench.audited.opened.study.labels
    found = measure_plotly(bench.browser, bench.points, labels, bench.folder, PROBE)
    return [
        Line.of(
            "peer: `st.plotly_chart` of the same points, first visit", found.painted, "s",
            "`scattergl`, float32 places and one color number a point, served the same way (one uvicorn process); to "
            "the first frame in which its canvas holds points.",
        ),
        Line.of(
            "peer: lasso, mouse-up → members in Python and page updated", found.lasso, "s",
            "`on_select=\"rerun\"`; the page prints how many points Python got.",
        ),
        Line.of("peer: lasso, sent over the websocket", found.sent, "kB", "all frames from the browser."),
    ]  # fmt: skip


def ratios(lines: Sequence[Line]) -> list[Line]:
    """Set the peer's figures beside ours."""
    by_name = {line.what: line for line in lines}
    pairs = (
        ("map: times faster than `st.plotly_chart`", "peer: `st.plotly_chart`", "map of", 1.0),
        ("lasso → page updated: times faster", "peer: lasso, mouse-up", "lasso: mouse-up → first", 1000.0),
        ("lasso: times less sent", "peer: lasso, sent", "lasso: sent over", 1.0),
    )
    found = []
    for title, theirs, ours, units in pairs:
        a = next((line for name, line in by_name.items() if name.startswith(theirs)), None)
        b = next((line for name, line in by_name.items() if name.startswith(ours)), None)
        if a and b:
            found.append(Line(title, a.figure * units / b.figure, "x", f"*{a.what}* over *{b.what}*."))
    return found


GROUPS: dict[str, Callable[[Bench, int], list[Line]]] = {
    "keys": lambda bench, runs: measure_keys(bench),
    "map": measure_map,
    "reruns": lambda bench, runs: measure_reruns(bench),
    "path": measure_path,
    "opening": measure_opening,
    "peer": lambda bench, runs: measure_peer(bench),
}


def measure(folder: Path, n: int, runs: int, groups: Sequence[str]) -> Part:
    """Build the study if it is not there, and measure."""
    study = big_study(folder, n)
    watch = Watch(f"{SEED} (copies and {FLIPPED:.0%} flips)")
    lines: list[Line] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="margin-benchmark-") as scratch:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        chromium = browser.version.partition(".")[0]
        bench = Bench(browser, study, Path(scratch))
        for group in groups:
            found = GROUPS[group](bench, runs)
            print("\n".join(map(in_words, found)), file=sys.stderr, flush=True)
            lines += found
        browser.close()
    return Part(
        "browser",
        "In the browser",
        f"A study of {n:,} pictures (Fashion-MNIST's 70,000 and shifted copies of some, 28 x 28; 64 principal "
        f"components as features; {FLIPPED:.0%} of the labels flipped) in a headless Chromium {chromium}, driven by "
        "Playwright. The map shows two principal components: a layout by UMAP takes minutes at this size "
        "and is measured above; how fast a map is drawn does not depend on it. Median and 95 % quantile of n "
        "measurements.",
        (*lines, *ratios(lines)),
        (),
        watch.circumstances(),
    )


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where to keep the study for another run (default: nowhere)")
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=7, help="visits of the map and openings")
    parser.add_argument("--groups", nargs="+", choices=GROUPS, default=tuple(GROUPS))
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="margin-benchmark-study-") as scratch:
        part = measure(asked.folder or Path(scratch), asked.samples, asked.runs, asked.groups)
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
