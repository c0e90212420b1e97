"""Work in the background, as every page shows it: started by a button, followed, stopped, tried again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.shared import state, wording
from dashboard.shared.layout import for_browser, open_review_button
from dashboard.study import registry
from dashboard.study.jobs import JobStatus
from dashboard.study.open_study import OpenStudy
from margin_core.errors import MissingPart
from margin_core.tasks import Task
from margin_core.values import Explanation


class BackgroundJob:
    """A `margin` command on the study of this tab.

    To be made before its result is asked for: a job that ends between the two has left it in the workspace.

    Parameters
    ----------
    command : str
        What stands between ``margin`` and the study, then the flags that follow it.
    """

    def __init__(self, *command: str) -> None:
        self._key, self._command = state.request_key() or "", command
        self._job = registry.STUDIES.job(self._key, *command)
        self.status = None if self._job is None else self._job.status

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.status is not None and self.status.state == "running"

    def start(self) -> None:
        """Start it, and show the page again."""
        registry.STUDIES.start(self._key, *self._command)
        st.rerun()

    def follow(self) -> None:
        """Show how far it is until it has ended, and a button that stops it."""
        job = self._job
        assert job is not None  # it is running
        follow(lambda: job.status, stop=lambda: job.stop())

    def show_failure(self) -> None:
        """Show why the last attempt has no result."""
        if self.status is not None:
            show_failure(self.status)


def follow(
    status: Callable[[], JobStatus | None],
    *,
    is_done: Callable[[], bool] = lambda: False,
    stop: Callable[[], None] | None = None,
    note: str = "",
    stop_help: str | None = None,
    show_details: Callable[[JobStatus], None] | None = None,
) -> None:
    """Show how far something is, and show the whole page again once it has ended.

    Parameters
    ----------
    status : callable
        Returns how far it is; None before it has begun.
    is_done : callable
        Whether what the page waits for is there, though the work goes on.
    stop : callable, optional
        What the button does.
    show_details : callable, optional
        Shows more of the status below.
    """

    @st.fragment(run_every=0.7)
    def following() -> None:
        now = status()
        if is_done() or (now is not None and now.state != "running"):
            st.rerun()
        st.progress(now.fraction if now else 0.0, text=now.text if now else wording.READING)
        if note:
            st.caption(note)
        is_under_way = now is None or now.fraction < 1
        if stop is not None and is_under_way and st.button(wording.STOP, help=stop_help):
            stop()
        if now is not None and show_details is not None:
            show_details(now)

    following()


def show_failure(status: JobStatus) -> None:
    """Show why something has ended without a result; nothing when it has one."""
    if status.state == "failed":
        st.error(for_browser(status.text))
    elif status.state == "stopped":
        st.info(for_browser(status.text))


def wait_for_map(opened: OpenStudy) -> None:
    """Show that the map is being laid out, and show the page again when it is there; ends the page."""
    key = state.request_key() or ""
    status = registry.STUDIES.status(key)
    if status is None or status.state == "running":
        follow(
            lambda: registry.STUDIES.status(key),
            is_done=lambda: opened.positions is not None,
            note=wording.MAP_IS_COMPUTED,
        )
        open_review_button()
    else:
        show_failure(status)
        if st.button(wording.COMPUTE_MAP_AGAIN, type="primary"):
            registry.STUDIES.resume(key)
            st.rerun()
    st.stop()


def require_answer(task: Task, opened: OpenStudy) -> Explanation:
    """Return what a task found; until it is computed, start that, show how far it is, and end the page."""
    job = BackgroundJob(*command_for(task))
    try:
        found = opened.answer(task)
    except MissingPart as error:
        st.info(for_browser(str(error)))
        st.stop()
    if found is not None:
        return found
    if job.status is None:
        job.start()
    elif job.is_running:
        job.follow()
    else:
        job.show_failure()
        if st.button(wording.TRY_AGAIN, type="primary"):
            job.start()
    st.stop()


def command_for(task: Task) -> tuple[str, ...]:
    """Return the ``margin`` command, but for its source, that computes a task's answer."""
    return "prepare", "--task", task.name, *settings_for(task)


def settings_for(task: Task) -> tuple[str, ...]:
    """Return the flags of a ``margin`` command that set the parameters in which a task differs from the usual one."""
    defaults = type(task)().declared_parameters()
    settings = [
        f"{name}={value}" for name, (value, _) in task.declared_parameters().items() if value != defaults[name][0]
    ]
    return tuple(part for setting in settings for part in ("--set", setting))
