"""The page of the label error estimate, from an empty session, without a browser."""

import numpy as np
import pytest
from app_pages import RUNNING, button_labels, press, read_page, turn_to

from dashboard.shared.wording import STOP
from dashboard.study.error_probabilities import error_posterior, stated_probabilities
from dashboard.views.label_error_estimate import LABEL_ERROR_ESTIMATE, wording
from dashboard.views.map import wording as map_wording
from margin_core.review import Choice, Verdict, estimates
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


def review(opened, rows, planted, drawn=False):
    flipped = set(planted.flipped.tolist())
    opened.session.decide(
        [
            Choice(
                seq=1000 * drawn + int(row),
                row=int(row),
                verdict=Verdict.RELABEL if row in flipped else Verdict.KEEP,
                label=int(planted.truth[row]),
                sampled=drawn,
            )
            for row in rows
        ],
        client="t",
    )


def test_before_any_review_the_interval_is_wide_and_nothing_is_bounded(app, asked, planted):
    text = turn_to(app, LABEL_ERROR_ESTIMATE)
    tiles = {tile.label: tile.value for tile in app.metric}
    count = estimates.estimate_error_count(error_posterior(asked))
    assert tiles == {wording.ESTIMATE: str(count.median), wording.FOUND: "0", wording.LEFT: wording.LEFT_UNKNOWN}
    assert count.low <= len(planted.flipped) <= count.high
    assert wording.between(count.low, count.high) in text
    assert wording.no_calibration(20) in text and wording.bounded_by_checks(0) in text


def beginning(sentence):
    """Return what a sentence says before its first number, a 1."""
    return sentence.partition("1")[0]


def test_reviews_are_counted_and_stopping_is_announced(app, asked, planted):
    suspects = asked.audited.overview.groups["suspects"]
    review(asked, suspects, planted)
    can_stop, following = beginning(wording.can_stop(1, 2, 3)), beginning(wording.next_yield(1, 2, 3, 4))
    assert can_stop not in turn_to(app, LABEL_ERROR_ESTIMATE)
    review(asked, np.setdiff1d(np.arange(90), suspects), planted, drawn=True)
    text = turn_to(app, LABEL_ERROR_ESTIMATE)
    tiles = {tile.label: tile.value for tile in app.metric}
    assert tiles == {wording.ESTIMATE: "5", wording.FOUND: "5", wording.LEFT: "0"}
    assert can_stop in text and wording.looked_at(90) in text
    assert wording.CALIBRATION_NOTE in text
    assert wording.can_stop(0, 90, 0) in text
    assert wording.found_in(5, 90) in text and following not in text


def test_the_expected_yield_and_the_missing_checks_are_shown(app, asked, planted):
    text = turn_to(app, LABEL_ERROR_ESTIMATE)
    at_random = wording.FOUND_AT_RANDOM.partition("{")[0]
    assert wording.found_in(0, 0) in text and at_random not in text
    ahead = estimates.expected_yield(error_posterior(asked), asked.session.upcoming_with_checks(100, checks=True)[0])
    assert len(ahead.mean) == 91
    for looks in (50, 90):
        numbers = (looks, ahead.median[looks], ahead.low[looks], ahead.high[looks])
        assert wording.next_yield(*numbers) in text
    assert wording.SUSPECTS_FIRST in text
    review(asked, asked.audited.overview.groups["suspects"], planted)
    app.selectbox[0].set_value(50).run()
    text = turn_to(app, LABEL_ERROR_ESTIMATE)
    checks = asked.session.checks_needed(90 * 50 // 1000)
    assert wording.checks_to_go(checks, 4) in text
    assert at_random in text
    drawn, is_sampled = asked.session.upcoming_with_checks(checks, checks=True)
    assert is_sampled.all()
    review(asked, drawn, planted, drawn=True)
    assert beginning(wording.can_stop(1, 2, 3)) in turn_to(app, LABEL_ERROR_ESTIMATE)


def test_the_brier_score_of_stated_probabilities_stands_beside_its_reference(app, asked, planted):
    rows, _ = asked.session.upcoming_with_checks(30, checks=True)
    review(asked, rows, planted)
    reviews = error_posterior(asked).reviews
    stated = estimates.prequential_probabilities(stated_probabilities(asked), reviews)
    wrong = reviews.outcomes == 1
    text = turn_to(app, LABEL_ERROR_ESTIMATE)
    scores = estimates.brier_score(stated, wrong), estimates.base_rate_brier_score(wrong)
    assert wording.brier(*scores, wrong.mean()) in text


def test_a_page_that_has_nothing_new_works_nothing_out_again(app, asked, planted, monkeypatch):
    review(asked, asked.session.upcoming_with_checks(30, checks=True)[0], planted)
    turn_to(app, LABEL_ERROR_ESTIMATE)
    for name in ("data.compute_error_estimate", "view.review_yield"):
        monkeypatch.setattr(f"dashboard.views.label_error_estimate.{name}", None)
    app.run()
    assert not app.exception


def test_more_false_alarms_flag_more_and_they_can_be_listed(app, asked):
    turn_to(app, LABEL_ERROR_ESTIMATE)
    sizes = []
    for share in (1, 50):
        app.slider[0].set_value(share).run()
        sizes.append(len(estimates.flag_labels(error_posterior(asked), share / 100).rows))
        listed = [button for button in app.button if button.label == wording.LIST_THEM]
        assert bool(listed) == bool(sizes[-1])
    assert sizes[0] <= sizes[1] and sizes[1]
    listed[0].click().run()
    assert map_wording.selected(sizes[1], wording.flagged_title(50)) in read_page(app)


def test_errors_are_planted_in_the_background_and_what_was_found_is_read(app, asked, started, job_is):
    assert wording.PLANT_HINT in turn_to(app, LABEL_ERROR_ESTIMATE)
    press(app, wording.PLANT)
    assert started == [("estimate",)]

    job_is(RUNNING)
    turn_to(app, LABEL_ERROR_ESTIMATE)
    assert wording.PLANT not in button_labels(app)
    assert STOP in button_labels(app)

    job_is(None)
    workspace = asked.audited.opened.workspace
    found = estimates.planted_error_test(asked.study, asked.audited.task, run=Run(Workspace.at(workspace.folder)))
    text = turn_to(app, LABEL_ERROR_ESTIMATE)
    assert found.sentence in text
    assert wording.brier_of_planted(found.brier_score, found.base_rate_brier_score) in text
