"""How well probabilities and queue hold, as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from margin_core.figures.band import draw_band
from margin_core.figures.checks import check_kind, check_mapping, read_numbers, read_rows
from margin_core.figures.palette import CLASS_COLORS, OTHER
from margin_core.review.estimates import (
    ErrorCount,
    ExpectedYield,
    PlantedErrorTest,
    Reliability,
    observed_yield,
)
from margin_core.values import Doubles, Ints

INK = CLASS_COLORS[0]
DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")
MAX_LINE_POINTS = 400
"""A line of a chart needs no more."""

YIELD_HEIGHT, YIELD_MARGIN = 340, {"l": 8, "r": 190, "t": 16, "b": 40}
LETTER = 18
"""Pixels from one line of words to the next."""


@dataclass(frozen=True)
class _Line:
    """A line of the chart of finds, and what stands at its end."""

    words: str
    x: Sequence[float] | Doubles | Ints
    y: Sequence[float] | Doubles | Ints
    color: str
    dash: str = "solid"
    width: float = 1.5


def review_yield(
    found: Ints,
    ahead: ExpectedYield,
    best: Doubles | Ints,
    count: ErrorCount,
    n: int,
    *,
    wrong: NDArray[np.bool_] | None = None,
    ranked: Mapping[str, Ints] | None = None,
) -> go.Figure:
    """Draw errors found against labels reviewed, with those expected next, in random order and at best.

    Parameters
    ----------
    found : int array (r + 1,)
        By reviews, after 0, 1, ... r looks.
    ahead : ExpectedYield
        Finds of the next looks, from there on; the line is their median, as that of all wrong labels is.
    best : array (r + a + 1,)
        What the best order finds after 0, 1, ... looks, up to the end of `ahead`.
    count : ErrorCount
        How many labels are wrong, by estimate: what the random order rests on, where the truth is unknown.
    n : int
        Labels.
    wrong : bool array (n,), optional
        Which labels are wrong, where that is known.
    ranked : mapping of str to int array (n,), optional
        Other orders to look in, most suspect first; drawn where the truth is known.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        Something is of another kind or length.
    """
    check_kind("review_yield", "ahead", ahead, ExpectedYield)
    check_kind("review_yield", "count", count, ErrorCount)
    found = read_numbers("review_yield", "found", found, (None,))
    looked = len(found) - 1
    until = looked + len(ahead.mean) - 1
    best = read_numbers("review_yield", "best", best, (until + 1,))
    wrong = None if wrong is None else read_numbers("review_yield", "wrong", wrong, (n,))
    check_mapping("review_yield", "ranked", ranked or {})
    low, likely, high = (count.low, count.median, count.high) if wrong is None else (int(wrong.sum()),) * 3
    figure = go.Figure()
    ends = np.array([0, until])
    if high > low:
        draw_band(figure, ends, ends * low / max(n, 1), ends * high / max(n, 1), OTHER)
    coming = looked + np.arange(len(ahead.mean))
    draw_band(figure, coming, found[-1] + ahead.low, found[-1] + ahead.high, INK)
    x = _few(until + 1)
    lines = [
        _Line("best possible", x, best[x], OTHER),
        _Line("at random", ends, ends * likely / max(n, 1), OTHER, "dot"),
    ]
    if wrong is not None:
        for place, (name, rows) in enumerate((ranked or {}).items()):
            curve = observed_yield(read_rows("review_yield", f"ranked[{name!r}]", rows, n)[:until], wrong)
            x = _few(len(curve))
            lines.append(_Line(name, x, curve[x], CLASS_COLORS[place + 1], DASHES[place % len(DASHES)]))
    if until > looked:
        lines.append(_Line("expected", coming, found[-1] + ahead.median, INK, "dot", 2))
    x = _few(len(found))
    lines.append(_Line("your review", x, found[x], INK, "solid", 2.5))
    top = 1.08 * max(float(found[-1] + ahead.high[-1]), *(float(np.max(line.y)) for line in lines), 1.0)
    for line in lines:
        figure.add_scatter(
            x=line.x, y=line.y, name=line.words, mode="lines",
            line={"color": line.color, "dash": line.dash, "width": line.width},
            hovertemplate="%{x:,} looked at: %{y:.0f} found<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    _name(figure, [line for line in lines if float(line.x[-1]) == until], top)
    if until > looked:
        figure.add_scatter(
            x=[looked], y=[found[-1]], mode="markers+text", text=[f"you: {found[-1]:,}" if looked else ""],
            textposition="bottom right", marker={"color": INK, "size": 8}, hoverinfo="skip", cliponaxis=False,
        )  # fmt: skip
    figure.update_layout(height=YIELD_HEIGHT, margin=YIELD_MARGIN, showlegend=False)
    figure.update_xaxes(title="labels looked at", tickformat=",", range=[0, max(until, 1)], fixedrange=True)
    figure.update_yaxes(title="wrong labels found", tickformat=",", range=[0, top], fixedrange=True)
    return figure


def _few(length: int) -> Ints:
    """Choose points of a line, the first and the last among them."""
    return np.unique(np.linspace(0, length - 1, min(length, MAX_LINE_POINTS)).astype(np.int64))


def _name(figure: go.Figure, lines: Sequence[_Line], top: float) -> None:
    """Write beside the end of each line what it is; words that would cover each other move apart."""
    between = LETTER * top / (YIELD_HEIGHT - YIELD_MARGIN["t"] - YIELD_MARGIN["b"])
    ordered = sorted(lines, key=lambda line: float(line.y[-1]))
    places: list[float] = []
    for line in ordered:
        places.append(max([float(line.y[-1]), *(place + between for place in places[-1:])]))
    ceiling = top
    for number in reversed(range(len(places))):
        places[number] = min(places[number], ceiling)
        ceiling = places[number] - between
    for line, place in zip(ordered, places, strict=True):
        figure.add_annotation(
            x=1, xref="paper", y=place, showarrow=False, xanchor="left", xshift=8,
            text=f'<span style="color:{line.color}">■</span> {line.words}: {float(line.y[-1]):,.0f}',
        )  # fmt: skip


def reliability_diagram(found: Reliability) -> go.Figure:
    """Draw stated probabilities against what came true, with 95 % intervals; on the diagonal they are calibrated.

    Parameters
    ----------
    found : Reliability

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        It is no `Reliability`.
    """
    check_kind("reliability_diagram", "found", found, Reliability)
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": OTHER, "dash": "dot", "width": 1}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=found.predicted,
        y=found.observed,
        mode="markers",
        marker={"color": INK, "size": 6 + 10 * np.sqrt(found.count / max(int(found.count.max(initial=1)), 1))},
        error_y={
            "array": found.high - found.observed,
            "arrayminus": found.observed - found.low,
            "color": INK,
            "width": 0,
        },
        customdata=found.count,
        hovertemplate="%{customdata:,} labels stated %{x:.0%}, wrong %{y:.0%}<extra></extra>",
    )
    figure.update_layout(height=300, margin={"l": 8, "r": 8, "t": 8, "b": 40}, showlegend=False)
    figure.update_xaxes(title="stated probability", tickformat=".0%", range=[-0.03, 1.03])
    figure.update_yaxes(title="share that was wrong", tickformat=".0%", range=[-0.03, 1.03])
    return figure


def planted_error_curve(tested: PlantedErrorTest) -> go.Figure:
    """Draw how soon planted label errors are found, class-dependent and uniform ones, with the spread over repeats.

    Parameters
    ----------
    tested : PlantedErrorTest

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        It is no `PlantedErrorTest`.
    """
    check_kind("planted_error_curve", "tested", tested, PlantedErrorTest)
    figure = go.Figure()
    for name, found, color, dash in (
        ("as the classes are confused", tested.class_dependent, CLASS_COLORS[0], "solid"),
        ("any class for any other", tested.uniform, CLASS_COLORS[1], "dash"),
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
            line={"color": color, "dash": dash, "width": 2},
            error_y={
                "array": kept.max(axis=0) - mean,
                "arrayminus": mean - kept.min(axis=0),
                "color": color,
                "width": 0,
            },
            hovertemplate="first %{x:.0%} of the queue: %{y:.0%} found<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(
        height=300, margin={"l": 8, "r": 8, "t": 8, "b": 40}, legend={"x": 0.98, "xanchor": "right", "y": 0.05}
    )
    figure.update_xaxes(title="share of the queue looked at", tickformat=".0%", rangemode="tozero")
    figure.update_yaxes(title="planted errors found", tickformat=".0%", range=[0, 1.03])
    return figure
