"""Variable importance in a real Chromium: from a table to its bars, by the keyboard and by a click."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from browser.looking import NARROW, Look, complaints, wait_until_idle, wider_than_the_screen
from browser.running import RunningDashboard, margin, quiet_environment
from playwright.sync_api import expect

from dashboard.views.variable_importance import wording

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDashboard]:
    """Serve a table of which size decides, and twin goes together with it."""
    folder, random = tmp_path_factory.mktemp("table"), np.random.default_rng(0)
    size = random.normal(size=200)
    pd.DataFrame({
        "color": random.choice(["red", "green"], 200), "size": size, "twin": size + random.normal(size=200) / 2,
        "noise": random.normal(size=200), "label": np.where(size > 0, "large", "small"),
    }).to_csv(folder / "sizes.csv", index=False)  # fmt: skip
    made = subprocess.run(
        margin("prepare", folder / "sizes.csv"), env=quiet_environment(), capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    dashboard = RunningDashboard(folder / "sizes.csv", folder)
    yield dashboard
    dashboard.stop()


def test_a_table_is_ranked_and_a_variable_left_out(look: Look, table: RunningDashboard) -> None:
    page = look(table, "variables")  # computed in the background: nobody has asked for it yet
    bars, names = page.locator(".js-plotly-plot .bars .point path"), page.locator(".js-plotly-plot .ytick text")
    expect(bars).to_have_count(4)
    wait_until_idle(page)
    assert complaints(page) == set() and wider_than_the_screen(page) == []
    expect(names.first).to_have_text("size")
    page.get_by_role("combobox", name=wording.MEASURE).click()
    page.get_by_role("option", name=wording.MEASURES["importance"]).click()
    expect(page.get_by_role("heading", name=wording.MEASURES["importance"])).to_be_visible()
    first = names.first.text_content() or ""
    bars.first.click(force=True)  # Plotly lays a rectangle over all bars, which passes the click on.
    expect(bars).to_have_count(3)
    expect(page.get_by_test_id("stMultiSelect").get_by_text(first, exact=True)).to_be_visible()
    assert first not in names.all_text_contents()

    narrow = look(table, "variables", theme="dark")
    narrow.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    expect(narrow.locator(".js-plotly-plot .bars .point path")).to_have_count(4)
    wait_until_idle(narrow)
    assert complaints(narrow) == set() and wider_than_the_screen(narrow) == []
