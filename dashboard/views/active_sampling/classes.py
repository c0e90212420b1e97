"""The classes that labels can have: named at first, added and renamed later."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout
from dashboard.shared.thumbnail_grid.component import thumbnail_grid
from dashboard.study import registry
from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import keep_selection
from dashboard.views.active_sampling import wording
from margin_core.class_list import parse_class_names
from margin_core.errors import MarginError, NotComputed
from margin_core.study.named_classes import read_named_classes

FIRST_SHOWN = 24


def ask_for_classes(opened: OpenStudy) -> None:
    """Show a field for the first class names, beside some of the samples that are to be labeled."""
    with (
        layout.empty_state("new_label", wording.NAME_CLASSES, wording.NAME_CLASSES_TEXT),
        st.form("classes", border=False),
    ):
        text = st.text_input(wording.NAMES, placeholder=wording.NAMES_EXAMPLE)
        if st.form_submit_button(wording.START, type="primary") and (names := parse_class_names(text)):
            _name(opened, names)
    rows = list(range(min(len(opened.study), FIRST_SHOWN)))
    thumbnail_grid(
        opened.key, keep_selection(opened, rows, wording.FIRST, is_ranked=True), len(rows), opened.version,
        layout.classes(opened), kind=opened.pictures.kind, key="first_to_label",
    )  # fmt: skip


def edit_classes(opened: OpenStudy) -> None:
    """Offer to add classes, and to rename one that nothing refers to."""
    study = opened.study
    with st.popover(wording.classes(len(study.class_names)), width="stretch"):
        st.caption(wording.CLASSES_HELP)
        if study.maybe_probabilities is not None:
            st.caption(wording.NO_OTHER_CLASSES)
            return
        with st.form("add class", border=False, clear_on_submit=True):
            text = st.text_input(wording.ADD_CLASS, placeholder=wording.NAMES_EXAMPLE)
            if st.form_submit_button(wording.ADD) and (names := parse_class_names(text)):
                _name(opened, (*_named(opened), *names))
        free = _unused(opened)
        if free:
            with st.form("rename class", border=False, clear_on_submit=True):
                old = st.selectbox(wording.RENAMED, free)
                new = parse_class_names(st.text_input(wording.NEW_NAME))
                if st.form_submit_button(wording.RENAME) and new:
                    _name(opened, tuple(new[0] if name == old else name for name in _named(opened)))


def _named(opened: OpenStudy) -> tuple[str, ...]:
    """Return the classes that were named besides those of the source, in their order."""
    return read_named_classes(opened.audited.opened.workspace)


def _unused(opened: OpenStudy) -> list[str]:
    """Return the classes named here that no decision, undone ones included, refers to."""
    used = {decision.new_label for decision in opened.store.decisions(opened.session.study_key)}
    return [name for name in _named(opened) if name not in used]


def _name(opened: OpenStudy, names: tuple[str, ...]) -> None:
    """Set the classes named here, and show the page again."""
    try:
        registry.STUDIES.name_classes(opened.key, tuple(dict.fromkeys(names)))
    except NotComputed:
        st.toast(wording.ADDING)
        return
    except MarginError as error:
        st.error(layout.plain(str(error)))
        return
    st.rerun()
