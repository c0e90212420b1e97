"""How well chances and queue hold, as pictures."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.palette import CLASS_COLOURS, OTHER
from margin_core.trust import Reliability, SelfTest

INK = CLASS_COLOURS[0]


def reliability_diagram(found: Reliability) -> go.Figure:
    """Draw stated chances against what came true, with 95 % intervals; on the diagonal they mean what they say."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": OTHER, "dash": "dot", "width": 1}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=found.stated,
        y=found.happened,
        mode="markers",
        marker={"color": INK, "size": 6 + 10 * np.sqrt(found.size / max(int(found.size.max(initial=1)), 1))},
        error_y={
            "array": found.high - found.happened,
            "arrayminus": found.happened - found.low,
            "color": INK,
            "width": 0,
        },
        customdata=found.size,
        hovertemplate="%{customdata:,} labels stated %{x:.0%}, wrong %{y:.0%}<extra></extra>",
    )
    figure.update_layout(height=300, margin={"l": 8, "r": 8, "t": 8, "b": 40}, showlegend=False)
    figure.update_xaxes(title="chance stated", tickformat=".0%", range=[-0.03, 1.03])
    figure.update_yaxes(title="share that was wrong", tickformat=".0%", range=[-0.03, 1.03])
    return figure


def self_test_curve(tested: SelfTest) -> go.Figure:
    """Draw how soon planted mistakes are found, habitual and even ones, with the spread over repeats."""
    figure = go.Figure()
    for name, found, colour, dash in (
        ("as the classes are confused", tested.habitual, CLASS_COLOURS[0], "solid"),
        ("any class for any other", tested.even, CLASS_COLOURS[1], "dash"),
    ):
        kept = found[~np.isnan(found).any(axis=1)]
        if not len(kept):
            continue
        mean = kept.mean(axis=0)
        figure.add_scatter(
            x=tested.depths,
            y=mean,
            name=name,
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2},
            error_y={
                "array": kept.max(axis=0) - mean,
                "arrayminus": mean - kept.min(axis=0),
                "color": colour,
                "width": 0,
            },
            hovertemplate="first %{x:.0%} of the queue: %{y:.0%} found<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        height=300, margin={"l": 8, "r": 8, "t": 8, "b": 40}, legend={"x": 0.98, "xanchor": "right", "y": 0.05}
    )
    figure.update_xaxes(title="share of the queue looked at", tickformat=".0%", rangemode="tozero")
    figure.update_yaxes(title="planted mistakes found", tickformat=".0%", range=[0, 1.03])
    return figure
