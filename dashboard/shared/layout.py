"""What every page shows around its own content."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.shared import state
from dashboard.shared.components import ClassEntry, class_entries
from dashboard.shared.palette import class_colours
from dashboard.study.jobs import Job
from dashboard.study.open_study import OpenStudy
from dashboard.study.registry import DESK
from margin_core.errors import MissingPart
from margin_core.study.samples import counted
from margin_core.tasks import Task
from margin_core.values import WHERE_TO_GET, Explanation, Need

ASSETS = Path(__file__).resolve().parents[2] / "assets"
MAP_VIEW = "views/map/view.py"
REVIEW_VIEW = "views/label_review/view.py"
EXPORT_VIEW = "views/export/view.py"
WALK_VIEW = "views/counterfactuals/view.py"
BOUNDARY_VIEW = "views/decision_boundary/view.py"
SALIENCY_VIEW = "views/saliency/view.py"

IN_THE_BROWSER = {
    WHERE_TO_GET[Need.LABELS]: "Name the label column on the Open page, or sort the files into one folder a class.",
    WHERE_TO_GET[Need.EMBEDDING]: "Open the pictures themselves; the Open page takes a model, too.",
    "Name one of these with --label.": "Name one of these as the label column on the Open page.",
    "or leave --model out.": "or leave the model out.",
    "Pass --model, or draw the slice through the features.": "Draw it through the features.",
}
"""What to do, for somebody who sees no command line: by the words that are written for one."""


def _inline(picture: Path) -> str:
    """Write a picture as an address that holds it; of a file, Streamlit would do so again at every click."""
    return "data:image/svg+xml;base64," + base64.b64encode(picture.read_bytes()).decode()


STYLE = f"<style>{(ASSETS / 'style.css').read_text(encoding='utf-8')}</style>"
"""The stylesheet, read once: every click of everybody sends it."""

ICON, LOGO = _inline(ASSETS / "icon.svg"), _inline(ASSETS / "logo.svg")


def classes(opened: OpenStudy) -> list[ClassEntry]:
    """Give name, colour and key of every class."""
    names = opened.study.class_names
    return class_entries(names, class_colours(len(names)))


def sidebar(opened: OpenStudy, *, is_reviewing: bool) -> None:
    """Show which study is open, a search field, who decides, and how far the review is.

    While somebody reviews, the desk says how far, key by key; a count here would lag behind it.
    """
    study, progress = opened.study, opened.session.progress()
    with st.sidebar:
        n_classes = len(study.class_names)
        size = f"{counted(len(study), 'sample')} · {n_classes:,} {'class' if n_classes == 1 else 'classes'}"
        # One text and not three: what a rerun costs is the number of its elements, not their length.
        st.markdown(f"**{plain(study.name)}**  \n:small[{size}]  \n:small[Scores rest on {plain(study.features)}.]")
        sought = st.text_input("Find a sample", placeholder="id, file or class").strip()
        if state.is_changed("search", sought) and sought:
            show(opened, opened.find(sought), f"found for '{sought}'")
        state.name_reviewer(
            st.text_input("Reviewer", value=state.reviewer(), help="Your name, written into every decision you make.")
        )
        if is_reviewing:
            return
        if progress.suspects:
            # Not "of so many suspects": random checks and whatever else was decided count, too.
            said = f"{progress.decided:,} decided, {counted(progress.suspects - progress.decided, 'suspect')} left"
            st.progress(min(progress.decided / progress.suspects, 1.0), text=said)
        else:
            st.caption("No label is suspect.")


def show(opened: OpenStudy, rows: np.ndarray, title: str, *, is_ranked: bool = False) -> None:
    """Select some samples and turn to the map, where they are listed: in this order, or the most suspect first."""
    state.select(opened.select(rows, title, is_ranked=is_ranked))
    st.switch_page(MAP_VIEW)


def counted_link(title: str, count: int, meaning: str, *, key: str) -> bool:
    """Show a count that leads to the samples behind it; True when it was pressed."""
    # One element and not three: what a rerun costs is the number of its elements.
    return st.button(f"`{count:>6,}`  {plain(title)}", key=key, help=meaning, disabled=not count, type="tertiary")


def heading(title: str, help: str, aside: str = "") -> None:
    """Show a page's title, with what it is for in small print."""
    st.markdown(f"# {title}", help=help)
    if aside:
        st.caption(aside)


def wait_for_map(opened: OpenStudy) -> None:
    """Say that the map is being laid out, and turn to it when it is there; ends the page."""

    @st.fragment(run_every=1.0)
    def waiting() -> None:
        if opened.has_map:
            st.rerun()
        standing = DESK.standing(state.request_key() or "")
        if standing is not None and standing.state in ("failed", "stopped"):
            st.error(for_browser(standing.text))
            if st.button("Lay the map out again", type="primary"):
                DESK.finish(state.request_key() or "")
                st.rerun()
            return
        st.progress(standing.fraction if standing else 0.0, text="Laying out the map")
        st.caption("Suspect labels can be reviewed meanwhile.")
        if st.button("Review suspect labels"):
            st.switch_page(REVIEW_VIEW)

    waiting()
    st.stop()


def follow(job: Job) -> None:
    """Show how far a job is until it has ended, and a button that stops it."""

    @st.fragment(run_every=0.7)
    def following() -> None:
        if job.standing.state != "running":
            st.rerun()
        st.progress(job.standing.fraction, text=job.standing.text)
        if st.button("Stop"):
            job.stop()

    following()


def command_for(task: Task) -> tuple[str, ...]:
    """Give the ``margin`` command, but for its source, that puts a task's question."""
    usual = type(task)().declared_parameters()
    settings = [f"{name}={value}" for name, (value, _) in task.declared_parameters().items() if value != usual[name][0]]
    return "prepare", "--task", task.name, *(part for setting in settings for part in ("--set", setting))


def answer_to(task: Task, opened: OpenStudy) -> Explanation:
    """Return what a task found; until it is there, ask, show how far it is, and end the page."""
    key, command = state.request_key() or "", command_for(task)
    job = DESK.job(key, *command)
    # Before the answer is asked for: a job that ends between the two has left it there.
    standing = None if job is None else job.standing
    try:
        found = opened.answer(task)
    except MissingPart as error:
        st.info(for_browser(str(error)))
        st.stop()
    if found is not None:
        return found
    if job is None or standing is None:
        DESK.start(key, *command)
        st.rerun()
    elif standing.state == "running":
        follow(job)
    else:
        box = st.info if standing.state == "stopped" else st.error
        box(for_browser(standing.text))
        if st.button("Try again", type="primary"):
            DESK.start(key, *command)
            st.rerun()
    st.stop()


def answer_panel(opened: OpenStudy, action: str | None, row: int) -> None:
    """Do what was asked for in the panel of a sample."""
    match action:
        case "review":
            state.review(opened.select([row, *opened.neighbours(row)], f"near {opened.study.ids[row]}"))
            st.switch_page(REVIEW_VIEW)
        case "map":
            state.pick(row)
            st.switch_page(MAP_VIEW)
        case "saliency":
            state.pick(row)
            st.switch_page(SALIENCY_VIEW)
        case _:
            state.pick(row)
            st.rerun()


def for_browser(message: str) -> str:
    """Write a message of the core so that it can be followed in a browser."""
    message = message.removeprefix("margin: ")
    for words, instead in IN_THE_BROWSER.items():
        message = message.replace(words, instead)
    return message


def plain(text: str) -> str:
    """Take the marks out of a text that would format it."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+-!|<>$~:" else letter for letter in text)
