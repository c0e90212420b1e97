"""What was read of a source, one line a fact: while it is being opened, and on the overview."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard.shared.layout import for_browser, plain
from margin_core.study.notes import Note, NoteKind

ICONS = {
    NoteKind.LOSS: ":red[:material/error:]",
    NoteKind.ASSUMPTION: ":orange[:material/info:]",
    NoteKind.READ: ":green[:material/check:]",
}


def show_facts(notes: Iterable[Note]) -> None:
    """List notes in their order, each with the mark of its kind."""
    lines = [f"- {ICONS[note.kind]} {plain(for_browser(note.text))}" for note in notes]
    if lines:
        with st.container(key="facts"):
            st.markdown("\n".join(lines))
