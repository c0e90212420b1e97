"""Clean and attacked samples: the histograms of their scores, their map, and areas by the share of attacked ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from margin_core.figures.checks import check_mapping, read_numbers
from margin_core.figures.palette import CLASS_COLORS, OTHER
from margin_core.tasks.adversarial.comparison.area import Area
from margin_core.tasks.adversarial.comparison.overlap import Overlap
from margin_core.values import Doubles, Floats

GROUP_COLORS = ("#0072B2", "#D55E00")
"""Of clean and of attacked samples, everywhere."""

OVERLAP_COLOR = "#7A7A7A"
"""Seen on light and on dark."""

COLUMNS = 4
ROW_HEIGHT, TITLE_HEIGHT, AXIS_HEIGHT = 108, 44, 36
"""Pixels, of each histogram, of the two lines above it and of the numbers below it."""


def score_histograms(
    overlaps: Mapping[str, Overlap],
    areas: Mapping[str, Area],
    titles: Mapping[str, str],
    groups: tuple[str, str] = ("clean", "attacked"),
    *,
    axis: str = "score",
) -> go.Figure:
    """Draw a small histogram of each score for both groups, the overlap hatched, with the area under the ROC curve.

    Parameters
    ----------
    overlaps : mapping of str to Overlap
        By score.
    areas : mapping of str to Area
        Of the same scores.
    titles : mapping of str to str
        Of the same scores.
    groups : tuple of str
        What clean and attacked samples are called.
    axis : str
        What the scores are called below the histograms.

    Returns
    -------
    plotly.graph_objects.Figure
        Four in a row, all on one scale of shares; an axis has no numbers where a score is unknown.

    Raises
    ------
    ParameterError
        Something is no mapping.
    """
    for what, value in (("overlaps", overlaps), ("areas", areas), ("titles", titles)):
        check_mapping("score_histograms", what, value)
    rows = -(-len(overlaps) // COLUMNS)
    height = rows * (ROW_HEIGHT + TITLE_HEIGHT + AXIS_HEIGHT) + 56
    figure = make_subplots(
        rows=max(rows, 1), cols=COLUMNS, shared_yaxes="all", x_title=axis, y_title="share of the group",
        horizontal_spacing=0.03, vertical_spacing=(TITLE_HEIGHT + AXIS_HEIGHT) / height,
        subplot_titles=[f"{titles[name]}<br>{_area_in_words(areas[name])}" for name in overlaps],
    )  # fmt: skip
    for place, found in enumerate(overlaps.values()):
        _draw_histogram(figure, found, groups, place)
    figure.update_annotations(font={"size": 12}, xanchor="center")
    figure.update_layout(
        barmode="overlay", bargap=0, height=height,
        margin={"l": 56, "r": 8, "t": TITLE_HEIGHT + 24, "b": AXIS_HEIGHT + 20},
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top", "x": 0},
    )  # fmt: skip
    figure.update_yaxes(ticksuffix=" %", rangemode="tozero", nticks=4)
    figure.update_xaxes(nticks=4, showgrid=False)
    return figure


def attack_map(
    positions: Floats,
    is_attacked: NDArray[np.bool_],
    words: Sequence[str],
    groups: tuple[str, str] = ("clean", "attacked"),
) -> go.Figure:
    """Draw clean and attacked samples on the map of their graph.

    Parameters
    ----------
    positions : float array (m, 2)
        Of each sample, in any unit.
    is_attacked : bool array (m,)
        Whether each belongs to the second group.
    words : sequence of str, length m
        What is shown of each under the pointer.
    groups : tuple of str
        What clean and attacked samples are called.

    Returns
    -------
    plotly.graph_objects.Figure
        ``customdata`` of a point is its place among the m.

    Raises
    ------
    ParameterError
        Something has another shape.
    """
    points = read_numbers("attack_map", "positions", positions, (None, 2))
    attacked = read_numbers("attack_map", "is_attacked", is_attacked, (len(points),)).astype(bool)
    figure = go.Figure()
    for name, symbol, color, chosen in (
        (groups[0], "circle", GROUP_COLORS[0], ~attacked),
        (groups[1], "x-thin", GROUP_COLORS[1], attacked),
    ):
        places = np.flatnonzero(chosen)
        line = {"width": 1.5, "color": color}
        figure.add_scatter(
            x=points[places, 0], y=points[places, 1], mode="markers", name=f"{name} ({len(places):,})",
            marker={"symbol": symbol, "size": 6, "color": color, "opacity": 0.8, "line": line},
            customdata=places, text=[words[place] for place in places.tolist()], hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        height=420, margin={"l": 8, "r": 8, "t": 28, "b": 8}, hovermode="closest", dragmode="pan",
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "itemsizing": "constant"},
    )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    return figure


DASHES = ("solid", "dash", "dot", "dashdot")


def prevalence_curves(
    shares: Doubles, curves: Mapping[str, tuple[Doubles, Doubles, Doubles]], group: str = "attacked"
) -> go.Figure:
    """Draw areas under the ROC curve by the share of attacked samples in the batch.

    Parameters
    ----------
    shares : float array (s,)
        In (0, 1), descending.
    curves : mapping of str to tuple of float array (s,)
        By title: mean area, and the ends of the range of the draws.
    group : str
        What attacked samples are called.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        Something has another shape.
    """
    wanted = read_numbers("prevalence_curves", "shares", shares, (None,))
    check_mapping("prevalence_curves", "curves", curves)
    ticks = [f"{100 * share:g} %" for share in wanted.tolist()]
    figure = go.Figure()
    for number, (title, parts) in enumerate(curves.items()):
        mean, low, high = (read_numbers("prevalence_curves", title, part, (len(wanted),)) for part in parts)
        figure.add_scatter(
            x=ticks, y=mean, name=title, mode="lines+markers",
            line={"color": CLASS_COLORS[number % 8], "width": 2, "dash": DASHES[number % len(DASHES)]},
            error_y={
                "type": "data", "array": high - mean, "arrayminus": mean - low, "thickness": 1, "width": 3,
            },
            customdata=np.stack([low, high], axis=1),
            hovertemplate="%{y:.3f} (%{customdata[0]:.3f} to %{customdata[1]:.3f})<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    figure.add_hline(y=0.5, line={"width": 1, "dash": "dot", "color": OTHER})
    figure.update_layout(
        height=420, margin={"l": 8, "r": 8, "t": 8, "b": 40},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    figure.update_xaxes(title=f"{group} samples in the batch", type="category")
    figure.update_yaxes(title="area under the ROC curve", range=[0, 1.02])
    return figure


def _draw_histogram(figure: go.Figure, found: Overlap, groups: tuple[str, str], place: int) -> None:
    row, column = divmod(place, COLUMNS)
    middle, width = (found.edges[1:] + found.edges[:-1]) / 2, np.diff(found.edges)
    parts = (
        (groups[0], found.clean, {"color": GROUP_COLORS[0], "opacity": 0.45}),
        (groups[1], found.attacked, {"color": GROUP_COLORS[1], "opacity": 0.45}),
        (
            "overlap",
            np.minimum(found.clean, found.attacked),
            {"color": "rgba(0,0,0,0)", "pattern": {"shape": "/", "size": 4, "fgcolor": OVERLAP_COLOR}},
        ),
    )
    for name, shares, marker in parts:
        figure.add_bar(
            x=middle, y=100 * shares, width=width, name=name, legendgroup=name, showlegend=place == 0,
            marker={**marker, "line": {"width": 0}}, hovertemplate=f"{name}: %{{y:.1f}} %<extra></extra>",
            row=row + 1, col=column + 1,
        )  # fmt: skip


def _area_in_words(area: Area) -> str:
    if np.isnan(area.auc):
        return "not known"
    return f"AUC {area.auc:.3f} ({area.low:.3f}–{area.high:.3f})"
