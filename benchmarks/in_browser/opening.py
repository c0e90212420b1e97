"""Opening a study again: from the start of the process to the first sample on screen."""

from __future__ import annotations

import time

from record import Line

from in_browser.bench import Bench, noted, open_review


def measure_opening(bench: Bench, runs: int) -> list[Line]:
    again, answers, first = [], [], []
    with bench.serving("opening.sqlite") as dashboard, bench.page(f"{dashboard.address}/review") as page:
        open_review(page)
        for _ in range(runs):
            page.goto("about:blank")
            dashboard.stop()
            start = time.time() * 1000
            dashboard.start("/review")
            answers.append(time.time() - start / 1000)
            page.goto(f"{dashboard.address}/review")
            again.append((noted(page, 0.0, "sample painted")["at"] - start) / 1000)
    for _ in range(runs):
        start = time.time() * 1000
        with bench.serving("opening.sqlite") as dashboard, bench.page(f"{dashboard.address}/review") as page:
            first.append((noted(page, 0.0, "sample painted")["at"] - start) / 1000)
    return [
        Line.of(
            "opening a workspace again", again, "s",
            "from the start of the process `margin open` to the first suspect painted, in a browser that was here "
            "before and asks as soon as the server answers.", target=3.0,
        ),
        Line.of(
            "of this, until the server answers", answers, "s",
            "from the start of the process to the first answer, the frame of the page.",
        ),
        Line.of(
            "the same in a browser that was never here", first, "s", "which has all programs still to fetch."
        ),
    ]  # fmt: skip
