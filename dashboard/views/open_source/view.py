"""Open another data set, below the declared folders only."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import layout, state
from dashboard.study.registry import DESK
from dashboard.views.open_source.sources import sources_below
from margin_core.errors import MarginError

layout.heading("Open", "Only what lies below the folders that were named when MARGIN was started (--root).")
requests = DESK.requests
if requests:
    st.markdown("## Open now")
    for key, request in requests.items():
        name, status, turn = st.columns([5, 2, 2], vertical_alignment="center")
        name.text(str(request.source))
        standing = DESK.standing(key)
        status.caption("" if standing is None else standing.state if standing.state != "done" else "ready")
        if turn.button("Show", key=f"show {key}", width="stretch", disabled=key == state.request_key()):
            state.look_at(key)
            st.rerun()

st.markdown("## Open a data set")
found = sources_below(DESK.roots)
with st.form("open", border=False):
    path = st.selectbox(
        "Folder or file", [str(source) for source in found], index=None, accept_new_options=True,
        placeholder="Choose, or type a path",
        help="A folder of class folders, a .csv or .parquet manifest, an .npz or .npy, or a workspace (.margin).",
    )  # fmt: skip
    left, right = st.columns(2)
    model = left.text_input("Model", placeholder="efficientnet-lite0, resnet18:weights.safetensors, model.onnx",
                            help="Empty: the given features, else EfficientNet-Lite0's.")  # fmt: skip
    label = right.text_input("Label column", placeholder="found by its name", help="For a .csv or .parquet manifest.")
    if st.form_submit_button("Open", type="primary"):
        try:
            if not path:
                st.error("Choose a folder or a file, or type its path.")
            else:
                state.look_at(DESK.ask_below_roots(path, model, label))
                st.rerun()
        except MarginError as error:
            st.error(layout.for_browser(str(error)))
outermost = [root for root in DESK.roots if not set(root.parents) & set(DESK.roots)]
st.caption("Folders that may be opened: " + ", ".join(layout.plain(str(root)) for root in outermost))
