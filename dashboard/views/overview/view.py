"""What this study looks like at first glance."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from dashboard.shared import cached, layout, navigation, state
from dashboard.shared.facts import show_facts
from dashboard.shared.thumbnail_grid.component import thumbnail_grid
from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import keep_selection
from dashboard.views.overview import OVERVIEW, wording
from dashboard.views.overview.data import (
    rows_confused,
    rows_without_conflict,
    select_confusions,
    select_worst_classes,
)
from margin_core.figures.classes import class_bars, confusion_matrix
from margin_core.review import CODES, ReviewProgress, Verdict
from margin_core.review.decision import DECIDED_CODES
from margin_core.study.homophily import compute_homophily
from margin_core.study.notes import NoteKind, texts_of
from margin_core.values import Ints

MAX_PAIRS = 5

MAX_CLASSES_BESIDE = 12
"""So many bars stand beside the likeliest errors; more need the width of the page."""

MAX_BARS = 40
"""Classes with a bar; of more, those with the most suspects."""

MAX_MATRIX = 60
"""Classes of the matrix of pairs; of more, those of the most frequent pairs."""

MAX_TILES = 35
"""Likeliest errors shown as pictures: what a laptop's screen holds beside the bars."""

MAX_LINES = 20
"""Likeliest errors shown as a line of text each."""


Tile = tuple[int, str, str, Callable[[], Ints]]
"""A count, how it is written, what it means, and the samples behind it."""

CHOSEN = state.Remembered[int | None]("chosen_error", None)
"""The row of the likeliest errors that was clicked."""


def counts(opened: OpenStudy, progress: ReviewProgress) -> None:
    """Show the four numbers that sum the study up, each with a link to the samples behind it."""
    found = opened.audited.overview
    if not opened.has_scores:
        return counts_without_labels(opened, progress)
    without_conflict = found.ranked - found.suspects
    # Rows are gathered when they are asked for: a study has a million of them, and this page runs at every click.
    tiles: dict[str, Tile] = {
        wording.SAMPLES: (
            len(opened.study),
            f"{len(opened.study):,}",
            wording.SAMPLES_HELP,
            lambda: np.arange(len(opened.study)),
        ),
        wording.SUSPECTS: (
            found.suspects,
            f"{found.suspects:,}",
            wording.SUSPECTS_HELP,
            lambda: found.groups["suspects"],
        ),
        wording.DECIDED: (
            progress.decided,
            f"{progress.decided:,}",
            wording.decided_help(progress.relabeled, progress.kept, progress.excluded, progress.skipped),
            lambda: np.flatnonzero(np.isin(opened.session.states, DECIDED_CODES)),
        ),
        wording.WITHOUT_CONFLICT: (
            without_conflict,
            f"{1 - found.suspect_share:.1%}",
            wording.without_conflict_help(found.ranked, found.labeled),
            lambda: rows_without_conflict(opened),
        ),
    }
    show_counts(opened, tiles)


def counts_without_labels(opened: OpenStudy, progress: ReviewProgress) -> None:
    """Show how large a study without any label is, and how many of its samples were looked at."""
    tiles: dict[str, Tile] = {
        wording.SAMPLES: (
            len(opened.study), f"{len(opened.study):,}", wording.SAMPLES_HELP, lambda: np.arange(len(opened.study))
        ),
        wording.LABELED: (0, "0", wording.LABELED_HELP, lambda: np.empty(0, np.int64)),
        wording.SKIPPED: (
            progress.skipped, f"{progress.skipped:,}", wording.SKIPPED_HELP,
            lambda: np.flatnonzero(opened.session.states == CODES[Verdict.SKIP]),
        ),
        wording.EXCLUDED: (
            progress.excluded, f"{progress.excluded:,}", wording.EXCLUDED_HELP,
            lambda: np.flatnonzero(opened.session.states == CODES[Verdict.EXCLUDE]),
        ),
    }  # fmt: skip
    show_counts(opened, tiles)


def show_counts(opened: OpenStudy, tiles: Mapping[str, Tile]) -> None:
    """Show numbers side by side, each with a link to the samples behind it."""
    for place, (title, tile) in zip(st.columns(len(tiles), border=True), tiles.items(), strict=True):
        count, value, meaning, rows_behind = tile
        with place:
            st.metric(title, value, help=meaning)
            if st.button(wording.LIST_THEM, key=f"list {title}", type="tertiary", disabled=not count):
                navigation.show_on_map(opened, rows_behind(), title.lower())


def likeliest_errors(opened: OpenStudy, n_open: int) -> None:
    """Show the samples that the review begins with; one that is clicked opens there."""
    pictures = opened.pictures.kind == "picture"
    rows = opened.session.upcoming(MAX_TILES if pictures else MAX_LINES)
    st.markdown(f"## {wording.likeliest(len(rows), n_open)}", help=wording.LIKELIEST_HELP)
    if not len(rows):
        st.caption(wording.NO_SUSPECTS)
    elif pictures:
        thumbnail_grid(
            opened.key, keep_selection(opened, rows, wording.LIKELIEST.lower(), is_ranked=True), len(rows),
            opened.version, layout.classes(opened), kind="picture", key="likeliest",
            on_picked=lambda: CHOSEN.set(state.event("likeliest", "picked")["row"]),
        )  # fmt: skip
        chosen = CHOSEN.pop()
        if chosen is not None:
            state.RESUME_AT.set(chosen)
            navigation.open_page("review")
    else:
        st.caption(wording.LINES)
        names, scores, suggested = opened.study.class_names, opened.session.scores, opened.session.suggested
        for row in rows.tolist():
            given, other = names[opened.study.labels[row]], names[suggested[row]]
            excerpt = " · ".join(opened.pictures.excerpt(row).splitlines()) or f"#{opened.study.ids[row]}"
            words = f"`{scores[row]:.2f}`  {layout.plain(f'{given} → {other}')}  :gray[{layout.plain(excerpt)}]"
            if st.button(words, key=f"likeliest {row}", type="tertiary"):
                state.RESUME_AT.set(row)
                navigation.open_page("review")


