"""The audit as one file, to be read, printed or sent."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout, state
from dashboard.shared.background import BackgroundJob
from dashboard.study.open_study import OpenStudy
from dashboard.views.report import REPORT, wording
from dashboard.views.report.data import (
    ReportFile,
    available_tasks,
    command,
    decisions_since,
    last_report,
    report_address,
    report_path,
)
from margin_core.report import MAX_FINDINGS

PREVIEW_HEIGHT = 760
"""Pixels: down to the end of a laptop's screen."""

STARTED = state.Remembered[tuple[str, ...]]("report", ())
"""The command of the report that this tab started last."""


def show_last(opened: OpenStudy, made: ReportFile) -> None:
    """Show when the last report was made, and offer to open or save it."""
    st.markdown(f"## {wording.LAST}")
    st.caption(wording.about(made.made_at, made.size, decisions_since(opened, made.made_at)))
    with st.container(horizontal=True):
        st.link_button(wording.OPEN, report_address(opened), icon=":material/open_in_new:")
        st.link_button(wording.DOWNLOAD, f"{report_address(opened)}/download", icon=":material/download:")


def show_contents() -> None:
    """List what will be in the report."""
    st.markdown(f"## {wording.CONTENTS}")
    for title, meaning in wording.PARTS:
        st.markdown(f"**{title}**  \n:gray[{meaning}]")


def make(opened: OpenStudy, made: ReportFile | None) -> None:
    """Offer to make a report of what is chosen, and show how far it is."""
    tasks = available_tasks(opened)
    chosen = st.pills(
        wording.TASKS, list(tasks), selection_mode="multi", default=list(tasks), format_func=tasks.__getitem__
    )
    findings = st.number_input(
        wording.FINDINGS, min_value=1, max_value=1000, value=MAX_FINDINGS, help=wording.FINDINGS_HELP, width=240
    )
    started = STARTED.get()
    running = BackgroundJob(*started) if started else None
    if running is not None and running.is_running:
        running.follow()
        return
    if running is not None:
        running.show_failure()
    if not chosen:
        st.caption(wording.NO_TASKS)
    words = wording.MAKE if made is None else wording.MAKE_AGAIN
    if st.button(words, type="primary", disabled=not chosen):
        # In the order of the list, whatever the order of the clicks: the same choice is the same command.
        wanted = command(opened, [name for name in tasks if name in chosen], int(findings))
        STARTED.set(wanted)
        BackgroundJob(*wanted).start()


opened = state.opened()
layout.heading(REPORT)
if report_path(opened) is None:
    st.info(wording.NO_WORKSPACE)
    st.stop()
made = last_report(opened)
left, right = st.columns([2, 3], gap="large")
with left:
    make(opened, made)
    if made is not None:
        show_last(opened, made)
with right:
    if made is None:
        show_contents()
    else:
        # The time makes another address of another report, or the browser would go on showing the one before.
        # Its own policy seals it off (`routes.SEALED`): a report holds whatever names the data have.
        address = f"{report_address(opened)}?made={made.made_at.timestamp():.0f}"
        st.iframe(address, height=PREVIEW_HEIGHT, tab_index=0, alt=wording.PREVIEW)
