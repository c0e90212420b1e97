"""Keys: how soon the next sample is there, and whether a decision is ever lost."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from playwright.sync_api import Page
from record import Line
from serving import RunningDashboard

from in_browser.bench import Bench, clock, notes, open_review

LONGEST_BUSY = 120.0
KEYS = 60
BURST = 50
SPACING = 0.05
VERDICTS = {"k": "keep", "s": "skip", "x": "exclude"}


@contextmanager
def one_busy_core() -> Iterator[None]:
    """Occupy one core with a child process that ends by itself at the latest after two minutes."""
    burn = f"import time\nend = time.monotonic() + {LONGEST_BUSY}\nwhile time.monotonic() < end: pass"
    child = subprocess.Popen([sys.executable, "-c", burn])
    try:
        yield
    finally:
        child.kill()
        child.wait()


def key_times(page: Page, keys: int) -> list[float]:
    """Press keys at the pace of a quick reader; milliseconds from each key to the next sample's picture on screen."""
    start = clock(page)
    for number in range(keys):
        page.keyboard.press("r" if number % 2 else "k")
        page.wait_for_timeout(300)
    page.wait_for_timeout(1000)
    found = notes(page, start)
    pressed = [one for one in found if one["what"] == "key"]
    painted = [one for one in found if one["what"] == "sample painted"]
    if len(pressed) != keys or len(painted) < keys:
        raise RuntimeError(
            f"{keys} keys were pressed; the page received {len(pressed)} and painted {len(painted)} samples."
        )
    nexts = [
        next(later for later in painted if later["at"] > one["at"] and later["row"] != one["row"]) for one in pressed
    ]
    return [after["at"] - before["at"] for before, after in zip(pressed, nexts, strict=True)]


@dataclass(frozen=True)
class Burst:
    """What became of fast keys.

    Attributes
    ----------
    taken : int
        Keys that found a sample to decide on: the screen went on.
    amiss : int
        Places at which the database differs from what the screen took: lost, doubled, in another order.
    seconds : float
        From the first key to the last.
    """

    taken: int
    amiss: int
    seconds: float


def burst(bench: Bench, page: Page, database: str, middle: Callable[[], None]) -> Burst:
    """Press 50 keys at 20 a second, with something in the middle, and compare with the database."""
    pressed_keys = list(itertools.islice(itertools.cycle("kskx"), BURST))
    due = time.perf_counter()
    for number, key in enumerate(pressed_keys):
        if number == BURST // 2:
            middle()
            due = max(due, time.perf_counter())
        time.sleep(max(0.0, due - time.perf_counter()))
        due += SPACING
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    page.wait_for_selector(".connection[data-state=saved]")
    page.wait_for_selector(".label-review[data-place=one]")
    received = [one for one in notes(page) if one["what"] == "key"]
    if [one["key"] for one in received] != pressed_keys:
        raise RuntimeError(f"{BURST} keys were pressed, the page received {len(received)}.")
    # A key that finds no sample, or leaves the same one on screen, has decided nothing.
    rows = [*(one["row"] for one in received), int(page.locator(".label-review").get_attribute("data-row") or -1)]
    taken = [one for one, after in zip(received, rows[1:], strict=True) if one["row"] not in (-1, after)]
    ids = bench.audited.opened.study.ids
    expected = [(str(ids[one["row"]]), VERDICTS[one["key"]]) for one in taken]
    amiss = sum(a != b for a, b in itertools.zip_longest(expected, bench.log(database)))
    return Burst(len(taken), amiss, (received[-1]["at"] - received[0]["at"]) / 1000)


def nothing(page: Page, dashboard: RunningDashboard) -> None:
    """Do nothing between two keys."""


def reload(page: Page, dashboard: RunningDashboard) -> None:
    """Load the page again; it is ready for keys at the end."""
    page.reload()
    page.wait_for_selector(".label-review[data-place=one]")


def kill_and_start(page: Page, dashboard: RunningDashboard) -> None:
    """Kill the server and start it again, while the keys go on."""

    def restart() -> None:
        dashboard.kill()
        dashboard.start()

    threading.Thread(target=restart).start()


def measure_keys(bench: Bench) -> list[Line]:
    meaning = (
        "from the browser's time of the key press to the frame in which the next sample's decoded picture is on screen "
        "(requestAnimationFrame and the message after it)"
    )
    targets = {"target": 60.0, "high_target": 150.0}
    with bench.serving("keys.sqlite") as dashboard, bench.page(f"{dashboard.address}/review") as page:
        open_review(page)
        idle = key_times(page, KEYS)
        with one_busy_core():
            busy = key_times(page, KEYS)
    lines = [
        Line.of("key press → next sample painted", idle, "ms", f"{meaning}.", **targets),
        Line.of("the same, one core kept busy", busy, "ms", f"{meaning}; a child process uses one core.", **targets),
    ]

    kept: dict[str, Burst] = {}
    for name, happening in {"plain": nothing, "reload": reload, "kill": kill_and_start}.items():
        database = f"burst-{name}.sqlite"
        with bench.serving(database) as dashboard, bench.page(f"{dashboard.address}/review") as page:
            open_review(page)
            kept[name] = burst(bench, page, database, partial(happening, page, dashboard))
    conditions = "keys that found a sample to decide on, the screen going on at once"
    titles = {
        "plain": ("50 keys at 20 a second: taken", f"{conditions}."),
        "reload": (
            "the same, the page reloaded in the middle",
            f"{conditions}; the reload follows the 25th key at once.",
        ),
        "kill": (
            "the same, the server killed in the middle",
            f"{conditions}; kill -9 after the 25th key while the others go on, then the server is started again. The "
            "browser holds the next samples; when they run out before the server is back, a key decides nothing.",
        ),
    }
    lines += [
        Line(
            title,
            kept[name].taken,
            "",
            f"{meaning} The keys took {kept[name].seconds:.1f} s.",
            BURST,
            target=BURST,
            at_least=True,
        )
        for name, (title, meaning) in titles.items()
    ]
    return [
        *lines,
        Line(
            "decisions lost, doubled or out of order in all three", sum(one.amiss for one in kept.values()), "",
            "places at which the database differs from what the screen took.",
            sum(one.taken for one in kept.values()), target=0.0,
        ),
    ]  # fmt: skip
