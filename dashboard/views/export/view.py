"""Leave with the corrected data."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout, state
from dashboard.study.registry import DESK
from margin_core.errors import MarginError
from margin_core.review import export
from margin_core.study import within_roots

OFFERED = {
    "Corrected labels": ("Every sample with its label before and after review.", ("csv", "parquet")),
    "Only the changes": ("Samples that were relabelled or excluded.", ("changes-csv", "changes-parquet")),
    "Decision log": ("Who decided what and when, undone decisions included.", ("log-csv", "log-parquet", "log-jsonl")),
}
FOLDERS = {
    "image-folder": "Links to the pictures: takes no space, needs the originals where they are",
    "image-folder-copies": "Copies of the pictures: takes their space, stands alone",
}
WORDS = {"csv": "CSV", "parquet": "Parquet", "jsonl": "JSON lines"}

opened = state.opened()
progress = opened.session.progress()
changed = progress.relabelled + progress.excluded
layout.heading("Export", "The data set that was opened is never changed; exports are new files.")
st.markdown(
    f"**{changed:,} changes**: {progress.relabelled:,} relabelled, {progress.excluded:,} excluded; "
    f"{progress.kept:,} labels confirmed."
)
if not changed:
    st.caption("Nothing has been changed yet; exports hold the labels as they were given.")
    if progress.suspects and st.button("Review suspect labels"):
        st.switch_page(layout.REVIEW_VIEW)
for title, (meaning, formats) in OFFERED.items():
    said, *places = st.columns([4, 1.4, 1.4, 1.6], vertical_alignment="center")
    said.markdown(f"**{title}**  \n:gray[{meaning}]")
    for place, name in zip(places, formats, strict=False):
        words = WORDS[name.rpartition("-")[2]]
        place.link_button(words, f"/margin/{opened.key}/export/{name}", width="stretch", icon=":material/download:")

if opened.pictures.kind == "picture":
    st.markdown(
        "## As a folder of pictures",
        help="One folder a class, without excluded samples; written below the folders of the machine that runs MARGIN.",
    )
    with st.form("folder", border=False):
        source = opened.audited.opened.source
        path = st.text_input("New folder", value=str(source.with_name(f"{source.stem}-corrected")))
        kind = st.radio("Pictures", FOLDERS, format_func=FOLDERS.__getitem__)
        if st.form_submit_button("Write folder", type="primary"):
            try:
                with st.spinner("Writing the pictures"):
                    target = within_roots(path, DESK.roots)
                    written = export(opened.study, opened.store.decisions(), kind, target)
                st.success(f"{written.count:,} pictures written to {written.path}")
            except MarginError as error:
                st.error(str(error))
