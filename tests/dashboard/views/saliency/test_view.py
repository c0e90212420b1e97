"""The page Saliency, from an empty session."""

import re

import numpy as np
import pytest
from app_pages import button_labels, press, turn_to
from heatmaps import DIGITS, AtOnce

from dashboard.shared import state
from dashboard.study.selections import keep_selection, selection_of
from dashboard.views.map.data import available_channels, keep_mask, mask_of, palette_and_legend
from dashboard.views.saliency import SALIENCY, wording
from dashboard.views.saliency.agreement import agreements
from dashboard.views.saliency.fragility_ranking import (
    FRAGILITY,
    fragility_answer,
    fragility_of,
    most_fragile,
    unusually_fragile,
)
from dashboard.views.saliency.query import SaliencyQuery
from margin_core.audit.stored_explanation import load_or_explain
from margin_core.figures.palette import N_SHADES
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source
from margin_core.tasks.saliency.fragility import fragility_column
from margin_core.tasks.saliency.worker.request import SaliencyRequest

pytestmark = pytest.mark.slow  # Whole pages, and a network that answers.


def test_the_page_shows_curves_once_they_are_known(app, asked_digits):
    assert wording.FAITHFULNESS not in turn_to(app, SALIENCY)
    row = int(asked_digits.audited.explanation.rows[0])
    methods = ("grad_cam", "integrated_gradients")
    AtOnce(asked_digits).submit([SaliencyRequest("metrics", row, name) for name in methods])
    text = turn_to(app, SALIENCY)
    assert wording.FAITHFULNESS in text
    [two] = agreements(asked_digits, SaliencyQuery(row, methods))
    assert f"Grad-CAM and Integrated Gradients | {two.correlation:.2f} | {two.in_common:.0%}" in text
    assert wording.FRAGILITY in text
    assert wording.COMPARISON in text


def test_the_fragility_of_all_samples_is_measured_once_and_colors_filters_and_ranks(
    app, asked_digits, client, monkeypatch
):
    drawn = np.random.default_rng(0)
    monkeypatch.setattr(
        fragility_column, "compute_fragility", lambda recipe, model, pictures: drawn.random(len(pictures))
    )
    text = turn_to(app, SALIENCY)
    assert wording.cost_of_measuring(1797) in text
    assert wording.MEASURE_ALL in button_labels(app)
    assert fragility_of(asked_digits) is None
    assert "fragility" not in available_channels(asked_digits)
    load_or_explain(
        FRAGILITY, open_source(DIGITS, workspace=Workspace.at(asked_digits.audited.opened.workspace.folder))
    )
    values = fragility_of(asked_digits)
    channel = available_channels(asked_digits)["fragility"]
    assert values.shape == (1797,) and 0 <= values.min() < values.max() <= 1
    shades = channel.values(asked_digits).astype(int)
    assert (shades.min(), shades.max()) == (0, N_SHADES - 1)
    assert (np.diff(shades[np.argsort(values)]) >= 0).all()
    _, legend = palette_and_legend(asked_digits, channel)
    assert legend["high"] == f"{np.quantile(values, 0.98):.0%} replaced"
    mask = mask_of(asked_digits, keep_mask(asked_digits, {"fragility": 0.6}))
    np.testing.assert_array_equal(mask == 1, values >= 0.6)
    most = most_fragile(values, 9)
    assert (np.diff(values[most]) <= 0).all() and values[most[-1]] >= np.sort(values)[-9]
    key = keep_selection(asked_digits, most, "fragile", is_ranked=True)
    assert client.get(f"trail?selection={key}").json()["rows"] == most.tolist()
    page = client.get(f"http://testserver/margin/{asked_digits.key}/selection/{key}").json()
    assert [card["row"] for card in page["cards"]] == most.tolist()
    unlike = unusually_fragile(fragility_answer(asked_digits), 9)
    assert set(unlike.tolist()) != set(most.tolist())
    text = turn_to(app, SALIENCY)
    assert re.search(r"replace: at most \d+% in half of the samples, more than \d+% in one of twenty\.", text)
    assert {wording.MOST_FRAGILE, wording.UNUSUALLY_FRAGILE, wording.COLOR_MAP} <= set(button_labels(app))
    press(app, wording.MOST_FRAGILE)
    assert selection_of(asked_digits, app.session_state[state.SELECTION.key]).rows.tolist()[:9] == most.tolist()
    assert app.selectbox[0].value == "fragility"
    assert wording.FRAGILITY_AT_LEAST in [slider.label for slider in app.slider]
