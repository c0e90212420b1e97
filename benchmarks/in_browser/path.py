"""The path across a boundary: whether moving along it keeps up with the screen."""

from __future__ import annotations

import subprocess

from record import Line
from serving import BUNDLED, RunningDashboard, margin, quiet_environment

from in_browser.bench import Bench

FRAME = 1000 / 60
"""Milliseconds a frame of the screen."""

LONGEST = 900.0

_STEPS = """node => {
  const times = [];
  for (let frame = Number(node.min); frame <= Number(node.max); frame += 1) {
    const start = performance.now();
    node.value = String(frame);
    node.dispatchEvent(new Event("input"));
    times.push(performance.now() - start);
  }
  return times;
}"""


def measure_path(bench: Bench, runs: int) -> list[Line]:
    """Move the slider of a path along all its places, on the bundled digits: only they have a quick surrogate."""
    source, options = BUNDLED / "digits", ("--workspace", bench.folder / "digits.margin")
    for command in ("prepare", "surrogate"):
        subprocess.run(
            margin(command, source, *options), check=True, timeout=LONGEST, env=quiet_environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    dashboard = RunningDashboard(source, bench.folder, *options)
    try:
        with bench.page(f"{dashboard.address}/counterfactuals") as page:
            page.locator(".counterfactual[data-state=ready]").wait_for()
            slider = page.get_by_role("slider", name="position on the path")
            steps = [float(step) for _ in range(runs) for step in slider.evaluate(_STEPS)]
    finally:
        dashboard.stop()
    return [
        Line.of(
            "one step along the path across a boundary", steps, "ms",
            "the script's time for one place of the slider: the picture on its way, the probabilities and the words; "
            "bundled digits.", target=FRAME, high_target=FRAME,
        )
    ]  # fmt: skip
