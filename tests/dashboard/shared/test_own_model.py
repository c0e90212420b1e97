"""MARGIN's own model of pictures that came with features is computed where somebody asks for it."""

import numpy as np
import pytest
from app_pages import button_labels, press, turn_to

from dashboard.shared import wording
from dashboard.study.registry import OpenRequest
from dashboard.views.active_sampling import ACTIVE_SAMPLING
from dashboard.views.saliency import SALIENCY
from margin_core.cli import main

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


def test_a_page_that_lacks_a_model_offers_to_fit_one(app, asked, studies, monkeypatch):
    opened = []
    monkeypatch.setattr(studies, "open", lambda request: opened.append(request) or next(iter(studies.requests)))
    text = turn_to(app, SALIENCY)
    assert "pictures that came with features" in text
    press(app, wording.FIT_MODEL)
    (request,) = opened
    (before,) = studies.requests.values()
    assert request.model == "margin" and request.source == before.source


def test_without_labels_a_page_that_lacks_a_model_leads_to_labeling(app, studies, write_source, tmp_path):
    source = write_source(tmp_path / "data", labels=np.full(90, -1))
    assert main(["prepare", str(source)]) == 0
    studies.open(OpenRequest(source))
    assert "before two classes have labels" in turn_to(app, SALIENCY)
    assert wording.FIT_MODEL not in button_labels(app)
    text = press(app, wording.LABEL_SAMPLES)
    assert text.startswith(f"# {ACTIVE_SAMPLING.title}")
