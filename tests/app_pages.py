"""Whole pages without a browser: turning to one, reading it, pressing its buttons."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from dashboard.study.jobs import JobStatus
from dashboard.views.base import View

RUNNING = JobStatus("running", 0.4, "Half way")
FAILED = JobStatus("failed", 0.4, "margin: out of luck.")
DONE = JobStatus("done", 1.0, "Done")


def turn_to(app: AppTest, view: View) -> str:
    """Open a page in a tab, and return its text."""
    app.run()
    app.switch_page(f"views/{view.page.parent.name}/view.py").run()
    return read_page(app)


def read_page(app: AppTest) -> str:
    """Return all text of the page that a tab shows, without the marks that keep a letter from formatting it."""
    assert not app.exception, app.exception[0].message
    parts = [*app.markdown, *app.caption, *app.metric, *app.text, *app.error, *app.info, *app.success]
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


def button_labels(app: AppTest) -> list[str]:
    """List what the buttons of a page say, in order."""
    return [button.label for button in app.button]


def press(app: AppTest, label: str) -> str:
    """Press the first button of a label, and return what the page says then."""
    next(button for button in app.button if button.label == label).click().run()
    return read_page(app)
