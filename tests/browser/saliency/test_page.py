"""Heatmaps of pictures in a real Chromium: of one sample, and of the queue."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from browser.looking import NARROW, PATIENCE, Look, Serve, complaints, wait_until_idle, wider_than_the_screen
from PIL import Image
from playwright.sync_api import Page, expect

from dashboard.shared.wording import STOP
from dashboard.study.jobs import STOPPED
from dashboard.views.saliency import wording

pytestmark = pytest.mark.browser


DRAWN = """node => {
  const { data } = node.getContext("2d").getImageData(0, 0, node.width, node.height);
  return [...data].filter((_, at) => at % 4 === 0).join();
}"""
"""The red of every pixel of a canvas."""


def heatmaps_ready(page: Page, row: int | str) -> None:
    page.locator(f".saliency[data-row='{row}'][data-state=ready]").wait_for(timeout=2 * PATIENCE)


def test_the_heatmaps_of_a_suspect_are_one_key_away_and_so_is_the_way_back(look: Look, serve: Serve) -> None:
    dashboard = serve("digits")
    page = look(dashboard, "review")
    page.locator(".label-review[data-place=one]").wait_for()
    page.keyboard.press("ArrowRight")
    row = page.locator(".label-review").get_attribute("data-row")
    assert row is not None
    page.keyboard.press("v")
    heatmaps_ready(page, row)
    tiles = page.locator(".saliency .tile[data-method]")
    expect(tiles).to_have_count(3)
    for tile in tiles.all():
        tile.locator("xpath=self::*[@data-drawn]").wait_for()
    drawn = [tile.locator(".heat").evaluate(DRAWN) for tile in tiles.all()]
    assert len(set(drawn)) == 3
    grad_cam = page.locator(".tile[data-method=grad_cam]")
    expect(grad_cam.locator(".measures .number").first).to_have_text(re.compile(r"^-?\d\.\d\d$"))
    page.locator(".js-plotly-plot .scatterlayer .trace").first.wait_for()
    wait_until_idle(page)

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(".saliency input[type=range]").first.fill("0.2")
    assert grad_cam.locator(".heat").evaluate("node => getComputedStyle(node).opacity") == "0.2"
    # The modules of a component further down may still be on their way; what is asked of the study may not.
    assert [url for url in asked if re.search(r"/margin/[0-9a-f]+/saliency/", url)] == []

    page.get_by_role("heading", name=wording.TITLE).click()
    page.keyboard.press("o")
    words = page.locator(".parts-words")
    expect(words).to_have_text(re.compile("Click a part"))
    page.keyboard.press(".")
    expect(words).to_have_text(re.compile(r"^Without part 1 of \d+: \d (falls|rises) by 0\.\d{3}"))
    page.locator(".tile .frame").first.click(position={"x": 40, "y": 40})
    expect(words).not_to_have_text(re.compile("Without part 1 of"))
    page.locator(".saliency label select").last.select_option(index=1)
    expect(page.locator(".saliency .scale")).to_have_text(re.compile(r"^for \d"))

    for theme_page in (page, look(dashboard, "saliency", theme="dark")):
        theme_page.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
        wait_until_idle(theme_page)
        assert complaints(theme_page) == set()
        assert wider_than_the_screen(theme_page) == []
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert complaints(page) == set()
    assert wider_than_the_screen(page) == []

    page.get_by_role("heading", name=wording.TITLE).click()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f".saliency[data-row='{row}']")).to_have_count(0)
    page.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    other = page.locator(".saliency").get_attribute("data-row")
    page.keyboard.press("v")
    page.locator(f".label-review[data-place=one][data-row='{other}']").wait_for()


def test_heatmaps_of_the_queue_are_made_compared_attacked_and_taken_away(
    look: Look, serve: Serve, tmp_path: Path
) -> None:
    page = look(serve("fashion"), "saliency")
    for name in ("MARGIN", "Integrated Gradients"):
        page.locator(".saliency .options").first.get_by_role("button", name=name, exact=True).click()
    page.locator(".tile[data-method=grad_cam][data-drawn]").wait_for(timeout=2 * PATIENCE)
    page.locator(".strip [data-act=start]").click()
    expect(page.locator(".strip .item[data-heatmap=there]").nth(4)).to_be_visible()
    page.locator(".strip [data-act=stop]").click()
    page.locator(".strip[data-state=stopped]").wait_for()

    comparison = page.locator(".comparison")
    comparison.locator("select").select_option("25")
    for name in ("MARGIN", "Integrated Gradients", "Gradient × input"):
        comparison.get_by_role("button", name=name, exact=True).click()
    comparison.locator("[data-act=start]").click()
    expect(comparison.locator("tbody tr")).to_have_count(2)
    if comparison.locator("[data-act=stop]").is_visible():
        comparison.locator("[data-act=stop]").click()
    expect(comparison.locator("tbody th").first).to_have_text("Grad-CAM")

    page.locator(".fragility [data-act=begin]").click()
    page.locator(".fragility [data-act=top_k]").click()
    page.locator(".fragility[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    expect(page.locator(".fragility dd").first).to_have_text(re.compile(r"^\d+ %$"))

    page.locator(".fragility [data-act=start]").click()
    page.locator(".strengths[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    expect(page.locator(".strengths .dot.attack")).to_have_count(3 * 4)
    expect(page.locator(".strengths .dot.random")).to_have_count(3 * 4)
    marked = page.locator(".strengths .mark").first.get_attribute("x1")
    page.locator(".fragility input[type=range]").fill("3")
    expect(page.locator(".strengths .axis .now").first).to_have_text("8")
    assert page.locator(".strengths .mark").first.get_attribute("x1") != marked
    examples = page.locator(".examples")
    expect(examples).to_contain_text(re.compile(r"at most 8 of 255: changed at random, \d of 5 stay; changed against"))
    expect(examples.locator(".example.other:visible").first).to_contain_text(re.compile("out by|new"))
    assert complaints(page) == set()
    page.get_by_role("button", name=wording.MEASURE_ALL).click()
    page.get_by_role("button", name=STOP, exact=True).click()
    expect(page.get_by_text(STOPPED)).to_be_visible()
    before = page.locator(".saliency").get_attribute("data-row")
    examples.locator("[data-row=before] .example").first.click()
    expect(page.locator(f".saliency[data-row='{before}']")).to_have_count(0)
    page.locator(".tile[data-method=grad_cam][data-drawn]").wait_for(timeout=2 * PATIENCE)

    with page.expect_download() as picture:
        page.locator("[data-act=save-picture]").click()
    with Image.open(picture.value.path()) as saved:
        assert saved.size[0] > 600
        assert len(saved.convert("RGB").getcolors(1_000_000) or []) > 50
    with page.expect_download() as arrays:
        page.locator("[data-act=save-arrays]").click()
    with np.load(io.BytesIO(Path(arrays.value.path()).read_bytes()), allow_pickle=False) as kept:
        assert kept["grad_cam.heatmap"].shape == (28, 28)
