"""What the corrections so far bought: a linear model on held-out samples, before and after them."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached, layout, state
from dashboard.study.jobs import is_running
from dashboard.study.registry import DESK
from dashboard.views.correction_impact.figure import bought_curve
from margin_core.errors import MissingPart, NotComputed
from margin_core.review import corrections
from margin_core.review.impact import CorrectionImpact
from margin_core.storage.fingerprint import fingerprint
from margin_core.values import Need

DRAWN = ("this dashboard", "neighbour disagreement", "self-confidence (cleanlab)", "random order")
"""Orders in the picture beside the own one; the table has them all."""

opened = state.opened()
study = opened.study
layout.heading(
    "What did it buy?",
    "A simple model learns from your labels twice: as they were given, and as you corrected them. Both are judged on "
    "samples that they did not learn from.",
)
if not study.has(Need.LABELS):
    st.info("This study has no labels, so there is nothing to correct.")
    st.stop()

made = corrections(opened.session)
if not len(made):
    st.info(
        "Nobody has decided on a label yet. Review some suspect labels; then this page shows whether a model that "
        "learns from the corrected labels is right more often."
    )
    if st.button("Review suspect labels", type="primary", disabled=not opened.session.open_suspects.any()):
        state.review(None)
        st.switch_page(layout.REVIEW_VIEW)
    st.stop()

key = state.request_key() or ""
job = DESK.job(key, "impact")
running = job if is_running(job) else None
found: CorrectionImpact | None = None
try:
    if not running:
        found = cached.correction_impact(opened.key, fingerprint(made.rows, made.labels, made.settled), opened, made)
except NotComputed:
    pass
except MissingPart as error:
    st.info(layout.for_browser(str(error)))
    st.stop()

if found is not None:
    st.markdown(f"**{layout.plain(found.sentence)}**")
    st.caption(layout.plain(found.judged_in_words))
    st.markdown("## After each decision")
    st.plotly_chart(
        bought_curve(found, [curve for curve in found.others if curve.name in DRAWN]), config={"displayModeBar": False}
    )
    st.caption(f"The band is the 95 % interval of your own curve. {found.compared_in_words}")
    st.dataframe(
        [
            {
                "order": curve.name,
                "after half": curve.halfway,
                "after all": curve.accuracy[-1],
                "change in points": curve.change_in_words,
            }
            for curve in (found.own, *found.others)
        ],
        column_config={
            name: st.column_config.NumberColumn(format="percent", help=f"{found.measure.capitalize()}, held out.")
            for name in ("after half", "after all")
        },
        hide_index=True,
    )
    st.caption(
        f"The model is a logistic regression on {layout.plain(study.features)}. A few wrong labels hardly mislead so "
        "simple a model; a large network, which learns them by heart, may gain more. Where the features come from a "
        "network that was trained on the wrong labels, correcting them here does not train it anew."
    )
elif not running:
    if job is not None and job.standing.state == "failed":
        st.error(layout.for_browser(job.standing.text))
    if job is not None and job.standing.state == "done":
        st.caption("More was decided since it was last measured.")
    count = opened.session.progress().decided
    st.markdown(f"**{count:,} {'label is' if count == 1 else 'labels are'} decided on.**")
    st.caption(
        "A linear model is trained on the labels before and after your decisions, and again in the order of other "
        "rankings. That takes seconds, a minute or two for a large study; you can go on meanwhile."
    )
    if st.button("Measure what they bought", type="primary"):
        DESK.start(key, "impact")
        st.rerun()

if running is not None:
    layout.follow(running)
