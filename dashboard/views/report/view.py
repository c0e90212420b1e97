"""The audit as one file, to be read, printed or sent."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout, state
from dashboard.shared.background import BackgroundJob
from dashboard.study.open_study import OpenStudy
from dashboard.views.report import wording
from dashboard.views.report.data import available_tasks, command, decisions_since, last_report, report_path
from margin_core.report import MAX_FINDINGS

STARTED = state.Remembered[tuple[str, ...]]("report", ())
"""The command of the report that this tab started last."""


def show_last(opened: OpenStudy) -> None:
    """Show the report that was made last, to be opened or saved."""
    made = last_report(opened)
    if made is None:
        return
    st.markdown(f"## {wording.LAST}")
    st.caption(wording.about(made.made_at, made.size, decisions_since(opened, made.made_at)))
    address = f"/margin/{opened.key}/report"
    with st.container(horizontal=True):
        st.link_button(wording.OPEN, address, icon=":material/open_in_new:")
        st.link_button(wording.DOWNLOAD, f"{address}/download", icon=":material/download:")


def make(opened: OpenStudy) -> None:
    """Offer to make a report of what is chosen, and show how far it is."""
    tasks = available_tasks(opened)
    chosen = st.pills(wording.TASKS, list(tasks), selection_mode="multi", default=list(tasks), format_func=tasks.get)
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
    words = wording.MAKE if last_report(opened) is None else wording.MAKE_AGAIN
    if st.button(words, type="primary", disabled=not chosen):
        # In the order of the list, whatever the order of the clicks: the same choice is the same command.
        wanted = command(opened, [name for name in tasks if name in chosen], int(findings))
        STARTED.set(wanted)
        BackgroundJob(*wanted).start()


opened = state.opened()
layout.heading(wording.TITLE, wording.HELP)
if report_path(opened) is None:
    st.info(wording.NO_WORKSPACE)
    st.stop()
left, right = st.columns([3, 2], gap="large")
with left:
    make(opened)
    show_last(opened)
with right:
    st.markdown(f"## {wording.CONTENTS}")
    for title, meaning in wording.PARTS:
        st.markdown(f"**{title}**  \n:gray[{meaning}]")
