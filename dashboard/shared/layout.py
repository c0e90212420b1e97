"""What every page shows around its own content."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import streamlit as st

from dashboard.resources import resource
from dashboard.server.unknown_page import UNKNOWN
from dashboard.shared import navigation, state, wording
from dashboard.shared.components import ClassEntry, class_entries
from dashboard.study import registry
from dashboard.study.open_study import OpenStudy
from dashboard.study.parts import HOW_TO_ADD, Part
from dashboard.study.search import find_samples
from margin_core.figures.palette import colors_by_name
from margin_core.study.models.choice import OWN
from margin_core.study.probe_model import MAX_CLASSES, ProbeModel
from margin_core.values import UNLABELED, Need, Study

ASSETS = resource("assets")

MAX_ADDRESS = 60
"""Letters of an unknown address that are shown."""


def _inline(picture: Path) -> str:
    """Return a picture as an address that holds it; of a file, Streamlit would do so again at every click."""
    return "data:image/svg+xml;base64," + base64.b64encode(picture.read_bytes()).decode()


STYLE = f"<style>{(ASSETS / 'style.css').read_text(encoding='utf-8')}</style>"
"""The stylesheet, read once: every click of everybody sends it."""

ICON, LOGO = _inline(ASSETS / "icon.svg"), _inline(ASSETS / "logo.svg")


class Titled(Protocol):
    """What a page is headed by: a `View`."""

    @property
    def title(self) -> str:
        """Return what it is called."""
        ...

    @property
    def icon(self) -> str:
        """Return a name among Material Symbols."""
        ...

    @property
    def help(self) -> str:
        """Return what it is for; empty for no help mark."""
        ...


def classes(opened: OpenStudy) -> list[ClassEntry]:
    """Return name, color and key of every class."""
    names = opened.study.class_names
    return class_entries(names, colors_by_name(names))


def sidebar_fields(opened: OpenStudy) -> None:
    """Show a search field and who decides, below the menu."""
    with st.sidebar, st.container(key="fields"):
        hint = wording.SEARCH_HINTS.get(opened.pictures.kind, wording.SEARCH_HINT)
        sought = st.text_input(wording.SEARCH, placeholder=hint).strip()
        if state.is_changed("search", sought) and sought:
            navigation.show_on_map(opened, find_samples(opened.study, sought), wording.found_for(sought))
        state.set_reviewer(st.text_input(wording.REVIEWER, value=state.reviewer(), help=wording.REVIEWER_HELP))


def model_note(opened: OpenStudy) -> None:
    """Show whose model a page explains, and how good it is."""
    study, model = opened.study, opened.study.maybe_model
    if isinstance(model, ProbeModel):
        st.caption(plain(wording.own_model(model.title, model.accuracy)))
    elif model is not None:
        right = opened.memory.recall("model_right", "", lambda: share_predicted(study))
        st.caption(plain(wording.model_of_study(str(getattr(model, "description", "")), right, study.out_of_sample)))


def share_predicted(study: Study) -> float | None:
    """Return the share of the labels as given that the probabilities of a study predict; None where there are none."""
    if not study.has(Need.PROBABILITIES) or not study.has(Need.LABELS):
        return None
    labeled = study.labels != UNLABELED
    return (
        float((study.probabilities[labeled].argmax(axis=1) == study.labels[labeled]).mean()) if labeled.any() else None
    )


@contextmanager
def empty_state(icon: str, title: str, text: str) -> Iterator[None]:
    """Show that there is nothing here yet: what it is and what will be here; the body adds what to do next.

    Parameters
    ----------
    icon : str
        Its name among Material Symbols.
    title : str
    text : str
        Markdown.
    """
    with st.container(border=True, width=720, key="empty_state"):
        st.markdown(f":material/{icon}:")
        st.markdown(f"## {title}")
        st.markdown(text)
        yield


def show_missing(view: Titled, part: Part) -> None:
    """Show, in place of a page, which part of the study it lacks and how to get it."""
    heading(view)
    with empty_state(view.icon, wording.NOT_FOR_THIS_STUDY, HOW_TO_ADD[part]):
        key = state.request_key() or ""
        fits = part is Part.MODEL and fits_own_model(state.opened())
        if fits and st.button(wording.FIT_MODEL, type="primary", help=wording.FIT_MODEL_HELP):
            state.change_study(registry.STUDIES.open(replace(registry.STUDIES.requests[key], model=OWN)))
            st.rerun()
        # MARGIN's own model is fitted to labels that are given here, too.
        waits_for_labels = part is Part.MODEL and labeled_classes(state.opened().study) < 2
        labels = waits_for_labels or part in (Part.LABELS, Part.PREDICTIONS)
        if labels and st.button(wording.LABEL_SAMPLES, type="primary"):
            navigation.open_page("label-next")
        if st.button(wording.OPEN_ANOTHER, type="secondary" if fits or labels else "primary"):
            navigation.open_page("open")


def fits_own_model(opened: OpenStudy) -> bool:
    """Return whether MARGIN's own model can be fitted to the pictures of a study where somebody asks for it."""
    has_few = len(opened.study.class_names) <= MAX_CLASSES
    return opened.pictures.kind == "picture" and has_few and labeled_classes(opened.study) >= 2


def labeled_classes(study: Study) -> int:
    """Return how many classes of a study have a labeled sample."""
    return len(np.setdiff1d(study.labels, [UNLABELED])) if study.has(Need.LABELS) else 0


def counted_link(title: str, count: int, meaning: str, *, key: str, limit: int) -> bool:
    """Show a count that leads to the samples behind it, aligned with the largest; True when it was pressed."""
    # One element and not three: what a rerun costs is the number of its elements.
    return st.button(
        f"`{count:>{len(f'{limit:,}')},}`  {plain(title)}",
        key=f"count {key}",
        help=meaning,
        disabled=not count,
        type="tertiary",
    )


def open_review_button() -> None:
    """Show a button that leads to the review of suspect labels."""
    if st.button(wording.REVIEW_SUSPECTS):
        navigation.open_page("review")


def unknown_address() -> None:
    """Show that an address that was asked for has no page, where the browser was led here from one."""
    name = st.query_params.get(UNKNOWN)
    if name:
        st.info(wording.unknown_address(plain(name[:MAX_ADDRESS])))


def heading(view: Titled) -> None:
    """Show a page's title, with what it is for as its help."""
    st.markdown(f"# {plain(view.title)}", help=view.help or None)


def for_browser(message: str) -> str:
    """Return a message of the core so that it can be followed in a browser."""
    message = message.removeprefix("margin: ")
    for words, instead in wording.IN_THE_BROWSER.items():
        message = message.replace(words, instead)
    return message


def plain(text: str) -> str:
    """Return a text without the marks that would format it."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+-!|<>$~:&" else letter for letter in text)
