"""The page of the report and its routes, without a browser."""

import pytest
from app_pages import RUNNING, button_labels, press, turn_to
from reviewing import decide

from dashboard.shared.wording import STOP
from dashboard.views.report import REPORT, wording
from dashboard.views.report.data import available_tasks, command, last_report, report_path
from margin_core.cli import main
from margin_core.tasks import DecisionBoundary, LabelFlips, Prototypes

TASKS = {task.name: task.heading() for task in (LabelFlips, Prototypes, DecisionBoundary)}


def make(opened, *arguments):
    name, *flags = command(opened, ["label_flips"], 3)
    assert main([name, str(opened.audited.opened.source), *flags, *arguments]) == 0


def test_only_tasks_that_can_be_answered_are_offered(opened):
    assert available_tasks(opened) == TASKS


def test_the_command_makes_the_report_that_is_shown(asked, get):
    assert last_report(asked) is None
    assert get("report").status_code == get("report/download").status_code == 404
    make(asked)
    made = last_report(asked)
    assert made.path == report_path(asked) and made.size > 1000
    shown, saved = get("report"), get("report/download")
    assert shown.text == saved.text == made.path.read_text(encoding="utf-8")
    assert "3 of 5 shown" in shown.text
    for answer in (shown, saved):
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["cache-control"] == "no-store"
    assert saved.headers["content-disposition"] == 'attachment; filename="pets-report.html"'


@pytest.mark.slow
def test_the_page_starts_follows_and_shows(app, asked, started, job_is):
    turn_to(app, REPORT)
    press(app, wording.MAKE)
    assert started == [command(asked, list(TASKS), 100)]

    job_is(RUNNING)
    app.run()
    assert button_labels(app) == [STOP]
    job_is(None)
    make(asked)
    app.run()
    made = last_report(asked)
    assert wording.about(made.made_at, made.size, 0) in [one.value for one in app.caption]
    decide(asked, 3, "keep")
    app.run()
    assert wording.about(made.made_at, made.size, 1) in [one.value for one in app.caption]
    assert wording.MAKE_AGAIN in button_labels(app)


@pytest.mark.slow
def test_nothing_is_made_of_no_task(app, asked):
    turn_to(app, REPORT)
    app.button_group[0].set_value([]).run()
    assert wording.NO_TASKS in [one.value for one in app.caption]
    assert next(button for button in app.button if button.label == wording.MAKE).disabled
