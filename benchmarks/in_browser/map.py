"""The map: how soon it is drawn, and what a lasso costs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page
from record import Line
from serving import lasso, on_screen

from dashboard.study.open_study import OpenStudy
from dashboard.views.map.data import rows_inside
from in_browser.bench import Bench, Wire, clock, first_words, noted, notes, open_review, starts

PAGE_OF_THUMBNAILS = 60


def outline(page: Page, points: NDArray[np.float32], turn: int) -> list[tuple[float, float]]:
    """Return a circle on the screen around some point of the map, its size changing with the turn."""
    center, edge = on_screen(page, np.median(points, axis=0) + np.array([[0, 0], [0.15 + 0.015 * turn, 0]]))
    radius = edge[0] - center[0]
    angles = np.linspace(0, 2 * np.pi, 24)
    return [(float(x), float(y)) for x, y in center + radius * np.column_stack([np.cos(angles), np.sin(angles)])]


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
        lasso(page, outline(page, bench.points, turn))
        last = noted(page, start, "thumbnails painted", page=0, pictures=PAGE_OF_THUMBNAILS)
        page.wait_for_timeout(700)
        since = notes(page, start)
        up = next(one["at"] for one in since if one["what"] == "pointerup")
        # The callback that finds the members comes before anything the run says.
        found.known.append(first_words([one for one in since if one["at"] > up]) - up)
        found.updated.append(last["at"] - up)
        found.sent.append(wire.sent / 1000)
        found.received.append(wire.received / 1000)
        text = page.get_by_text("samples on the map").inner_text()
        found.members.append(int(text.split()[0].replace(",", "")))
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
            menu = page.locator(".menu")
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
            # A small study's lasso holds fewer pages than twelve.
            pages = turned_pages(page, min(12, lassos.members[-1] // PAGE_OF_THUMBNAILS - 1))
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