def first_samples(opened: OpenStudy) -> None:
    """Show some samples of a study without any label, and what to do with them."""
    n_classes = len(opened.study.class_names)
    with layout.empty_state("new_label", wording.NO_LABELS, wording.what_labels_give(n_classes)):
        if st.button(wording.LABEL_SAMPLES, type="primary"):
            navigation.open_page("label-next")
    rows = np.arange(min(len(opened.study), MAX_TILES))
    st.markdown(f"## {wording.first_samples(len(rows))}")
    thumbnail_grid(
        opened.key, keep_selection(opened, rows, wording.FIRST_SAMPLES, is_ranked=True), len(rows), opened.version,
        layout.classes(opened), kind=opened.pictures.kind, key="first",
        on_picked=lambda: CHOSEN.set(state.event("first", "picked")["row"]),
    )  # fmt: skip
    chosen = CHOSEN.pop()
    if chosen is not None:
        state.PICKED.set(chosen)
        navigation.open_page("map")


def class_sizes(opened: OpenStudy) -> None:
    """Show how many samples each class has, and how many of these are suspect; a bar leads to its samples."""
    names = opened.study.class_names
    st.markdown(f"## {wording.CLASSES}", help=wording.CLASSES_HINT)
    if len(names) > MAX_BARS:
        st.caption(wording.worst_classes(MAX_BARS, len(names)))
    bars = cached.figure(
        "class_bars", opened.key, lambda: class_bars(select_worst_classes(opened.audited.overview.classes, MAX_BARS))
    )
    event = st.plotly_chart(
        bars, key="classes", on_select="rerun", selection_mode="points", config={"displayModeBar": False}
    )
    points = event.selection.points if event else []
    bar = points[0]["y"] if points else ""
    if state.is_changed("bar", bar) and bar:
        chosen = names.index(bar)
        navigation.show_on_map(opened, np.flatnonzero(opened.study.labels == chosen), wording.labeled(names[chosen]))


def data_quality(opened: OpenStudy) -> None:
    """List what else is to be looked at; what there is none of is one line."""
    groups = opened.audited.overview.groups
    st.markdown(f"## {wording.DATA_QUALITY}")
    most = max(len(groups[name]) for name in wording.GROUPS)
    for name, (title, meaning) in wording.GROUPS.items():
        count = len(groups[name])
        if count and layout.counted_link(title, count, meaning, key=name, limit=most):
            navigation.show_on_map(opened, groups[name], title.lower())
    graph = opened.study.maybe_graph
    if graph is not None:
        homophily, chance = opened.memory.recall("homophily", "", lambda: compute_homophily(graph, opened.study.labels))
        st.markdown(wording.edges(graph.nnz // 2, homophily, chance), help=wording.EDGES_HELP)
    absent = [title.lower() for name, (title, _) in wording.GROUPS.items() if not len(groups[name])]
    if absent:
        st.caption(wording.none_of(absent))


def confused_classes(opened: OpenStudy) -> None:
    """List the pairs of classes that most suspects lie between."""
    names, confusions = opened.study.class_names, opened.audited.overview.confusions
    st.markdown(f"## {wording.CONFUSED}", help=wording.CONFUSED_HELP)
    if not confusions:
        st.caption(wording.NONE_CONFUSED)
    for pair in confusions[:MAX_PAIRS]:
        given, suggested = names[pair.given], names[pair.suggested]
        title = wording.labeled_as(given, suggested)
        key, most = f"{pair.given} {pair.suggested}", max(pair.count for pair in confusions)
        if layout.counted_link(f"{given} → {suggested}", pair.count, title, key=key, limit=most):
            navigation.show_on_map(opened, rows_confused(opened, pair), title)
    # Drawn when it is asked for: a chart that nobody sees would be sent at every click.
    is_cut = len(names) > MAX_MATRIX
    if len(names) > 2 and len(confusions) > 1 and st.toggle(wording.MOST_AS_MATRIX if is_cut else wording.AS_MATRIX):
        matrix = cached.figure(
            "confusions", opened.key, lambda: confusion_matrix(*select_confusions(confusions, names, MAX_MATRIX))
        )
        st.plotly_chart(matrix, config={"displayModeBar": False})


opened = state.opened()
progress = opened.session.progress()
title, action = st.columns([3, 1], vertical_alignment="center")
with title:
    layout.heading(OVERVIEW)
if progress.open and action.button(wording.review_button(progress.open), type="primary", width="stretch"):
    navigation.review_all()
if progress.skipped:
    action.caption(wording.skipped(progress.skipped))
notes = opened.audited.opened.notes
losses, assumptions = (len(texts_of(notes, kind)) for kind in (NoteKind.LOSS, NoteKind.ASSUMPTION))
with st.expander(wording.what_was_read(losses, assumptions), expanded=losses > 0):
    show_facts(notes)
counts(opened, progress)
if not opened.has_scores:
    first_samples(opened)
    data_quality(opened)
    st.stop()
left, right = st.columns([3, 2], gap="large")
has_few_classes = len(opened.study.class_names) <= MAX_CLASSES_BESIDE
with left:
    likeliest_errors(opened, progress.open)
with right:
    if has_few_classes:
        class_sizes(opened)
    confused_classes(opened)
    data_quality(opened)
if not has_few_classes:
    class_sizes(opened)
