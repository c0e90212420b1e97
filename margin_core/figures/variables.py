"""How important variables are, as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from margin_core.errors import ParameterError
from margin_core.figures.band import draw_band
from margin_core.figures.checks import check_items, check_mapping, read_numbers
from margin_core.figures.classes import BAR_HEIGHT
from margin_core.figures.palette import CLASS_COLORS, OTHER, SIGNED, score_colors

MAX_NAME = 28
"""Letters of a name beside its bar."""

_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x")


def importance_bars(
    names: Sequence[str], values: ArrayLike, effects: ArrayLike | None = None, *, title: str, equal: float | None = None
) -> go.Figure:
    """Draw a bar for each variable, colored by the sign of its effect.

    Parameters
    ----------
    names : sequence of str, length m
        In the order in which they are drawn, from the top.
    values : array_like (m,)
        Of whatever measure.
    effects : array_like (m,), optional
        Of which the sign counts; without them all bars have one color.
    title : str
        Of the measure.
    equal : float, optional
        Where a line is drawn: the value if all variables were equal.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        Lengths that differ, or values that are no numbers.

    Examples
    --------
    >>> from margin_core.figures import importance_bars
    >>> figure = importance_bars(["age", "fare"], [0.8, 0.2], [1.5, -0.3], title="centrality", equal=0.5)
    >>> [float(width) for width in figure.data[0].x]
    [0.8, 0.2]
    """
    check_items("importance_bars", "names", names, str)
    lengths = read_numbers("importance_bars", "values", values, (len(names),))
    given = read_numbers("importance_bars", "effects", effects, (len(names),)) if effects is not None else None
    colors = [CLASS_COLORS[0]] * len(names) if given is None else [_color(effect) for effect in given.tolist()]
    # By place: Plotly would merge bars of the same name.
    places = list(range(len(names)))
    figure = go.Figure(
        go.Bar(
            x=lengths, y=places, orientation="h", marker_color=colors, customdata=list(names),
            hovertemplate=f"%{{customdata}}<br>{title} %{{x:.3g}}<extra></extra>",
        )
    )  # fmt: skip
    if equal is not None:
        figure.add_vline(
            x=equal, line={"color": OTHER, "dash": "dot", "width": 1.5},
            annotation={"text": "equal share", "font": {"color": OTHER, "size": 11}, "yanchor": "bottom", "y": 0},
        )  # fmt: skip
    shown = [_shortened(name) for name in names]
    figure.update_layout(
        height=BAR_HEIGHT * len(places) + 56, margin={"l": 8, "r": 8, "t": 8, "b": 40}, bargap=0.3, showlegend=False,
        clickmode="event+select",
    )  # fmt: skip
    figure.update_xaxes(title=title, rangemode="tozero", fixedrange=True)
    figure.update_yaxes(tickvals=places, ticktext=shown, autorange="reversed", fixedrange=True)
    return figure


def _color(effect: float) -> str:
    against, _, speaks_for = SIGNED
    return speaks_for if effect > 0 else against if effect < 0 else OTHER


def importance_map(importance: ArrayLike, effects: ArrayLike, width: int) -> go.Figure:
    """Draw the importance of every pixel where it lies, with the sign of its effect.

    Parameters
    ----------
    importance : array_like (height * width,)
        Row by row.
    effects : array_like (height * width,)
        Of which the sign counts.
    width : int
        Pixels of a row.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        Lengths that differ or that the width does not divide.
    """
    shares = read_numbers("importance_map", "importance", importance, (None,))
    signed = np.sign(read_numbers("importance_map", "effects", effects, (None,)))
    if len(shares) != len(signed) or width < 1 or len(shares) % width:
        raise ParameterError(
            f"importance_map: importance and effects must be of the same pixels, in rows of {width}; got {len(shares)} "
            f"and {len(signed)}."
        )
    table = (shares * signed).reshape(-1, width)
    largest = float(np.abs(table).max(initial=0)) or 1.0
    against, zero, speaks_for = SIGNED
    figure = go.Figure(
        go.Heatmap(
            z=table, zmin=-largest, zmax=largest, colorscale=[[0, against], [0.5, zero], [1, speaks_for]],
            colorbar={"title": "signed share", "tickformat": ".1%"},
            hovertemplate="row %{y}, column %{x}: %{z:.2%}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(height=460, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x")
    return figure


def shuffle_curves(
    shuffled: ArrayLike, accuracy: Mapping[str, ArrayLike], chance: tuple[ArrayLike, ArrayLike, ArrayLike]
) -> go.Figure:
    """Draw how the accuracy of a network falls as the first variables of each ranking are shuffled.

    Parameters
    ----------
    shuffled : array_like (q,)
        How many variables, ascending from 0.
    accuracy : mapping of str to array_like (q,)
        Of each ranking, in [0, 1].
    chance : tuple of three array_like (q,)
        Of random orders: mean, and the two ends of an interval.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        Lengths that differ, or values that are no numbers.

    Examples
    --------
    >>> from margin_core.figures import shuffle_curves
    >>> chance = [0.9, 0.8, 0.5], [0.9, 0.6, 0.4], [0.9, 0.9, 0.6]
    >>> figure = shuffle_curves([0, 1, 2], {"RATE": [0.9, 0.6, 0.5]}, chance)
    """
    check_mapping("shuffle_curves", "accuracy", accuracy)
    x = read_numbers("shuffle_curves", "shuffled", shuffled, (None,))
    mean, low, high = (read_numbers("shuffle_curves", "chance", values, (len(x),)) for values in chance)
    figure = go.Figure()
    draw_band(figure, x, low, high, OTHER)
    figure.add_scatter(x=x, y=mean, mode="lines", name="random order", line={"color": OTHER, "dash": "dot", "width": 2})
    for (name, values), color, symbol in zip(accuracy.items(), cycle(CLASS_COLORS), cycle(_SYMBOLS), strict=False):
        y = read_numbers("shuffle_curves", f"accuracy of {name}", values, (len(x),))
        figure.add_scatter(
            x=x, y=y, mode="lines+markers", name=name, line={"color": color, "width": 2},
            marker={"symbol": symbol, "size": 7},
        )  # fmt: skip
    figure.update_layout(
        height=400, margin={"l": 8, "r": 8, "t": 8, "b": 8}, hovermode="x unified",
        legend={"orientation": "h", "yanchor": "top", "y": -0.2, "x": 0, "traceorder": "normal"},
    )  # fmt: skip
    figure.update_xaxes(title="variables shuffled", fixedrange=True)
    figure.update_yaxes(title="accuracy", tickformat=".0%", fixedrange=True)
    return figure


def correlation_map(names: Sequence[str], correlation: ArrayLike) -> go.Figure:
    """Draw how strongly variables go together, those beside each other that do most.

    Parameters
    ----------
    names : sequence of str, length m
        Two at least.
    correlation : array_like (m, m)
        Absolute or squared correlations, in [0, 1], symmetric.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        Values of another shape, or that are no numbers.

    Examples
    --------
    >>> from margin_core.figures import correlation_map
    >>> figure = correlation_map(["age", "fare", "deck"], [[1, 0, 0.8], [0, 1, 0], [0.8, 0, 1]])
    """
    check_items("correlation_map", "names", names, str)
    table = read_numbers("correlation_map", "correlation", correlation, (len(names), len(names)))
    distances = 1 - np.clip((table + table.T) / 2, 0, 1)
    np.fill_diagonal(distances, 0)
    order = leaves_list(linkage(squareform(distances, checks=False), "average", optimal_ordering=True))
    shown = [_shortened(names[place]) for place in order.tolist()]
    places = list(range(len(names)))
    table = np.where(np.eye(len(names), dtype=bool), np.nan, table)  # That each goes with itself says nothing.
    figure = go.Figure(
        go.Heatmap(
            z=table[np.ix_(order, order)], hoverongaps=False, zmin=0, zmax=1, colorscale=score_colors(), xgap=1, ygap=1,
            customdata=[[[names[one], names[other]] for other in order.tolist()] for one in order.tolist()],
            colorbar={"thickness": 12, "tickvals": [0, 0.5, 1]},
            hovertemplate="%{customdata[0]} and %{customdata[1]}: %{z:.2f}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(height=max(BAR_HEIGHT * len(places) + 120, 240), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    figure.update_xaxes(tickvals=places, ticktext=shown, tickangle=-60, fixedrange=True, showgrid=False)
    figure.update_yaxes(tickvals=places, ticktext=shown, autorange="reversed", fixedrange=True, showgrid=False)
    return figure


def _shortened(name: str) -> str:
    return name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1]}…"
