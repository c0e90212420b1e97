"""How important variables are, as pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from margin_core.errors import ParameterError
from margin_core.figures.checks import check_items, read_numbers
from margin_core.figures.palette import CLASS_COLORS, OTHER, SIGNED

BAR_HEIGHT = 22
MAX_NAME = 28
"""Letters of a name beside its bar."""


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
    shown = [name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1]}…" for name in names]
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
