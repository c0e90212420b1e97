"""MARGIN's own model of pictures that came with features is computed where somebody asks for it."""

import pytest
from app_pages import press, turn_to

from dashboard.shared import wording
from dashboard.views.saliency import SALIENCY

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
