"""What this study looks like at first glance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard.shared import cached, layout, state
from margin_core.values import Ints

MOST_PAIRS = 8
GROUPS = {
    "unlabelled": ("Without a label", "Samples that carry no label; they are ranked as 'to label', never as wrong."),
    "unreadable": ("Unreadable", "Files that cannot be opened, or rows whose features are missing."),
    "exact_duplicates": ("Exact duplicates", "Samples with the same features as another one."),
    "near_duplicates": ("Near duplicates", "Much nearer to another sample than neighbours usually are."),
    "conflicting_duplicates": ("Twins that disagree", "Exact or near duplicates that carry different labels."),
}

opened = state.opened()
study, found = opened.study, opened.audited.overview
progress = opened.session.progress()
names = study.class_names
bars, matrix = cached.overview_charts(opened.key, opened)

layout.heading("Overview", "What was found in this data set. Every number leads to the samples behind it.")
for note in opened.audited.opened.notes:
    st.caption(note)

open_suspects = progress.suspects - progress.decided
not_contradicted = found.labelled - found.suspects
share = not_contradicted / found.labelled if found.labelled else 1.0
# Rows are gathered when they are asked for: a study has a million of them, and this page runs at every click.
tiles: dict[str, tuple[int, str, str, Callable[[], Ints]]] = {
    "Samples": (len(study), f"{len(study):,}", "Everything that was opened.", lambda: np.arange(len(study))),
    "Suspect labels": (
        found.suspects,
        f"{found.suspects:,}",
        "Another class is likelier than the given one.",
        lambda: found.groups["suspects"],
    ),
    "Decided": (
        progress.decided,
        f"{progress.decided:,}",
        f"{progress.relabelled:,} relabelled, {progress.kept:,} kept.",
        lambda: np.flatnonzero(opened.session.states),
    ),
    "Not contradicted": (
        not_contradicted,
        f"{share:.1%}",
        "A rough estimate of label quality before review. Right labels that look like another class count against it. "
        "“How far to trust it” has a better one, with an interval, that follows your review.",
        opened.not_contradicted,
    ),
}
for place, (title, (count, value, meaning, rows_behind)) in zip(st.columns(4, border=True), tiles.items(), strict=True):
    with place:
        st.metric(title, value, help=meaning)
        if st.button("List them", key=f"list {title}", type="tertiary", disabled=not count):
            layout.show(opened, rows_behind(), title.lower())
if open_suspects and st.button(f"Review {open_suspects:,} suspect labels", type="primary"):
    state.review(None)
    st.switch_page(layout.REVIEW_VIEW)

left, right = st.columns([3, 2], gap="large")
with left:
    st.markdown("## Classes")
    event = st.plotly_chart(
        bars, key="classes", on_select="rerun", selection_mode="points",
        config={"displayModeBar": False},
    )  # fmt: skip
    st.caption("Click a bar for its samples.")
    points = event.selection.points if event else []
    bar = points[0]["y"] if points else ""
    if state.is_changed("bar", bar) and bar:
        chosen = names.index(bar)
        layout.show(opened, np.flatnonzero(study.labels == chosen), f"labelled {names[chosen]}")
with right:
    st.markdown("## Worth a look")
    for name, (title, meaning) in GROUPS.items():
        rows = found.groups[name]
        if layout.counted_link(title, len(rows), meaning, key=name):
            layout.show(opened, rows, title.lower())
    st.markdown("## Confused classes")
    if not found.confusions:
        st.caption("No two classes are mixed up.")
    for pair in found.confusions[:MOST_PAIRS]:
        given, suggested = names[pair.given], names[pair.suggested]
        meaning = f"Labelled {given}, look like {suggested}."
        if layout.counted_link(f"{given} → {suggested}", pair.count, meaning, key=f"{pair.given} {pair.suggested}"):
            layout.show(opened, opened.confused(pair), f"labelled {given}, look like {suggested}")
    # Drawn when it is asked for: a chart that nobody sees would be sent at every click.
    if len(found.confusions) > 1 and st.toggle("All pairs as a matrix"):
        st.plotly_chart(matrix, config={"displayModeBar": False})
