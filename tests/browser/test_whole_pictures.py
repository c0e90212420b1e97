"""Pictures of any shape are shown whole, and what is drawn on them lies on the same places."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator

from browser.looking import ON_DIGITS, Look, go, open_review
from browser.running import RunningDashboard
from dashboard.views.saliency import SALIENCY

pytestmark = pytest.mark.browser

SHAPES = {"portrait": (90, 160), "landscape": (160, 90), "strip": (40, 400)}

SHOW = """async (picture, [width, height]) => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="9"/></svg>`;
  picture.src = "data:image/svg+xml," + encodeURIComponent(svg);
  await picture.decode();
  const rect = (node) => node.getBoundingClientRect();
  const own = rect(picture), stage = rect(picture.parentElement);
  const layers = [...picture.parentElement.querySelectorAll("canvas.heat")].map(rect);
  const fit = getComputedStyle(picture).objectFit;
  const inside = own.top >= stage.top - 1 && own.bottom <= stage.bottom + 1
    && own.left >= stage.left - 1 && own.right <= stage.right + 1;
  return { fit, inside, layers: layers.map((one) => [one.width, one.height]), size: [own.width, own.height] };
}"""


def check(picture: Locator, shape: tuple[int, int], layers: int) -> None:
    shown = picture.evaluate(SHOW, list(shape))
    assert shown["fit"] == "contain"
    assert shown["inside"], shape
    # All are fitted into boxes of one size, and a heatmap has the shape of its picture.
    assert len(shown["layers"]) == layers
    for size in shown["layers"]:
        assert size == pytest.approx(shown["size"], abs=1)


@ON_DIGITS
def test_the_sample_under_review_is_shown_whole(look: Look, untouched: RunningDashboard) -> None:
    page = open_review(look, untouched)
    for shape in SHAPES.values():
        check(page.locator(".label-review .one .stage > img").first, shape, layers=0)


@ON_DIGITS
def test_a_heatmap_lies_on_its_picture(look: Look, untouched: RunningDashboard) -> None:
    page = look(untouched)
    go(page, SALIENCY)
    page.locator(".saliency .tile canvas.heat:visible").first.wait_for()
    picture = page.locator(".saliency .tile .stage:has(canvas.heat:visible) img").first
    picture.wait_for()
    for shape in SHAPES.values():
        check(picture, shape, layers=1)
