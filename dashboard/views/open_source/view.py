"""Open another data set, below the declared folders only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.shared import layout, state
from dashboard.study import registry
from dashboard.views.open_source import OPEN, wording
from dashboard.views.open_source.sources import is_edge_table, may_have_edges, sources_below
from margin_core.class_list import parse_class_names
from margin_core.errors import MarginError
from margin_core.study import ColumnNames
from margin_core.study.readers.chosen_kinds import CHOICES

KINDS_IN_A_ROW = 4


def choose_columns(names: tuple[str, ...]) -> ColumnNames:
    """Offer the columns of a source for each role, and the kinds of those that are misread."""
    chosen = {
        role: place.selectbox(title, names, index=None, placeholder=wording.RECOGNIZED, help=meaning)
        for place, (role, (title, meaning)) in zip(
            st.columns(len(wording.COLUMNS)), wording.COLUMNS.items(), strict=True
        )
    }
    misread = st.multiselect(wording.KINDS, names, placeholder=wording.RECOGNIZED_BY_VALUES, help=wording.KINDS_HELP)
    roles: dict[str, Any] = chosen
    return ColumnNames(**roles, kinds=tuple(sorted(choose_kinds(misread))))


def choose_kinds(misread: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Offer the kinds of some columns; yield those that are chosen, each with its column."""
    places: list[DeltaGenerator] = []
    for name in misread:
        places = places or list(st.columns(KINDS_IN_A_ROW))
        title = wording.kind_of(layout.plain(name))
        kind = places.pop(0).selectbox(title, CHOICES, index=None, key=f"kind {name}", placeholder=wording.CHOOSE_KIND)
        if kind is not None:
            yield name, kind


def choose_sheet(sheets: tuple[str, ...]) -> str | None:
    """Offer the sheets of a workbook; None: the first."""
    first = wording.FIRST_SHEET.format(sheets[0])
    return st.selectbox(wording.SHEET, sheets, index=None, placeholder=first, help=wording.SHEET_HELP)


def choose_nodes() -> str:
    """Offer a field for the samples that the edges of the source join; their columns are offered after it."""
    return st.text_input(wording.NODES, placeholder=wording.NODES_HINT, help=wording.NODES_HELP).strip()


def choose_edges() -> str:
    """Offer a field for the edges that join the samples of the source."""
    return st.text_input(wording.EDGES, placeholder=wording.EDGES_HINT, help=wording.EDGES_HELP).strip()


studies = registry.STUDIES
layout.heading(OPEN)
with st.container(key="narrow"):
    requests = studies.requests
    if requests:
        st.markdown(f"## {wording.OPEN_NOW}")
        st.caption(wording.OPEN_NOW_HINT)
        for key, request in requests.items():
            name, state_column, turn = st.columns([5, 2, 2], vertical_alignment="center")
            name.text(str(request.source))
            status = studies.status(key)
            state_column.caption("" if status is None else wording.STATES.get(status.state, status.state))
            is_shown = key == state.request_key()
            words = wording.SHOWN if is_shown else wording.SHOW
            if turn.button(words, key=f"show {key}", width="stretch", disabled=is_shown):
                state.change_study(key)
                st.rerun()

    st.markdown(f"## {wording.OPEN_ANOTHER}")
    # Outside the form: what is offered below depends on it.
    path = st.selectbox(
        wording.SOURCE, [str(source) for source in sources_below(studies.roots)], index=None, accept_new_options=True,
        placeholder=wording.SOURCE_HINT, help=wording.SOURCE_HELP,
    )  # fmt: skip
    sheets = studies.sheets_below_roots(path) if path else ()
    sheet = choose_sheet(sheets) if len(sheets) > 1 else None
    names = studies.columns_below_roots(path, sheet) if path else ()
    nodes = choose_nodes() if path and is_edge_table(path, names) else ""
    of_samples = studies.columns_below_roots(str(Path(path).parent / nodes)) if path and nodes else names
    columns = choose_columns(of_samples) if of_samples else ColumnNames()
    with st.form("open", border=False):
        model = st.text_input(wording.MODEL, placeholder=wording.MODEL_HINT, help=wording.MODEL_HELP)
        labels = st.text_input(wording.LABELS, placeholder=wording.LABELS_HINT, help=wording.LABELS_HELP)
        edges = choose_edges() if may_have_edges(path or "", names) else ""
        against = st.text_input(wording.REFERENCE, placeholder=wording.REFERENCE_HINT, help=wording.REFERENCE_HELP)
        named = st.text_input(wording.CLASSES, placeholder=wording.CLASSES_HINT, help=wording.CLASSES_HELP)
        if st.form_submit_button(wording.OPEN, type="primary"):
            try:
                if not path:
                    st.error(wording.NO_SOURCE)
                else:
                    classes = parse_class_names(named)
                    columns = replace(
                        columns, labels=labels or None, edges=edges or None, nodes=nodes or None, sheet=sheet,
                        classes=classes,
                    )  # fmt: skip
                    state.change_study(studies.open_below_roots(path, model, columns, against))
                    st.rerun()
            except MarginError as error:
                st.error(layout.for_browser(str(error)))
    outermost = [root for root in studies.roots if not set(root.parents) & set(studies.roots)]
    st.caption(wording.ROOTS + ", ".join(layout.plain(str(root)) for root in outermost))
