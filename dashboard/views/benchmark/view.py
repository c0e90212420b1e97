"""Where the truth is known, how good the ranking is."""

from __future__ import annotations

import numpy as np
import streamlit as st
from sklearn.metrics import average_precision_score

from dashboard.shared import cached, layout, state
from dashboard.study.truth import labels_in_truth, rankings_by_method
from dashboard.views.benchmark import BENCHMARK, wording
from margin_core.errors import MarginError
from margin_core.figures.yields import yield_curve

MAX_DRAWN = 5
"""Rankings in the picture, those with the highest average precision; the table has them all."""

opened = state.opened()
study = opened.study
layout.heading(BENCHMARK)
try:
    wrong = labels_in_truth(opened) != study.labels
except MarginError as error:
    st.error(str(error))
    st.stop()
with st.spinner(wording.COMPUTING):
    ranked = rankings_by_method(opened)
n_wrong = int(wrong.sum())
st.markdown(wording.count_of_wrong(n_wrong, len(study)))
tenth = round(len(study) / 10)
places = -np.arange(len(study), dtype=float)
measured = [
    {
        wording.RANKING: name,
        wording.AVERAGE_PRECISION: average_precision_score(wrong[rows], places[: len(rows)]),
        wording.FOUND_IN_TENTH: 100 * wrong[rows[:tenth]].sum() / max(n_wrong, 1),
        wording.PRECISION_AT_WRONG: 100 * wrong[rows[:n_wrong]].mean() if n_wrong else 0.0,
    }
    for name, rows in ranked.items()
]
measured.sort(key=lambda line: -line[wording.AVERAGE_PRECISION])
drawn = {line[wording.RANKING]: ranked[line[wording.RANKING]] for line in measured[:MAX_DRAWN]}
chart = cached.figure("rankings", opened.key, lambda: yield_curve(drawn, wrong))
st.plotly_chart(chart, config={"displayModeBar": False})
st.dataframe(
    measured,
    column_config={
        wording.AVERAGE_PRECISION: st.column_config.NumberColumn(format="%.3f"),
        wording.FOUND_IN_TENTH: st.column_config.NumberColumn(format="%.1f %%"),
        wording.PRECISION_AT_WRONG: st.column_config.NumberColumn(
            format="%.1f %%", help=wording.PRECISION_AT_WRONG_HELP
        ),
    },
    hide_index=True,
)
st.caption(wording.NOTE)
