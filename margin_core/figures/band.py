"""The band between two lines of a chart, such as the ends of an interval."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from plotly.colors import hex_to_rgb

from margin_core.values import Doubles, Ints

OPACITY = 0.2


def draw_band(figure: go.Figure, x: Doubles | Ints, low: Doubles, high: Doubles, color: str) -> None:
    """Draw the area between two lines, without a line of its own, a name in the legend, or words under the pointer.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        Gets one trace more.
    x : array (q,)
        Ascending.
    low, high : float array (q,)
        The lower and the upper line at each x.
    color : str
        ``#rrggbb``.
    """
    red, green, blue = hex_to_rgb(color)
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]), y=np.concatenate([high, low[::-1]]), mode="lines", fill="toself",
        fillcolor=f"rgba({red},{green},{blue},{OPACITY})", line={"width": 0}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
