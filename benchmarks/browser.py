"""How it feels: keys, map, lasso, pages and reruns in a headless Chromium, with 100,000 pictures in the study."""

from __future__ import annotations

import argparse
import base64
import itertools
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from big_study import FLIPPED, SEED, BigStudy, big_study
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, Request, WebSocket, sync_playwright
from plotly_peer import measure_plotly
from record import Line, Part, Watch, in_words, plain
from serving import CHROMIUM, FLAGS, RunningDashboard
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from viewer import rerun_times

from dashboard.study.open_study import OpenStudy
from dashboard.views.map.data import rows_inside
from margin_core.audit.audit import Audit, audit, compute_map_positions
from margin_core.review import ReviewStore
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source

PROBE = Path(__file__).with_name("probe.js")
SIZE = {"width": 1440, "height": 900}
PATIENCE = 60_000
LONGEST_BUSY = 120.0
KEYS = 60
BURST = 50
SPACING = 0.05
VERDICTS = {"k": "keep", "s": "skip", "x": "exclude"}
VIEWERS = 20
PAGE_OF_THUMBNAILS = 60

Note = dict[str, Any]


@dataclass
class Wire:
    """What went over the network since the last `clear`; websocket frames as the browser reports them."""

    sent: int = 0
    received: int = 0
    largest_sent: int = 0
    routes: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Count what a page sends and receives."""
        page.on("websocket", self._on_socket)
        page.on("request", self._on_request)

    def clear(self) -> None:
        """Count from here."""
        self.sent = self.received = self.largest_sent = 0
        self.routes.clear()

    def _on_socket(self, socket: WebSocket) -> None:
        def count(what: str, payload: str | bytes) -> None:
            size = len(payload)
            setattr(self, what, getattr(self, what) + size)
            if what == "sent":
                self.largest_sent = max(self.largest_sent, size)

        socket.on("framesent", lambda payload: count("sent", payload))
        socket.on("framereceived", lambda payload: count("received", payload))

    def _on_request(self, request: Request) -> None:
        _, ours, route = request.url.partition("/margin/")
        if ours:
            self.routes.append(route.partition("/")[2].partition("?")[0])


class Bench:
    """A browser and the study."""

    def __init__(self, browser: Browser, study: BigStudy, folder: Path) -> None:
        self.browser, self.study, self.folder = browser, study, folder
        self.audited: Audit = audit(open_source(study.source, workspace=Workspace.at(study.workspace)))
        self.points: NDArray[np.float32] = np.asarray(compute_map_positions(self.audited))

    @contextmanager
    def serving(self, database: str) -> Iterator[RunningDashboard]:
        """Serve the study with a database of its own, and end the server."""
        dashboard = RunningDashboard(
            self.study.source, self.folder, *self.study.options, "--database", f"sqlite:///{self.folder / database}"
        )
        try:
            yield dashboard
        finally:
            dashboard.stop()

    @contextmanager
    def page(self, address: str, wire: Wire | None = None) -> Iterator[Page]:
        """Open an address in a browser that has seen nothing yet."""
        context = self.browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        context.add_init_script(path=PROBE)
        page = context.new_page()
        if wire:
            wire.watch(page)
        page.goto(address)
        try:
            yield page
        finally:
            context.close()

    def log(self, database: str) -> list[tuple[str, str]]:
        """Read sample and verdict of every decision, in the order of the database."""
        with closing(ReviewStore(self.folder / database)) as store:
            return [(decision.sample_id, str(decision.verdict)) for decision in store.decisions()]


@contextmanager
def one_busy_core() -> Iterator[None]:
    """Keep one core busy with a child process that ends by itself at the latest after two minutes."""
    burn = f"import time\nend = time.monotonic() + {LONGEST_BUSY}\nwhile time.monotonic() < end: pass"
    child = subprocess.Popen([sys.executable, "-c", burn])
    try:
        yield
    finally:
        child.kill()
        child.wait()


def notes(page: Page, since: float = 0.0) -> list[Note]:
    found: list[Note] = page.evaluate("(at) => marginNotes.since(at)", since)
    return found


def clock(page: Page) -> float:
    return float(page.evaluate("marginNotes.clock()"))


def noted(tab: Page, since: float, what: str, /, **values: Any) -> Note:
    """Wait for a note."""
    tab.wait_for_function(
        "([at, what, values]) => marginNotes.since(at).some((one) => one.what === what"
        " && Object.entries(values).every(([name, value]) => one[name] === value))",
        arg=[since, what, values], polling=50,
    )  # fmt: skip
    return next(one for one in notes(tab, since) if one["what"] == what and values.items() <= one.items())


def starts(found: Sequence[Note]) -> list[float]:
    """Return the times at which the page learned that a script had started."""
    return [
        one["at"]
        for one in found
        if one["what"] == "in" and one["message"]
        and ForwardMsg.FromString(base64.b64decode(one["message"])).WhichOneof("type") == "new_session"
    ]  # fmt: skip


def first_words(found: Sequence[Note]) -> float:
    """Return the time at which the page received the first message of a run about the page."""
    return next(
        one["at"]
        for one in found
        if one["what"] == "in" and one["message"]
        and ForwardMsg.FromString(base64.b64decode(one["message"])).WhichOneof("type") == "page_config_changed"
    )  # fmt: skip


# ----- keys ------------------------------------------------------------------------------------------------------


def open_review(page: Page) -> None:
    page.wait_for_selector(".label-review[data-place=one]")
    page.wait_for_timeout(1500)


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
    """Let the keys go on."""


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


# ----- map -------------------------------------------------------------------------------------------------------


def outline(page: Page, points: NDArray[np.float32], turn: int) -> list[tuple[float, float]]:
    """Return a circle on the screen around some point of the map, its size changing with the turn."""
    box = page.locator(".overlay").bounding_box()
    assert box
    unit = min(box["width"], box["height"]) / 2 * 0.94
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    center = middle + np.median(points, axis=0) * [unit, -unit]
    radius = unit * (0.15 + 0.015 * turn)
    angles = np.linspace(0, 2 * np.pi, 24)
    return [(float(x), float(y)) for x, y in center + radius * np.column_stack([np.cos(angles), np.sin(angles)])]


def draw(page: Page, path: Sequence[tuple[float, float]]) -> None:
    page.mouse.move(*path[0])
    page.mouse.down()
    for at in path[1:]:
        page.mouse.move(*at)
    page.mouse.up()


def painted_after_script(page: Page, since: float) -> float:
    noted(page, since, "data-painted", kind="map")
    found = notes(page, since)
    started = starts(found)[0]
    return next(one["at"] for one in found if one["what"] == "data-painted" and one["at"] > started) - started


@dataclass
class Lassos:
    """What lassos cost."""

    known: list[float] = field(default_factory=list)
    updated: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    received: list[float] = field(default_factory=list)
    members: list[int] = field(default_factory=list)


def lasso_times(bench: Bench, page: Page, wire: Wire, n: int) -> Lassos:
    found = Lassos()
    for turn in range(n):
        wire.clear()
        start = clock(page)
        draw(page, outline(page, bench.points, turn))
        last = noted(page, start, "thumbnails painted", page=0, pictures=PAGE_OF_THUMBNAILS)
        page.wait_for_timeout(700)
        since = notes(page, start)
        up = next(one["at"] for one in since if one["what"] == "pointerup")
        # The callback that finds the members comes before anything the run says.
        found.known.append(first_words([one for one in since if one["at"] > up]) - up)
        found.updated.append(last["at"] - up)
        found.sent.append(wire.sent / 1000)
        found.received.append(wire.received / 1000)
        said = page.get_by_text("samples on the map").inner_text()
        found.members.append(int(said.split()[0].replace(",", "")))
    return found


def turned_pages(page: Page, n: int) -> list[float]:
    times = []
    button = page.get_by_role("button", name="next page")
    button.scroll_into_view_if_needed()
    for number in range(1, n + 1):
        page.wait_for_timeout(800)
        start = clock(page)
        button.click()
        shown = noted(page, start, "thumbnails painted", page=number, pictures=PAGE_OF_THUMBNAILS)
        clicked = next(one["at"] for one in notes(page, start) if one["what"] == "click")
        times.append(shown["at"] - clicked)
    return times


def inside_times(bench: Bench, n: int) -> list[float]:
    """Time what a lasso costs in Python, without server and browser."""
    opened = OpenStudy(bench.audited, bench.folder / "inside.sqlite", "benchmark")
    angles = np.linspace(0, 2 * np.pi, 60)
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    times = []
    for turn in range(n):
        polygon = (np.median(bench.points, axis=0) + ring * (0.15 + 0.01 * turn)).tolist()
        start = time.perf_counter()
        rows_inside(opened, polygon)
        times.append((time.perf_counter() - start) * 1000)
    opened.store.close()
    return times


def measure_map(bench: Bench, runs: int) -> list[Line]:
    cold, warm = [], []
    wire = Wire()
    with bench.serving("map.sqlite") as dashboard:
        for _ in range(runs):
            with bench.page(f"{dashboard.address}/map") as page:
                cold.append(painted_after_script(page, 0.0))
        with bench.page(f"{dashboard.address}/review", wire) as page:
            open_review(page)
            menu = page.get_by_test_id("stSidebarNav")
            for _ in range(runs):
                start = clock(page)
                menu.get_by_role("link", name="Map").click()
                warm.append(painted_after_script(page, start))
                page.wait_for_timeout(500)
                menu.get_by_role("link", name="Label review").click()
                page.wait_for_selector(".label-review[data-place=one]")
                page.wait_for_timeout(500)
            menu.get_by_role("link", name="Map").click()
            page.wait_for_selector(".map[data-painted]")
            page.wait_for_timeout(1000)
            lassos = lasso_times(bench, page, wire, 20)
            asked_again = wire.routes.count("points")
            largest = wire.largest_sent
            pages = turned_pages(page, 12)
            unrelated = []
            for number in range(5):
                wire.clear()
                page.get_by_role("textbox", name="Reviewer").fill(f"reviewer {number}")
                page.keyboard.press("Enter")
                page.wait_for_timeout(700)
                unrelated.append(wire.sent / 1000)
                asked_again += wire.routes.count("points")
                largest = max(largest, wire.largest_sent)
            wire.clear()
            page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
            page.get_by_role("combobox", name="Color").scroll_into_view_if_needed()
            page.wait_for_timeout(500)
            page.get_by_role("combobox", name="Color").click()
            page.get_by_role("option", name="label error score").click()
            page.wait_for_selector(".map[data-shown^='channel/label_error_score']")
            page.wait_for_timeout(500)
            asked_again += wire.routes.count("points")
            largest = max(largest, wire.largest_sent)
    members = f"{min(lassos.members):,} to {max(lassos.members):,} members"
    return [
        Line.of(
            f"map of {bench.study.n:,} points, first visit", [one / 1000 for one in cold], "s",
            "from the page's hearing that its script has started to the frame in which the points, read back from the "
            "drawing, are there; a browser with an empty cache.", target=1.5,
        ),
        Line.of(
            "map, from another page", [one / 1000 for one in warm], "s",
            "the same, reached by the menu; the browser has the points in its cache.", target=1.5,
        ),
        Line.of(
            "lasso: mouse-up → members known in Python", lassos.known, "ms",
            "to the page's hearing of the first thing the run says, which follows once Python knows the members, so an "
            f"upper bound; {members}.", target=100.0,
        ),
        Line.of(
            "lasso: finding the members alone", inside_times(bench, 50), "ms",
            "`rows_inside` with 60 corners, in one process.",
        ),
        Line.of(
            "lasso: mouse-up → first 60 members on screen", lassos.updated, "ms",
            "to the frame in which the thumbnails, decoded, are on screen; all members are ranked by label error "
            "score.",
        ),
        Line(
            "lasso: sent over the websocket, at most", max(lassos.sent), "kB",
            "all frames from the browser, the outline included, until the page rests.", len(lassos.sent), target=5.0,
        ),
        Line(
            "rerun by another widget, lasso drawn: sent, at most", max(unrelated), "kB",
            "all frames from the browser when another field is changed.", len(unrelated), target=5.0,
        ),
        Line(
            "largest frame from the browser in all these",
            largest / 1000,
            "kB",
            "the members' numbers would be more than 50 kB; `st.plotly_chart` sends them with every later rerun.",
            target=5.0,
        ),
        Line.of(
            "lasso: received over the websocket",
            lassos.received,
            "kB",
            f"all frames to the browser; the points alone would be {bench.study.n * 8 / 1000:,.0f} kB.",
        ),
        Line(
            "times the points were asked for again", asked_again, "",
            "during lassos, other reruns and a new color.", len(lassos.sent) + len(unrelated) + 1, target=0.0,
        ),
        Line.of(
            "next page of 60 thumbnails", pages, "ms",
            "from the click to the frame in which all 60, decoded, are on screen; 0.8 s between clicks.", target=100.0,
        ),
    ]  # fmt: skip


# ----- server ----------------------------------------------------------------------------------------------------


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
        part.write()


if __name__ == "__main__":
    main()
