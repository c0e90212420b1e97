"""How the ranking does where the truth is known, in a real Chromium."""

from __future__ import annotations

import pytest
from browser.looking import Known, Look, in_letters
from browser.running import RunningDashboard
from playwright.sync_api import expect

from dashboard.views.benchmark import wording
from margin_core.study.ground_truth import true_labels
from margin_core.tasks.label_flips.rankings import RANKINGS

pytestmark = pytest.mark.browser


def test_how_good_it_is_is_shown_beside_other_methods(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = look(untouched, "benchmark")
    expect(page.locator(".js-plotly-plot .scatterlayer .trace")).to_have_count(7)
    expect(page.locator(".js-plotly-plot .legendtext").filter(has_text=next(iter(RANKINGS)))).to_be_visible()
    opened = study.audited.opened
    wrong = int((true_labels(opened) != opened.study.labels).sum())
    expect(page.get_by_text(in_letters(wording.count_of_wrong(wrong, study.n)))).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
