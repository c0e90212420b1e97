"""Whether new samples differ from a reference, in which classes, and which are new."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached, layout, navigation, state
from dashboard.shared.background import require_answer
from dashboard.shared.sample_panel.panel import show_picked_sample
from dashboard.shared.thumbnail_grid.component import thumbnail_grid
from dashboard.study.open_study import OpenStudy
from dashboard.study.selections import keep_selection
from dashboard.views.new_data import NEW_DATA, wording
from dashboard.views.new_data.channel import NOVELTY
from dashboard.views.new_data.data import (
    LINE_HEIGHT,
    TASK,
    class_lines,
    drift_test_of,
    novelty_of,
    ranked_rows,
    row_height,
)
from dashboard.views.new_data.nearest import nearest_in_reference
from margin_core.figures.drift import novelty_histogram
from margin_core.tasks.drift.drift_test import DriftTest
from margin_core.tasks.drift.finding_text import describe_reference
from margin_core.tasks.drift.task import NOVEL_TAIL
from margin_core.values import Explanation

MAX_TILES = 60
"""Most novel samples shown as pictures."""

MAX_LINES = 20
"""Most novel samples shown as a line of text each."""

TABLE_HEIGHT = 300
"""Pixels: as high as the histogram beside it at most."""

STATIC = {"displayModeBar": False}


def show_verdict(opened: OpenStudy, test: DriftTest, found: Explanation) -> None:
    """Show how the tests came out, in words and numbers."""
    level, classes = TASK.level, test.classes
    st.markdown(f"## {wording.verdict(test, level)}", help=wording.VERDICT_HELP)
    drifted = classes.names[classes.drifted(level)].tolist()
    tested = int((classes.p_values == classes.p_values).sum())
    roles = found.findings.roles
    novel, ranked = int((roles == "novel").sum()), int((roles != "unscored").sum())
    fresh = classes.names[(classes.n_reference == 0) & (classes.n_new > 0)].tolist()
    said = (
        wording.new_classes(fresh if classes.n_reference.any() else []),
        wording.classes_drifted(drifted, tested),
        *(describe_reference(found, NOVEL_TAIL) or (wording.novel_share(novel, ranked, NOVEL_TAIL),)),
        wording.shares_differ(test.shares_p, level),
    )
    st.markdown(layout.plain(" ".join(filter(None, said))))
    numbers = (wording.result(test, level), wording.compared_of(test.whole.n_new, len(opened.study)))
    st.caption(layout.plain(" · ".join(filter(None, numbers))))


def show_histogram(opened: OpenStudy, found: Explanation) -> None:
    """Show the novelty of new samples over that of the reference."""
    st.markdown(f"## {wording.NOVELTY}", help=wording.NOVELTY_HELP)
    new, reference = novelty_of(opened, found)
    chart = cached.figure("novelty", found.fingerprint, lambda: novelty_histogram(new, reference, NOVEL_TAIL))
    st.plotly_chart(chart, config=STATIC)


def show_classes(test: DriftTest) -> None:
    """Show a line a class: how many there are, before and now, and whether it drifted."""
    st.markdown(f"## {wording.CLASSES}", help=wording.CLASSES_HELP)
    if test.classes.source == "predicted":
        st.caption(wording.PREDICTED)
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    about, lines = wording.COLUMN_HELP, class_lines(test.classes, TASK.level)
    height = row_height(lines)
    st.dataframe(
        lines, hide_index=True, row_height=height, height=min(TABLE_HEIGHT, height * len(lines) + LINE_HEIGHT + 3),
        column_config={
            wording.NAME: text(width=92),  # a longer name takes more lines: else the last columns were out of sight
            wording.VERDICT: text(width=76, help=about[wording.VERDICT]),
            wording.P: text(width=50, help=about[wording.P]),
            wording.N_NEW: number(width=50, help=about[wording.N_NEW]),
            wording.N_OLD: number(width=58, help=about[wording.N_OLD]),
            wording.SHARE: text(width=98, help=about[wording.SHARE]),
            wording.MMD: text(width=50, help=about[wording.MMD]),
        },
    )  # fmt: skip


def show_most_novel(opened: OpenStudy, found: Explanation) -> None:
    """Show the samples least like the reference; one that is clicked is shown in the panel."""
    title, on_map = st.columns([2, 1], vertical_alignment="bottom")
    title.markdown(f"## {wording.MOST_NOVEL}", help=wording.MOST_NOVEL_HELP)
    ranked = ranked_rows(found)
    if not len(ranked):
        st.caption(wording.NO_NOVEL)
        return
    pictures = opened.pictures.kind == "picture"
    rows = ranked[: MAX_TILES if pictures else MAX_LINES]
    novel = int((found.findings.roles == "novel").sum())
    st.caption(wording.how_many_are_novel(min(novel, len(rows)), len(rows)))
    if on_map.button(wording.ON_MAP, width="stretch"):
        state.choose_color(NOVELTY)
        navigation.show_on_map(opened, rows, wording.NOVEL_SELECTION, is_ranked=True)
    if pictures:
        thumbnail_grid(
            opened.key, keep_selection(opened, rows, wording.NOVEL_SELECTION, is_ranked=True), len(rows),
            opened.version, layout.classes(opened), state.PICKED.get(), kind="picture", caption="label",
            key="most_novel", on_picked=lambda: state.PICKED.set(state.event("most_novel", "picked")["row"]),
        )  # fmt: skip
        return
    st.caption(wording.LINES)
    tails = found.findings.evidence["tail"]
    for place, row in enumerate(rows.tolist()):
        excerpt = " · ".join(opened.pictures.excerpt(row).splitlines()) or f"#{opened.study.ids[row]}"
        words = f"`{tails[place]:.3f}`  {layout.plain(excerpt)}"
        if st.button(words, key=f"novel {row}", type="tertiary"):
            state.PICKED.set(row)
            st.rerun()


opened = state.opened()
main, side = st.columns([5, 2], gap="medium")
with main:
    layout.heading(NEW_DATA)
    found = require_answer(TASK, opened)
    test = drift_test_of(opened)
    show_verdict(opened, test, found)
    if len(test.classes):
        with st.container(key="stacked"):
            histogram, classes = st.columns([3, 5], gap="medium")
        with histogram:
            show_histogram(opened, found)
        with classes:
            show_classes(test)
    else:
        show_histogram(opened, found)
    show_most_novel(opened, found)
with side, st.container(key="beside"):
    first = next(iter(ranked_rows(found).tolist()), None)
    picked = state.PICKED.get() if state.PICKED.get() is not None else first
    show_picked_sample(opened, wording.GESTURES, nearest_in_reference(opened, found, picked), first=first)
