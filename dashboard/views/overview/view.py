"""What this study looks like at first glance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard.shared import cached, layout, navigation, state
from dashboard.views.overview import wording
from dashboard.views.overview.data import rows_confused, rows_without_conflict
from dashboard.views.overview.figure import class_bars, confusion_matrix
from margin_core.values import Ints

MAX_PAIRS = 8

opened = state.opened()
study, found = opened.study, opened.audited.overview
progress = opened.session.progress()
names = study.class_names
bars = cached.figure("class bars", opened.key, lambda: class_bars(found.classes))

layout.heading(wording.TITLE, wording.HELP)
for note in opened.audited.opened.notes:
    st.caption(note)

open_suspects = progress.suspects - progress.decided
without_conflict = found.labelled - found.suspects
share = without_conflict / found.labelled if found.labelled else 1.0
# Rows are gathered when they are asked for: a study has a million of them, and this page runs at every click.
tiles: dict[str, tuple[int, str, str, Callable[[], Ints]]] = {
    wording.SAMPLES: (len(study), f"{len(study):,}", wording.SAMPLES_HELP, lambda: np.arange(len(study))),
    wording.SUSPECTS: (
        found.suspects,
        f"{found.suspects:,}",
        wording.SUSPECTS_HELP,
        lambda: found.groups["suspects"],
    ),
    wording.DECIDED: (
        progress.decided,
        f"{progress.decided:,}",
        f"{progress.relabelled:,} relabelled, {progress.kept:,} kept.",
        lambda: np.flatnonzero(opened.session.states),
    ),
    wording.WITHOUT_CONFLICT: (
        without_conflict,
        f"{share:.1%}",
        wording.WITHOUT_CONFLICT_HELP,
        lambda: rows_without_conflict(opened),
    ),
}
for place, (title, (count, value, meaning, rows_behind)) in zip(st.columns(4, border=True), tiles.items(), strict=True):
    with place:
        st.metric(title, value, help=meaning)
        if st.button(wording.LIST_THEM, key=f"list {title}", type="tertiary", disabled=not count):
            navigation.show_on_map(opened, rows_behind(), title.lower())
if open_suspects and st.button(wording.review_button(open_suspects), type="primary"):
    navigation.review_all()

left, right = st.columns([3, 2], gap="large")
with left:
    st.markdown(f"## {wording.CLASSES}")
    event = st.plotly_chart(
        bars, key="classes", on_select="rerun", selection_mode="points",
        config={"displayModeBar": False},
    )  # fmt: skip
    st.caption(wording.CLASSES_HINT)
    points = event.selection.points if event else []
    bar = points[0]["y"] if points else ""
    if state.is_changed("bar", bar) and bar:
        chosen = names.index(bar)
        navigation.show_on_map(opened, np.flatnonzero(study.labels == chosen), f"labelled {names[chosen]}")
with right:
    st.markdown(f"## {wording.WORTH_A_LOOK}")
    for name, (title, meaning) in wording.GROUPS.items():
        rows = found.groups[name]
        if layout.counted_link(title, len(rows), meaning, key=name):
            navigation.show_on_map(opened, rows, title.lower())
    st.markdown(f"## {wording.CONFUSED}")
    if not found.confusions:
        st.caption(wording.NONE_CONFUSED)
    for pair in found.confusions[:MAX_PAIRS]:
        given, suggested = names[pair.given], names[pair.suggested]
        meaning = f"Labelled {given}, look like {suggested}."
        if layout.counted_link(f"{given} → {suggested}", pair.count, meaning, key=f"{pair.given} {pair.suggested}"):
            navigation.show_on_map(opened, rows_confused(opened, pair), f"labelled {given}, look like {suggested}")
    # Drawn when it is asked for: a chart that nobody sees would be sent at every click.
    if len(found.confusions) > 1 and st.toggle(wording.AS_MATRIX):
        matrix = cached.figure("confusions", opened.key, lambda: confusion_matrix(found.confusions, names))
        st.plotly_chart(matrix, config={"displayModeBar": False})
