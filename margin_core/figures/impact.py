"""The impact of corrections, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from margin_core.errors import ParameterError
from margin_core.figures.checks import check_items, check_kind
from margin_core.figures.palette import CLASS_COLORS, OTHER
from margin_core.review.impact import AccuracyCurve, CorrectionImpact

DASHES = ("dash", "dot", "dashdot", "longdash")
APART = 0.055
"""Names closer than this share of the height are moved apart."""

BAND = "rgba(0, 114, 178, 0.16)"


def impact_curve(found: CorrectionImpact, shown: Sequence[AccuracyCurve]) -> go.Figure:
    """Draw accuracy on held-out samples against decisions, each line named at its end.

    Parameters
    ----------
    found : CorrectionImpact
    shown : sequence of AccuracyCurve
        Of the other orders, those to draw, at most four.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        They are no impact and no curves, or more than four.
    """
    check_kind("impact_curve", "found", found, CorrectionImpact)
    check_items("impact_curve", "shown", shown, AccuracyCurve)
    if len(shown) > len(DASHES):
        raise ParameterError(f"impact_curve: shown takes {len(DASHES)} curves at most; got {len(shown)}.")
    own = found.own
    figure = go.Figure()
    figure.add_scatter(
        x=[*own.decisions, *own.decisions[::-1]],
        y=[*own.high, *own.low[::-1]],
        fill="toself",
        fillcolor=BAND,
        mode="lines",
        line={"width": 0},
        hoverinfo="skip",
    )
    figure.add_hline(y=own.accuracy[0], line={"color": OTHER, "dash": "dot", "width": 1})
    looks = [(own, CLASS_COLORS[0], "solid", 3.0)]
    looks += [(curve, CLASS_COLORS[place], DASHES[place - 1], 1.5) for place, curve in enumerate(shown, 1)]
    for curve, color, dash, width in reversed(looks):
        figure.add_scatter(
            x=curve.decisions,
            y=curve.accuracy,
            name=curve.name,
            mode="lines+markers" if curve is own else "lines",
            line={"color": color, "dash": dash, "width": width},
            hovertemplate="after %{x:,} decisions: %{y:.1%}<extra>%{fullData.name}</extra>",
        )
    ends = [float(curve.accuracy[-1]) for curve, *_ in looks]
    low, high = min(*ends, float(own.low.min())), max(*ends, float(own.high.max()))
    room = 0.06 * max(high - low, 1e-3)
    for (curve, color, *_), place in zip(looks, _apart(ends, APART * (high - low + 2 * room)), strict=True):
        figure.add_annotation(
            x=1.01, xref="paper", xanchor="left", y=place, text=curve.name, showarrow=False, font={"color": color}
        )
    figure.update_layout(height=380, margin={"l": 8, "r": 190, "t": 8, "b": 40}, showlegend=False)
    figure.update_xaxes(title="decisions taken in", tickformat=",", rangemode="tozero")
    figure.update_yaxes(title=f"{found.measure}, held out", tickformat=".1%", range=[low - room, high + room])
    return figure


def _apart(heights: Sequence[float], least: float) -> list[float]:
    """Move heights up until no two are closer than `least`, then all back by the mean of the moves."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    moved = list(heights)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + least)
    back = sum(after - before for before, after in zip(heights, moved, strict=True)) / len(moved)
    return [height - back for height in moved]
