"""The accuracy on what is labeled, after each batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.shared import cached
from dashboard.study.open_study import OpenStudy
from dashboard.views.active_sampling import wording
from margin_core.figures.label_curve import accuracy_curve
from margin_core.review.label_curve import AccuracyPoint, read_label_curve


def show_accuracy(opened: OpenStudy) -> None:
    """Show how well a linear model predicts the labels so far, with its interval, and how that has grown."""
    points = read_label_curve(opened.audited.opened.workspace)
    with st.popover(wording.accuracy(points[-1]) if points else wording.ACCURACY, width="stretch"):
        st.caption(wording.ACCURACY_HELP if points else wording.NO_ACCURACY)
        if points:
            st.markdown(wording.interval(points[-1]))
            chart = cached.figure("label_curve", f"{opened.key} {points}", lambda: _chart(points))
            st.plotly_chart(chart, key="label_curve", config={"displayModeBar": False})


def _chart(points: Sequence[AccuracyPoint]) -> go.Figure:
    labeled = np.array([point.labeled for point in points])
    accuracy, low, high = (np.array([getattr(point, name) for point in points]) for name in ("accuracy", "low", "high"))
    return accuracy_curve(labeled, accuracy, low, high)
