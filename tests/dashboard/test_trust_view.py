"""The page that says how far to trust a ranking, from an empty session, without a browser."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.jobs import Standing
from margin_core import trust
from margin_core.engine import Run
from margin_core.review import Choice, Verdict
from margin_core.workspace import Workspace

ROUTER = f"{dashboard.__path__[0]}/router.py"


@pytest.fixture
def app(desk):
    return AppTest.from_file(ROUTER, default_timeout=60)


def turn_to_it(app):
    app.run()
    app.switch_page("views/trust.py").run()
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
    count = trust.how_many(asked.belief())
    assert tiles == {"Wrong labels, by estimate": str(count.likely), "Found so far": "0", "Left, at most": "90"}
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
    assert "against what reviews found" in said


def test_more_false_alarms_flag_more_and_they_can_be_listed(app, asked):
    turn_to_it(app)
    sizes = []
    for share in (1, 50):
        app.slider[0].set_value(share).run()
        sizes.append(len(trust.flag(asked.belief(), share / 100).rows))
        listed = [button for button in app.button if button.label == "List them"]
        assert bool(listed) == bool(sizes[-1])
    assert sizes[0] <= sizes[1] and sizes[1]
    listed[0].click().run()
    assert f"**{sizes[1]} samples** flagged at 50 % false alarms" in "\n".join(one.value for one in app.markdown)


def test_a_self_test_is_started_followed_and_read(app, desk, asked, monkeypatch):
    started = []
    monkeypatch.setattr(desk, "plant_mistakes", started.append)
    assert "Plant mistakes in a copy of your labels" in turn_to_it(app)
    next(button for button in app.button if button.label == "Plant mistakes").click().run()
    assert len(started) == 1

    class Running:
        standing = Standing("running", 0.4, "Planting mistakes, 3 of 5")

    monkeypatch.setattr(desk, "self_test", lambda key: Running)
    turn_to_it(app)
    assert "Plant mistakes" not in [button.label for button in app.button]
    assert "Stop" in [button.label for button in app.button]

    monkeypatch.setattr(desk, "self_test", lambda key: None)
    workspace = asked.audited.opened.workspace
    found = trust.self_test(asked.study, asked.audited.task, run=Run(Workspace.at(workspace.folder)))
    assert found.sentence in turn_to_it(app)
