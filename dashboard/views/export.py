"""Leave with the corrected data."""

from __future__ import annotations

import streamlit as st

from dashboard import frame, state
from dashboard.desk import DESK
from margin_core.errors import MarginError
from margin_core.review import FORMATS, export
from margin_core.study import within_roots

opened = state.opened()
progress = opened.session.progress()
frame.heading("Export", "The data set that was opened is never changed; exports are new files.")
changed = progress.relabelled + progress.excluded
st.markdown(
    f"**{changed:,} changes** · {progress.relabelled:,} relabelled, {progress.excluded:,} excluded, "
    f"{progress.kept:,} confirmed"
)
if not changed:
    st.caption("Nothing has been changed yet. Exports hold the labels as they were given.")

files = [known for known in FORMATS if known.suffix]
folders = [known for known in FORMATS if not known.suffix]
for known in files:
    name, meaning, get = st.columns([2, 6, 2], vertical_alignment="center")
    name.markdown(f"`{known.name}`")
    meaning.caption(known.description)
    get.link_button("Download", f"/margin/{opened.key}/export/{known.name}", width="stretch")

st.markdown("#### As a folder of pictures", help="Written on the machine that runs MARGIN, below its declared folders.")
with st.form("folder", border=False):
    default = opened.audited.opened.source
    path = st.text_input("New folder", value=str(default.with_name(f"{default.stem}-corrected")))
    kind = st.radio("Pictures", folders, format_func=lambda known: known.description, disabled=opened.pictures.kind != "picture")
    if st.form_submit_button("Write folder", disabled=opened.pictures.kind != "picture"):
        try:
            target = within_roots(path, DESK.roots)
            with st.spinner("Writing"):
                written = export(opened.study, opened.store.decisions(), kind.name, target)
            st.success(f"{written.count:,} pictures written to {written.path}")
        except MarginError as error:
            st.error(str(error))
if opened.pictures.kind != "picture":
    st.caption("This study holds no pictures.")
