"""What people bring, opened on the Open page: what was read stands on the overview, or why not, in one sentence."""

import json
from contextlib import redirect_stdout
from io import StringIO

import pytest
from app_pages import button_labels, press, read_page, turn_to
from front_door import INPUTS, pictures_seen_once, without_shares

from dashboard.shared.layout import for_browser
from dashboard.study.jobs import Job, JobStatus
from dashboard.views.open_source import OPEN, wording
from dashboard.views.opening import wording as opening_wording
from dashboard.views.overview import OVERVIEW
from dashboard.views.overview import wording as overview_wording
from margin_core.cli import main

pytestmark = pytest.mark.slow  # Whole pages: some seconds each.


@pytest.fixture(scope="module", autouse=True)
def _pictures_seen_once():
    with pictures_seen_once():
        yield


@pytest.fixture
def jobs_in_this_process(monkeypatch, capsys):
    """Run every job here when it is started, as another process would."""

    class JobHere(Job):
        def __init__(self, arguments, on_ranked, **more):
            self.status, self._on_ranked = JobStatus("running", 0.0, "Starting"), on_ranked
            self._on_done = more.get("on_done", lambda: None)
            output = StringIO()
            with redirect_stdout(output):
                code = main([*arguments, "--progress", "json"])
            for line in output.getvalue().splitlines():
                self._update(json.loads(line))
            self._end(code, (capsys.readouterr().err.splitlines() or [""])[-1])

    monkeypatch.setattr("dashboard.study.registry.Job", JobHere)


def choose(app, options):
    """Fill in the form as the options of the command line say."""
    for box in [box for box in app.selectbox if box.label == wording.SHEET]:
        assert box.value is None
        box.set_value(dict(options).get("--sheet")).run()  # Which columns there are depends on it.
    for flag, value in options:
        if flag == "--nodes":
            next(box for box in app.text_input if box.label == wording.NODES).set_value(value).run()
    kinds = dict(value.rsplit(":", 1) for flag, value in options if flag == "--feature")
    if kinds:
        app.multiselect[0].set_value(list(kinds)).run()  # Then each is asked for.
    boxes = {box.label.replace("\\", ""): box for box in app.selectbox}
    for name, kind in kinds.items():
        boxes[wording.kind_of(name)].set_value(kind)
    for flag, value in options:
        if flag == "--model":
            next(box for box in app.text_input if box.label == wording.MODEL).set_value(value)
        elif flag == "--labels":
            next(box for box in app.text_input if box.label == wording.LABELS).set_value(value)
        elif flag == "--edges":
            next(box for box in app.text_input if box.label == wording.EDGES).set_value(value)
        elif flag not in ("--feature", "--nodes", "--root", "--sheet"):
            boxes[wording.COLUMNS[flag.removeprefix("--")][0]].set_value(value)


@pytest.mark.parametrize("given", INPUTS, ids=str)
def test_the_open_page_reads_it(given, app, studies, jobs_in_this_process, monkeypatch):
    folder = studies.roots[0]
    source, flags = given.write(folder), given.flags(folder)
    # AppTest cannot type what the box does not offer, as a browser can.
    monkeypatch.setattr("dashboard.views.open_source.sources.sources_below", lambda roots: [str(source)])
    turn_to(app, OPEN)
    app.selectbox[0].set_value(str(source)).run()
    choose(app, list(zip(flags[::2], flags[1::2], strict=True)))
    shown = without_shares(press(app, wording.OPEN))
    if given.refused:
        assert for_browser(given.refusal(source)) in shown
        assert not studies.opened(next(iter(studies.requests), ""))
        return
    text = without_shares(turn_to(app, OVERVIEW))
    for note in given.notes(source):
        assert for_browser(note).replace("\\", "") in text  # `read_page` leaves them out
    names = [name for name in given.labels if name]
    assert f"Classes: {len(names):,} ({', '.join(names[:5])}" in text
    assert f"Features: {given.features}." in text
    [tile] = [metric for metric in app.metric if metric.label == overview_wording.SAMPLES]
    assert tile.value == str(sum(given.labels.values()))
    assert opening_wording.TRY_AGAIN not in button_labels(app)
    assert read_page(app)
