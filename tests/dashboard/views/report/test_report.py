"""The page of the report and its routes, without a browser."""

import pytest

from dashboard.study.jobs import JobStatus
from dashboard.views.report import wording
from dashboard.views.report.data import available_tasks, command, last_report, report_path
from margin_core.cli import main
from margin_core.review import Choice, Verdict

TASKS = {
    "label_flips": "Suspect labels", "prototypes": "Prototypes & criticisms", "decision_boundary": "Decision boundary",
}  # fmt: skip


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
def test_the_page_starts_follows_and_shows(app, studies, asked, monkeypatch):
    started = []
    monkeypatch.setattr(studies, "start", lambda *arguments: started.append(arguments[1:]))
    app.run()
    app.switch_page("views/report/view.py").run()
    assert not app.exception
    next(button for button in app.button if button.label == wording.MAKE).click().run()
    assert started == [command(asked, list(TASKS), 100)]

    class Running:
        status = JobStatus("running", 0.4, "Writing the report")

    monkeypatch.setattr(studies, "job", lambda *arguments: Running)
    app.run()
    assert [button.label for button in app.button] == ["Stop"]
    monkeypatch.setattr(studies, "job", lambda *arguments: None)
    make(asked)
    app.run()
    assert wording.about(last_report(asked).made_at, last_report(asked).size, 0) in [one.value for one in app.caption]
    asked.session.decide([Choice(seq=1, row=3, verdict=Verdict.KEEP)], client="t")
    app.run()
    assert any("1 decision since" in one.value for one in app.caption)
    assert wording.MAKE_AGAIN in [button.label for button in app.button]


@pytest.mark.slow
def test_nothing_is_made_of_no_task(app, studies, asked):
    app.run()
    app.switch_page("views/report/view.py").run()
    app.button_group[0].set_value([]).run()
    assert wording.NO_TASKS in [one.value for one in app.caption]
    assert next(button for button in app.button if button.label == wording.MAKE).disabled
