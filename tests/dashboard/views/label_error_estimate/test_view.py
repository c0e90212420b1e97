"""The page that says how far to trust a ranking, from an empty session, without a browser."""

import numpy as np
import pytest

from dashboard.study.jobs import Standing
from margin_core.review import Choice, Verdict
from margin_core.review import estimates as trust
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


def turn_to_it(app):
    app.run()
    app.switch_page("views/label_error_estimate/view.py").run()
    assert not app.exception, app.exception[0].message
    return "\n".join(str(part.value) for part in [*app.markdown, *app.caption, *app.success])


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
    said = turn_to_it(app)
    tiles = {tile.label: tile.value for tile in app.metric}
    count = trust.estimate_error_count(asked.error_posterior())
    assert tiles == {"Wrong labels, by estimate": str(count.median), "Found so far": "0", "Left, at most": "90"}
    assert count.low <= len(planted.flipped) <= count.high
    assert f"between {count.low} and {count.high} (95 %)" in said
    assert "After 20 reviews this shows" in said


def test_reviews_are_counted_and_stopping_is_said(app, asked, planted):
    suspects = asked.audited.overview.groups["suspects"]
    review(asked, suspects, planted)
    assert "You can stop" not in turn_to_it(app)
    review(asked, np.setdiff1d(np.arange(90), suspects), planted, drawn=True)
    said = turn_to_it(app)
    tiles = {tile.label: tile.value for tile in app.metric}
    assert tiles == {"Wrong labels, by estimate": "5", "Found so far": "5", "Left, at most": "0"}
    assert "You can stop" in said and "in 90 labels looked at" in said
    assert "against what the reviewer found" in said
    assert "of 90 labels are still wrong (95 % sure). Your goal is at most 0." in said
    assert "**5 wrong labels found in 90 looked at.**" in said and "The next" not in said


def test_going_on_says_what_to_expect_and_how_many_checks_are_missing(app, asked, planted):
    said = turn_to_it(app)
    assert "**0 wrong labels found in 0 looked at.**" in said and "In random order" not in said
    ahead = trust.expected_yield(asked.error_posterior(), asked.session.mixed(100, checks=True)[0])
    assert len(ahead.mean) == 91
    for looks in (50, 90):
        numbers = (looks, ahead.mean[looks], ahead.low[looks], ahead.high[looks])
        assert "The next {} may hold {:.0f} ({:.0f} to {:.0f}).".format(*numbers) in said
    assert "Go through the suspects first" in said
    review(asked, asked.audited.overview.groups["suspects"], planted)
    app.selectbox[0].set_value(50).run()
    said = turn_to_it(app)
    checks = asked.session.checks_needed(90 * 50 // 1000)
    assert f"{checks} random checks more, all of them right, would show that at most 4 labels are wrong." in said
    assert "In random order it would be about" in said
    drawn, by_chance = asked.session.mixed(checks, checks=True)
    assert by_chance.all()
    review(asked, drawn, planted, drawn=True)
    assert "You can stop: at most" in turn_to_it(app)


def test_brier_is_said_beside_its_reference_for_chances_stated_before(app, asked, planted):
    rows, _ = asked.session.mixed(30, checks=True)
    review(asked, rows, planted)
    reviews = asked.error_posterior().reviews
    stated = trust.prequential_probabilities(asked.error_probabilities, reviews)
    wrong = reviews.outcomes == 1
    said = turn_to_it(app)
    assert f"**Brier score {trust.brier_score(stated, wrong):.3f}**, 0 is perfect." in said
    assert f"Who says “{wrong.mean():.0%}” of every label gets {trust.base_rate_brier_score(wrong):.3f}." in said


def test_a_page_that_has_nothing_new_works_nothing_out_again(app, asked, planted, monkeypatch):
    review(asked, asked.session.mixed(30, checks=True)[0], planted)
    turn_to_it(app)
    for name in ("summed_up", "finds"):
        monkeypatch.setattr(f"dashboard.shared.cached.{name}", None)
    app.run()
    assert not app.exception


def test_more_false_alarms_flag_more_and_they_can_be_listed(app, asked):
    turn_to_it(app)
    sizes = []
    for share in (1, 50):
        app.slider[0].set_value(share).run()
        sizes.append(len(trust.flag_labels(asked.error_posterior(), share / 100).rows))
        listed = [button for button in app.button if button.label == "List them"]
        assert bool(listed) == bool(sizes[-1])
    assert sizes[0] <= sizes[1] and sizes[1]
    listed[0].click().run()
    assert f"**{sizes[1]} samples** flagged at 50 % false alarms" in "\n".join(one.value for one in app.markdown)


def test_a_self_test_is_started_followed_and_read(app, desk, asked, monkeypatch):
    started = []
    monkeypatch.setattr(desk, "start", lambda key, command: started.append(command))
    assert "Plant mistakes in a copy of your labels" in turn_to_it(app)
    next(button for button in app.button if button.label == "Plant mistakes").click().run()
    assert started == ["estimate"]

    class Running:
        standing = Standing("running", 0.4, "Planting mistakes, 3 of 5")

    monkeypatch.setattr(desk, "job", lambda key, command: Running)
    turn_to_it(app)
    assert "Plant mistakes" not in [button.label for button in app.button]
    assert "Stop" in [button.label for button in app.button]

    monkeypatch.setattr(desk, "job", lambda key, command: None)
    workspace = asked.audited.opened.workspace
    found = trust.planted_error_test(asked.study, asked.audited.task, run=Run(Workspace.at(workspace.folder)))
    said = turn_to_it(app)
    assert found.sentence in said
    assert f"**Brier score {found.brier_score:.3f}** on planted mistakes" in said
