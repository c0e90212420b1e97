"""The accuracy of a classifier by the number of labels that it was fitted to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from margin_core.figures.band import draw_band
from margin_core.figures.palette import CLASS_COLORS, OTHER
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


DASHES = ("solid", "dash", "dot")
"""Lines of one color are told apart by these."""

MAX_COLORS = 8
"""Colors that are told apart by everybody."""


def strategy_curves(names: Sequence[str], sizes: Ints, mean: Doubles, spread: Doubles) -> go.Figure:
    """Draw the accuracy of several strategies by the number of labels, with the spread over the seeds.

    Parameters
    ----------
    names : sequence of str, length s
        Of the strategies; the first is drawn bold.
    sizes : int array (k,)
        Numbers of labels, ascending.
    mean : float array (s, k)
        Mean accuracy over the seeds, in [0, 1].
    spread : float array (s, k)
        Standard deviation over the seeds; NaN: unknown.

    Returns
    -------
    plotly.graph_objects.Figure
        The strategies by their mean accuracy in the legend, the best first.
    """
    figure = go.Figure()
    for rank, place in enumerate((-mean.mean(axis=1)).argsort(kind="stable").tolist()):
        color = CLASS_COLORS[place % MAX_COLORS] if names[place] else OTHER
        figure.add_scatter(
            x=sizes, y=mean[place], name=names[place], mode="lines+markers", legendrank=rank,
            error_y={"type": "data", "array": np.nan_to_num(spread[place]), "thickness": 1, "width": 3},
            line={"color": color, "width": 3 if place == 0 else 1.5, "dash": DASHES[place // MAX_COLORS % len(DASHES)]},
            customdata=np.nan_to_num(spread[place]),
            hovertemplate="%{x:,} labels: %{y:.1%} ± %{customdata:.1%}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    figure.update_layout(height=420, margin={"l": 8, "r": 8, "t": 8, "b": 40})
    figure.update_xaxes(title="labeled samples", tickformat=",", rangemode="tozero")
    figure.update_yaxes(title="accuracy on held-out samples", tickformat=".0%")
    return figure
