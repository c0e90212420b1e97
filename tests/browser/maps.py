"""Where samples lie on the map that a page shows, and a circle around some of them.

No test may rest on one layout: it differs from processor to processor. So places are those that the server sends, and a
circle is looked for that starts and stays on the map itself, on no tool, and passes far from every sample.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

Path = list[tuple[float, float]]

MAX_CANDIDATES = 400
MIN_INSIDE, MAX_INSIDE = 30, 400
MAX_RADIUS = 120.0
CLEARANCE = 2.5
"""Pixels between the circle and the samples inside and outside it; a pointer is as exact as one."""


@dataclass(frozen=True)
class Circle:
    """Rows of the samples inside, and the way of a pointer around them."""

    rows: NDArray[np.int64]
    path: Path


def whole(page: Page) -> None:
    """Show the whole map, however it was moved; the pointer rests on a tool then."""
    page.locator(".map .toolbar .tool").last.click()


def on_screen(page: Page, points: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return where points of the whole map lie on the screen."""
    box = page.locator(".overlay").bounding_box()
    assert box
    unit = min(box["width"], box["height"]) / 2 * 0.94
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    return middle + points * [unit, -unit]


def places(page: Page) -> NDArray[np.float64]:
    """Return where the samples lie on the screen while the whole map is shown, from the positions that are sent."""
    names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    address = next(name for name in names if re.search(r"/margin/[0-9a-f]+/points$", name))
    points = np.frombuffer(page.request.get(address).body(), "<f4").reshape(-1, 2)
    return on_screen(page, points)


def is_free(page: Page, path: Path) -> bool:
    """Return whether a pointer on its way meets nothing but the map."""
    free: bool = page.locator(".overlay").evaluate(
        """(map, path) => {
          const box = map.getBoundingClientRect();
          return path.every(([x, y]) => map.getRootNode().elementFromPoint(x, y) === map
            && x > box.left + 2 && x < box.right - 2 && y > box.top + 2 && y < box.bottom - 2);
        }""",
        path,
    )
    return free


def circle(page: Page) -> Circle:
    """Find the circle that passes farthest from all samples, among those around a sample that hold some, not all."""
    at = places(page)
    some = np.random.default_rng(0).permutation(len(at))[:MAX_CANDIDATES]
    far = np.sort(np.linalg.norm(at[some, None] - at, axis=2), axis=1)[:, MIN_INSIDE : min(MAX_INSIDE, len(at) // 2)]
    gaps = np.where(far[:, :-1] < MAX_RADIUS, np.diff(far, axis=1), 0)
    widest = gaps.argmax(axis=1)
    clear = gaps.max(axis=1) / 2
    angles = np.linspace(0, 2 * np.pi, 120)
    around = np.column_stack([np.cos(angles), np.sin(angles)])
    for place in np.argsort(-clear):
        if clear[place] < CLEARANCE:
            break
        radius = far[place, widest[place]] + clear[place]
        path = [(float(x), float(y)) for x, y in at[some[place]] + radius * around]
        if is_free(page, path):
            return Circle(np.flatnonzero(np.linalg.norm(at - at[some[place]], axis=1) < radius), path)
    raise AssertionError("no circle on the map passes far from all samples")


def lasso(page: Page, path: Path) -> None:
    """Draw around samples."""
    page.mouse.move(*path[0])
    page.mouse.down()
    for at in path[1:]:
        page.mouse.move(*at)
    page.mouse.up()


def lonely(page: Page) -> int:
    """Find the sample farthest from its nearest neighbor on the screen that a pointer can reach."""
    at = places(page)
    some = np.random.default_rng(0).permutation(len(at))[:MAX_CANDIDATES]
    alone = np.partition(np.linalg.norm(at[some, None] - at, axis=2), 1, axis=1)[:, 1]
    reached = (row for row in some[np.argsort(-alone)] if is_free(page, [(float(at[row, 0]), float(at[row, 1]))]))
    return int(next(reached))


RAYS = """(canvas, [x, y]) => {
  const paint = canvas.getContext("2d");
  const ratio = canvas.width / canvas.getBoundingClientRect().width;
  const ink = (angle, far) => paint.getImageData(
    Math.round(ratio * (x + far * Math.cos(angle))), Math.round(ratio * (y + far * Math.sin(angle))), 1, 1).data[3];
  return [0, 1, 2, 3, 4, 5, 6, 7].map((eighth) => [6, 7, 8, 9, 10].some((far) => ink(eighth * Math.PI / 4, far) > 200));
}"""


def is_ringed(page: Page, row: int) -> bool:
    """Return whether there is ink all around a sample, with the whole map shown and no pointer on it."""
    whole(page)
    box = page.locator(".overlay").bounding_box()
    assert box
    x, y = places(page)[row] - [box["x"], box["y"]]
    return all(page.locator(".overlay").evaluate(RAYS, [float(x), float(y)]))
