"""Reruns of a page, one viewer or many, without a browser."""

from __future__ import annotations

from record import Line
from viewer import rerun_times

from in_browser.bench import Bench

VIEWERS = 20


def measure_reruns(bench: Bench) -> list[Line]:
    lines = []
    conditions = (
        "from a websocket client's sending a changed text field (Reviewer) to its hearing that the script has "
        "finished, the page's own computing included"
    )
    with bench.serving("reruns.sqlite") as dashboard:
        for title, page in (("Label review", "review"), ("Map", "map"), ("Overview", "")):
            one = rerun_times(dashboard.port, page, "Reviewer", 1, 40)
            lines.append(Line.of(f"rerun of the page {title}", one, "ms", f"{conditions}.", target=30.0))
        many = rerun_times(dashboard.port, "review", "Reviewer", VIEWERS, 8)
    lines.append(
        Line.of(
            f"the same, {VIEWERS} viewers at once", many, "ms",
            f"{conditions}; {VIEWERS} sessions on Label review send at the same moment.", target=150.0,
        )
    )  # fmt: skip
    return lines
