"""Counts of classes, and which are confused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from margin_core.audit.overview import ClassCount, Confusion
from margin_core.errors import ParameterError
from margin_core.figures.checks import check_items

BAR_HEIGHT = 22
"""Pixels that a bar of a chart takes, with the gap below it."""

MAX_UNIT_TICKS = 5
CLEAN = "#7FA8C9"
WARNING = "#D55E00"


def class_bars(counts: Sequence[ClassCount]) -> go.Figure:
    """Draw how many samples each class has, and how many of these are suspect.

    Parameters
    ----------
    counts : sequence of ClassCount
        As in `margin_core.audit.overview.Overview.classes`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        They are no counts.
    """
    check_items("class_bars", "counts", counts, ClassCount)
    names = [count.name for count in counts]
    clean = [count.samples - count.suspects for count in counts]
    suspects = [count.suspects for count in counts]
    figure = go.Figure(
        [
            go.Bar(y=names, x=clean, orientation="h", marker_color=CLEAN, name="not suspect",
                   hovertemplate="%{y}: %{x:,} not suspect<extra></extra>"),
            go.Bar(y=names, x=suspects, orientation="h", marker_color=WARNING, name="suspect",
                   hovertemplate="%{y}: %{x:,} suspect<extra></extra>"),
        ]
    )  # fmt: skip
    figure.update_layout(
        barmode="stack",
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"},
        height=BAR_HEIGHT * len(names) + 76,
        margin={"l": 8, "r": 8, "t": 24, "b": 40},
        bargap=0.3,
        clickmode="event+select",
    )
    largest = max((count.samples for count in counts), default=0)
    # Plotly would divide a few samples into fifths.
    step = {"dtick": 1} if largest <= MAX_UNIT_TICKS else {}
    figure.update_xaxes(title="samples", tickformat=",", fixedrange=True, **step)
    figure.update_yaxes(autorange="reversed", type="category", fixedrange=True)
    return figure


def confusion_matrix(confusions: Sequence[Confusion], names: Sequence[str]) -> go.Figure:
    """Draw how many suspects of each given class look like each other class.

    Parameters
    ----------
    confusions : sequence of Confusion
        As in `margin_core.audit.overview.Overview.confusions`.
    names : sequence of str, length c

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        They are no confusions, or of a class without a name.
    """
    check_items("confusion_matrix", "confusions", confusions, Confusion)
    check_items("confusion_matrix", "names", names, str)
    largest = max((max(pair.given, pair.suggested) for pair in confusions), default=-1)
    if largest >= len(names):
        raise ParameterError(f"confusion_matrix: class {largest} has no name; names has {len(names):,}.")
    table = np.zeros((len(names), len(names)), dtype=int)
    for pair in confusions:
        table[pair.given, pair.suggested] = pair.count
    figure = go.Figure(
        go.Heatmap(
            z=table, x=list(names), y=list(names), colorscale="Cividis", colorbar={"title": "suspects"},
            hovertemplate="given %{y}, suggested %{x}: %{z}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(height=420, margin={"l": 8, "r": 8, "t": 8, "b": 40})
    figure.update_xaxes(title="suggested label", type="category")
    figure.update_yaxes(title="given label", autorange="reversed", type="category")
    return figure
