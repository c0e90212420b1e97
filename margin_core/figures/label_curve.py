"""The accuracy of a classifier by the number of labels that it was fitted to."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from margin_core.figures.band import draw_band
from margin_core.figures.palette import CLASS_COLORS
from margin_core.values import Doubles, Ints


def accuracy_curve(labeled: Ints, accuracy: Doubles, low: Doubles, high: Doubles) -> go.Figure:
    """Draw the accuracy by number of labels, with its interval.

    Parameters
    ----------
    labeled : int array (q,)
        Labels, ascending.
    accuracy : float array (q,)
        In [0, 1].
    low, high : float array (q,)
        Ends of the interval of each.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = go.Figure()
    color = CLASS_COLORS[0]
    draw_band(figure, labeled, low, high, color)
    figure.add_scatter(
        x=labeled, y=accuracy, mode="lines+markers", line={"color": color, "width": 2}, showlegend=False,
        customdata=np.stack([low, high], axis=1),
        hovertemplate="%{x:,} labels: %{y:.0%} (%{customdata[0]:.0%} to %{customdata[1]:.0%})<extra></extra>",
    )  # fmt: skip
    figure.update_layout(height=280, margin={"l": 8, "r": 8, "t": 8, "b": 40})
    figure.update_xaxes(title="labeled samples", tickformat=",", rangemode="tozero")
    figure.update_yaxes(title="cross-validated accuracy", tickformat=".0%", range=[0, 1.02])
    return figure
