"""Leave with the corrected data."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.shared import layout, state
from dashboard.study import registry
from dashboard.study.open_study import OpenStudy
from dashboard.views.export import EXPORT, wording
from margin_core.errors import MarginError
from margin_core.review import export
from margin_core.review.labels_given import labels_given
from margin_core.study import resolve_within_roots
from margin_core.study.probe_model import ProbeModel


def show_files(opened: OpenStudy) -> None:
    """Offer the labels, the changes and the log as files."""
    for title, (meaning, formats) in wording.FILES.items():
        text, *places = st.columns([4, 1.5, 1.5, 1.5], vertical_alignment="center")
        text.markdown(f"**{title}**  \n:gray[{meaning}]")
        for place, name in zip(places, formats, strict=False):
            words = wording.FORMATS[name.rpartition("-")[2]]
            offer(place, words, opened, name)
    model = opened.study.maybe_model
    if isinstance(model, ProbeModel) and model.is_linear:
        text, place, _ = st.columns([4, 1.5, 3], vertical_alignment="center")
        text.markdown(f"**{wording.MODEL}**  \n:gray[{wording.of_model(model.title)}]")
        offer(place, wording.DOWNLOAD_MODEL, opened, "model")


def offer(place: DeltaGenerator, words: str, opened: OpenStudy, name: str) -> None:
    """Offer the download of one format."""
    place.link_button(words, f"/margin/{opened.key}/export/{name}", width="stretch", icon=":material/download:")


def write_folder(opened: OpenStudy) -> None:
    """Offer to write the pictures in folders by their corrected label."""
    st.markdown(f"## {wording.FOLDER}", help=wording.FOLDER_HELP)
    with st.form("folder", border=False):
        source = opened.audited.opened.source
        path = st.text_input(wording.NEW_FOLDER, value=str(source.with_name(f"{source.stem}-corrected")))
        kind = st.radio(wording.PICTURES, wording.FOLDERS, format_func=wording.FOLDERS.__getitem__)
        if st.form_submit_button(wording.WRITE, type="primary"):
            try:
                with st.spinner(wording.WRITING):
                    target = resolve_within_roots(path, registry.STUDIES.roots)
                    written = export(opened.audited.opened.source_study, opened.store.decisions(), kind, target)
                st.success(wording.written(written.count, written.path))
            except MarginError as error:
                st.error(str(error))


opened = state.opened()
progress = opened.session.progress()
layout.heading(EXPORT)
given = len(labels_given(opened.store.decisions(opened.session.study_key)))
if given:
    st.markdown(wording.labels_given(given))
if progress.decided:
    st.markdown(wording.changes(progress.relabeled, progress.excluded, progress.kept))
if not given + progress.relabeled + progress.excluded:
    st.caption(wording.NO_CHANGES)
    if progress.open + progress.skipped:
        layout.open_review_button()
with st.container(key="narrow"):
    show_files(opened)
    if opened.pictures.kind == "picture":
        write_folder(opened)
