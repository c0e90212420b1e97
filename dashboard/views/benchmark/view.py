"""Where the truth is known, how good the ranking is."""

from __future__ import annotations

from itertools import islice

import numpy as np
import streamlit as st
from sklearn.metrics import average_precision_score

from dashboard.shared import cached, layout, state
from dashboard.views.benchmark.figure import yield_curve
from margin_core.errors import MarginError

DRAWN = 5
"""Rankings in the picture; the table has them all."""

opened = state.opened()
study = opened.study
layout.heading(
    "How good is it?",
    "This study keeps its true labels in a separate file that no ranking reads. Only this page does.",
)
try:
    wrong = cached.truth(opened.key, opened) != study.labels
except MarginError as error:
    st.error(str(error))
    st.stop()
ranked = cached.rankings(opened.key, opened)
n_wrong = int(wrong.sum())
st.markdown(f"**{n_wrong:,} of {len(study):,} labels are wrong** ({n_wrong / len(study):.1%}).")
drawn = dict(islice(ranked.items(), DRAWN))
st.plotly_chart(yield_curve(drawn, wrong), config={"displayModeBar": False})
tenth = round(len(study) / 10)
places = -np.arange(len(study), dtype=float)
st.dataframe(
    [
        {
            "ranking": name,
            "average precision": average_precision_score(wrong[rows], places[: len(rows)]),
            "found in the first 10 %": wrong[rows[:tenth]].sum() / max(n_wrong, 1),
            "wrong among as many first": wrong[rows[:n_wrong]].mean() if n_wrong else 0.0,
        }
        for name, rows in ranked.items()
    ],
    column_config={
        "average precision": st.column_config.NumberColumn(format="%.3f"),
        "found in the first 10 %": st.column_config.NumberColumn(format="percent"),
        "wrong among as many first": st.column_config.NumberColumn(
            format="percent", help="Of the first labels of the ranking, as many as are wrong, so many are."
        ),
    },
    hide_index=True,
)
st.caption("One data set with planted flips says how the methods compare here, not how they do on yours.")
