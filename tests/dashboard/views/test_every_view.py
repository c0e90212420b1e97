"""Every page from an empty session, without a browser."""

import pytest
from app_pages import RUNNING, turn_to

from dashboard.shared.layout import plain
from dashboard.study.parts import HOW_TO_ADD
from dashboard.views import VIEWS
from dashboard.views.label_review import LABEL_REVIEW

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.path)
def test_every_page_of_a_study_is_headed_by_its_view(app, asked, started, job_is, view):
    job_is(RUNNING, after=started)
    text, missing = turn_to(app, view), view.missing(asked)
    assert not app.error
    if view is not LABEL_REVIEW:  # The queue has the whole screen.
        assert app.markdown[0].value == f"# {plain(view.title)}" and app.markdown[0].help == view.help
    assert missing is None or HOW_TO_ADD[missing] in text
