"""Attributions of texts and rows of numbers, and a model that gives probabilities only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from browser.looking import (
    NARROW,
    PATIENCE,
    Look,
    complaints,
    go,
    open_from_page,
    wait_until_idle,
    wider_than_the_screen,
)
from browser.running import RunningDashboard
from PIL import Image
from playwright.sync_api import Page, expect

from dashboard.views.saliency import SALIENCY, wording
from margin_core.audit.audit import audit, compute_map_positions
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source

pytestmark = pytest.mark.browser


RULE = """
import numpy as np

class Cold:
    fingerprint, description, class_names = "cold 1", "Looks for one word", ("cold", "warm")

    def probabilities(self, inputs):
        cold = np.array([0.9 if "cold" in text else 0.2 for text in inputs])
        return np.stack([cold, 1 - cold], axis=1)
"""


def write_onnx(path: Path, shape: list[int | str], weights: np.ndarray) -> None:
    """Write a model of one linear layer, from samples of a shape to the logits of two classes."""
    kinds = onnx.TensorProto
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("Flatten", ["samples"], ["flat"]),
            onnx.helper.make_node("Gemm", ["flat", "w"], ["logits"]),
        ],
        "linear",
        [onnx.helper.make_tensor_value_info("samples", kinds.FLOAT, shape)],
        [onnx.helper.make_tensor_value_info("logits", kinds.FLOAT, ["b", 2])],
        [onnx.numpy_helper.from_array(np.stack([weights, -weights], axis=1).astype(np.float32), "w")],
    )
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8), path)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDashboard]:
    """Serve texts with a model of somebody's own; a table and pictures with ONNX models may be opened beside them."""
    folder, drawn = tmp_path_factory.mktemp("others"), np.random.default_rng(0)
    (folder / "own_rule.py").write_text(RULE, encoding="utf-8")
    lines = [f"The {what} by the {where} was {mood} to us,{mood}" for what in ("soup", "room", "hall", "bath", "tea")
             for where in ("sea", "lake", "mill", "park") for mood in ("cold", "warm")]  # fmt: skip
    (folder / "texts.csv").write_text("\n".join(["text,label", *lines, "So cold,warm"]) + "\n", encoding="utf-8")
    labels = np.arange(40) % 2
    rows = drawn.normal(size=(40, 4)) + 2 * np.outer(1 - 2 * labels, [0, 0, 1, 0])
    table = pd.DataFrame(rows, columns=["ash", "hue", "iron", "lime"]).assign(label=labels)
    table.to_csv(folder / "table.csv", index=False)
    write_onnx(folder / "table.onnx", ["b", 4], np.array([0, 0.2, 2, 0]))
    pictures = drawn.integers(0, 90, (40, 8, 8)).astype(np.uint8)
    pictures[labels == 0, :4, :4] += 150
    np.savez(folder / "pictures.npz", inputs=pictures, labels=labels)
    weights = np.full((8, 8), -1.0)
    weights[:4, :4] = 1
    write_onnx(folder / "pictures.onnx", ["b", 1, 8, 8], weights.ravel() / 4)
    own: dict[str, Any] = {}
    exec(RULE, own)
    for name, model in (
        ("texts.csv", own["Cold"]()),
        ("table.csv", str(folder / "table.onnx")),
        ("pictures.npz", str(folder / "pictures.onnx")),
    ):
        workspace = Workspace.at((folder / name).with_suffix(".margin"))
        compute_map_positions(audit(open_source(folder / name, model=model, workspace=workspace)))
    dashboard = RunningDashboard(
        folder / "texts.csv", folder, "--model", "own_rule:Cold", "--workspace", folder / "texts.margin",
        "--root", folder,
    )  # fmt: skip
    yield dashboard
    dashboard.stop()


def beside(page: Page, others: RunningDashboard, name: str) -> None:
    """Open a study beside the texts, and look at its heatmaps."""
    open_from_page(page, others.folder / name)
    page.get_by_test_id("stMetric").first.wait_for(timeout=2 * PATIENCE)
    go(page, SALIENCY)
    page.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    wait_until_idle(page)


def test_the_words_of_a_text_are_weighed_where_they_stand(look: Look, others: RunningDashboard) -> None:
    page = look(others, "saliency")
    page.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    expect(
        page.get_by_text("Texts have MARGIN's own heatmap; the other methods are made for pictures.")
    ).to_be_visible()
    words = page.locator(".saliency .word")
    shares = words.evaluate_all("all => all.map((one) => Number(one.style.getPropertyValue('--share')))")
    heaviest = words.nth(int(np.argmax(shares)))
    expect(heaviest).to_have_text("cold")
    page.get_by_role("heading", name=wording.TITLE).click()
    page.keyboard.press(".")
    words = page.locator(".parts-words")
    expect(words).to_have_text(re.compile(r"^Without word 1, “\w+”: cold falls by 0\.000"))
    heaviest.click()
    expect(words).to_have_text(re.compile(r"^Without word \d+, “cold”: cold falls by 0\.700, from 0\.90 to 0\.20\."))
    page.locator(".saliency label select").last.select_option(index=1)
    expect(page.locator(".saliency .scale")).to_have_text("for warmfor cold")
    dark = look(others, "saliency", theme="dark")
    dark.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    wait_until_idle(dark)
    assert complaints(dark) == set()
    assert wider_than_the_screen(dark) == []


def test_the_columns_of_a_row_are_weighed_the_most_important_first(look: Look, others: RunningDashboard) -> None:
    page = look(others, "open")
    beside(page, others, "table.margin")
    columns = page.locator(".saliency .weight:not(.head)")
    expect(columns).to_have_count(4)
    expect(columns.first.locator(".name")).to_have_text("iron")
    columns.first.click()
    expect(page.locator(".parts-words")).to_have_text(re.compile("^Without iron, the mean of all samples in its place"))
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert complaints(page) == set()
    assert wider_than_the_screen(page) == []
    with page.expect_download() as picture:
        page.locator("[data-act=save-picture]").click()
    with Image.open(picture.value.path()) as saved:
        assert saved.size[0] == 720


def test_an_onnx_model_has_the_heatmaps_that_ask_for_probabilities(look: Look, others: RunningDashboard) -> None:
    page = look(others, "open")
    beside(page, others, "pictures.margin")
    methods = page.locator(".saliency .options").first.get_by_role("button")
    assert methods.all_inner_texts() == ["MARGIN", "Occlusion", "RISE", "LIME"]
    expect(page.get_by_text("This model only gives probabilities, so the methods that follow")).to_be_visible()
    page.get_by_role("heading", name=wording.TITLE).click()
    page.keyboard.press("o")
    expect(page.locator(".parts-words")).to_have_text(re.compile("Click a part"))
    methods.last.click()
    page.locator(".tile[data-method=lime][data-drawn]").wait_for(timeout=2 * PATIENCE)
