"""What the corrections so far changed: a linear model on held-out samples, before and after them."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached, layout, navigation, state
from dashboard.shared.background import BackgroundJob
from dashboard.views.correction_impact import CORRECTION_IMPACT, wording
from dashboard.views.correction_impact.data import DRAWN, impact_key, impact_of
from margin_core.errors import MissingPart, NotComputed
from margin_core.figures.impact import impact_curve
from margin_core.review import session_corrections
from margin_core.review.impact import CorrectionImpact


def show_impact(found: CorrectionImpact, key: str, features: str) -> None:
    """Show accuracy on held-out samples against decisions, and the numbers of each order."""
    st.markdown(f"**{layout.plain(found.sentence)}**")
    st.caption(layout.plain(found.judged_in_words))
    st.markdown(f"## {wording.CURVE}")
    drawn = [curve for curve in found.others if curve.name in DRAWN]
    chart = cached.figure("impact", key, lambda: impact_curve(found, drawn))
    st.plotly_chart(chart, config={"displayModeBar": False})
    st.caption(f"{wording.BAND} {found.compared_in_words}")
    curves = (found.own, *found.others)
    digits = max(curve.digits for curve in curves)
    st.dataframe(
        [
            {
                wording.ORDER: curve.name,
                wording.HALFWAY: 100 * curve.halfway,
                wording.AT_END: 100 * curve.accuracy[-1],
                wording.CHANGE: curve.change_in_words,
            }
            for curve in curves
        ],
        column_config={
            name: st.column_config.NumberColumn(format=f"%.{digits}f %%", help=wording.measured(found.measure))
            for name in (wording.HALFWAY, wording.AT_END)
        },
        hide_index=True,
    )
    st.caption(wording.limits(layout.plain(features)))


opened = state.opened()
layout.heading(CORRECTION_IMPACT)
made, n_decided = session_corrections(opened.session), opened.session.progress().decided
if not n_decided:
    with layout.empty_state("trending_up", wording.NO_DECISIONS, wording.STEPS):
        if st.button(wording.REVIEW, type="primary", disabled=not opened.session.open_suspects.any()):
            navigation.review_all()
    st.stop()

job = BackgroundJob("impact")
try:
    if job.is_running:
        job.follow()
    else:
        show_impact(impact_of(opened, made), f"{opened.key} {impact_key(made)}", opened.study.features)
except NotComputed:
    job.show_failure()
    if job.status is not None and job.status.state == "done":
        st.caption(wording.OUTDATED)
    with layout.empty_state("trending_up", wording.count_of_decisions(n_decided), wording.COST):
        if st.button(wording.MEASURE, type="primary"):
            job.start()
except MissingPart as error:
    st.info(layout.for_browser(str(error)))
