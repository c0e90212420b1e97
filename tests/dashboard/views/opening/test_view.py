"""A study on its way, without a browser and without a process: how far it is, stopped, failed, tried again."""

import pytest
from app_pages import FAILED, button_labels, press, read_page

from dashboard.shared import wording as shared_wording
from dashboard.study.jobs import JobStatus
from dashboard.study.registry import OpenRequest
from dashboard.views.open_source import OPEN
from dashboard.views.opening import OPENING, wording
from margin_core.study.notes import assumption, loss, read

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


@pytest.fixture
def on_its_way(studies, write_source, tmp_path, stand_in_for_jobs):
    """Open a study that nobody prepared; return its path and the jobs that stand in."""

    def on_its_way(status):
        jobs = stand_in_for_jobs(status)
        path = write_source(tmp_path / "data" / "new")
        studies.open(OpenRequest(path))
        return path, jobs

    return on_its_way


def test_it_stands_in_place_of_the_first_page_and_says_how_far_the_study_is(app, on_its_way):
    path, _ = on_its_way(JobStatus("running", 0.25, "Reading pictures"))
    app.run()
    text = read_page(app)
    assert text.startswith(f"# {OPENING.title}") and str(path) in text and wording.NOTE in text
    (progress,) = app.get("progress")
    assert (progress.proto.value, progress.proto.text) == (25, "Reading pictures")
    assert button_labels(app) == [shared_wording.STOP]


FACTS = (
    loss("1 file left out: not a picture."),
    assumption("Column 'x' is read as numbers; choose --feature x:text."),
    read("Classes: 2 (cat, *dog*)."),
)


@pytest.mark.parametrize("state", ["running", "failed", "stopped"])
def test_what_was_read_so_far_is_listed_the_gravest_first(app, on_its_way, state):
    on_its_way(JobStatus(state, 0.25, "Embedding", FACTS))
    app.run()
    [listed] = [text.value.replace("\\", "") for text in app.markdown if FACTS[0].text in text.value.replace("\\", "")]
    lines = [line.split("] ", 1)[1] for line in listed.splitlines()]
    assert lines == [
        "1 file left out: not a picture.",
        "Column 'x' is read as numbers; choose on the Open page, under Kinds of columns: x:text.",
        "Classes: 2 (cat, *dog*).",
    ]


def test_it_can_be_stopped_and_tried_again(app, on_its_way):
    _, jobs = on_its_way(JobStatus("running", 0.25, "Reading pictures"))
    app.run()
    press(app, shared_wording.STOP)
    app.run()
    assert jobs[0].status.text in read_page(app)
    assert button_labels(app) == [wording.TRY_AGAIN, wording.OPEN_ANOTHER]
    assert wording.NOTE in press(app, wording.TRY_AGAIN)
    assert [job.status.state for job in jobs] == ["stopped", "running"]
    assert jobs[1].arguments == jobs[0].arguments


def test_a_failure_is_one_sentence_for_a_browser_and_leads_to_another_study(app, on_its_way):
    on_its_way(FAILED)
    app.run()
    assert [error.value for error in app.error] == ["out of luck."]
    assert press(app, wording.OPEN_ANOTHER).startswith(f"# {OPEN.title}")
