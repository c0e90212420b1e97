"""The page of the map from an empty session, without a browser."""

import numpy as np
import pytest
from app_pages import button_labels, press, read_page, turn_to

from dashboard.shared import state
from dashboard.shared import wording as shared_wording
from dashboard.study.registry import OpenRequest
from dashboard.study.selections import keep_selection
from dashboard.views.active_sampling import ACTIVE_SAMPLING
from dashboard.views.label_review import wording as review_wording
from dashboard.views.map import MAP, wording
from dashboard.views.map.data import mask_of
from margin_core.cli import main
from margin_core.values import UNLABELED

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


def test_a_filter_and_a_color_are_chosen(app, asked, monkeypatch):
    sent = []
    monkeypatch.setattr(
        "dashboard.views.map.component.sample_map",
        lambda study, n, shown, *given, mask, **more: sent.append((shown, mask)),
    )
    turn_to(app, MAP)
    app.selectbox(key="color").set_value("label_error_score").run()
    app.multiselect[0].set_value([1]).run()
    read_page(app)
    (first, no_mask), *_, (color, mask) = sent
    assert (first, no_mask) == ("given", None) and color == "label_error_score"
    np.testing.assert_array_equal(mask_of(asked, mask) == 1, asked.study.labels == 1)


def test_a_filter_is_named_above_the_map_and_cleared(app, asked):
    turn_to(app, MAP)
    assert wording.CLEAR_FILTER not in button_labels(app)
    app.multiselect[0].set_value([1]).run()
    app.slider[0].set_value(0.05).run()
    matching = int(((asked.study.labels == 1) & (asked.session.scores >= 0.05)).sum())
    conditions = [f"given label {asked.study.class_names[1]}", "label error score at least 0.05"]
    assert wording.filtered(conditions, matching, 90) in read_page(app).replace("\\", "")
    press(app, wording.CLEAR_FILTER)
    assert wording.CLEAR_FILTER not in button_labels(app)
    assert app.multiselect[0].value == [] and app.slider[0].value == 0


def test_a_selection_is_listed_reviewed_and_cleared(app, asked):
    key = keep_selection(asked, np.arange(7), wording.INSIDE_LASSO)
    app.session_state[state.SELECTION.key] = key
    assert wording.selected(7, wording.INSIDE_LASSO) in turn_to(app, MAP)
    assert review_wording.only_these(7, wording.INSIDE_LASSO) in press(app, wording.REVIEW_THESE)
    assert app.session_state[state.REVIEWED.key] == key
    turn_to(app, MAP)
    assert wording.selected(7, wording.INSIDE_LASSO) not in press(app, wording.CLEAR)
    assert app.session_state[state.SELECTION.key] is None


def test_a_selection_without_labels_is_labeled_and_not_reviewed(app, studies, write_source, planted, tmp_path):
    labels = np.array(planted.study.labels)
    labels[:7] = UNLABELED
    path = write_source(tmp_path / "data", labels=labels)
    assert main(["prepare", str(path)]) == 0
    opened = studies.opened(studies.open(OpenRequest(path)))
    app.session_state[state.SELECTION.key] = keep_selection(opened, np.arange(7), wording.INSIDE_LASSO)
    turn_to(app, MAP)
    assert wording.REVIEW_THESE not in button_labels(app)
    assert review_wording.only_these(7, wording.INSIDE_LASSO) in press(app, wording.LABEL_THESE)
    app.session_state[state.SELECTION.key] = keep_selection(opened, np.arange(8), wording.INSIDE_LASSO)
    turn_to(app, MAP)
    assert wording.REVIEW_THESE in button_labels(app) and wording.LABEL_THESE not in button_labels(app)


def test_a_selection_of_a_study_without_any_label_leads_to_what_to_label_next(app, studies, write_source, tmp_path):
    path = write_source(tmp_path / "data", labels=np.full(90, UNLABELED))
    assert main(["prepare", str(path), "--task", "active_sampling"]) == 0
    opened = studies.opened(studies.open(OpenRequest(path)))
    app.session_state[state.SELECTION.key] = keep_selection(opened, np.arange(7), wording.INSIDE_LASSO)
    turn_to(app, MAP)
    assert press(app, shared_wording.LABEL_SAMPLES).startswith(f"# {ACTIVE_SAMPLING.title}")


def test_with_nothing_selected_nobody_is_told_how_until_a_sample_is_shown(app, asked):
    """Until then, the panel of the sample says it all."""
    assert wording.HINT not in turn_to(app, MAP)
    app.session_state[state.PICKED.key] = 3
    app.run()
    assert wording.HINT in read_page(app) and wording.REVIEW_THESE not in button_labels(app)


def test_a_map_on_its_way_can_be_waited_for(app, studies, write_source, tmp_path, open_it, stand_in_for_jobs):
    (jobs,) = [stand_in_for_jobs()]
    path = write_source(tmp_path / "data" / "new")
    open_it(path, may_compute=True)
    studies.open(OpenRequest(path))
    assert shared_wording.MAP_IS_COMPUTED in turn_to(app, MAP)
    assert shared_wording.REVIEW_SUSPECTS in button_labels(app)
    jobs[0].stop()
    assert jobs[0].status.text in turn_to(app, MAP)
    press(app, shared_wording.COMPUTE_MAP_AGAIN)
    assert len(jobs) == 2 and shared_wording.MAP_IS_COMPUTED in read_page(app)
