"""How new samples are, beside the reference."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from margin_core.figures.checks import read_numbers
from margin_core.figures.palette import OTHER, ROLES
from margin_core.values import Doubles

HEIGHT = 300
MARGIN = {"l": 8, "r": 8, "t": 8, "b": 40}
BINS = 40


def novelty_histogram(new: Doubles, reference: Doubles, tail: float) -> go.Figure:
    """Draw the novelty of new samples over that of the reference's own, and from where a sample is novel.

    Parameters
    ----------
    new : float array (n,)
        NaN where it is not known.
    reference : float array (r,)
        NaN where it is not known.
    tail : float
        Share of the reference beyond the line, in (0, 1).

    Returns
    -------
    plotly.graph_objects.Figure
        Shares of each, in percent.

    Raises
    ------
    ParameterError
        Something is no array of numbers.
    """
    parts = {
        "reference": read_numbers("novelty_histogram", "reference", reference, (None,)),
        "new": read_numbers("novelty_histogram", "new", new, (None,)),
    }
    known = {name: values[np.isfinite(values)] for name, values in parts.items()}
    both = np.concatenate(list(known.values()))
    figure = go.Figure()
    if len(both):
        low, high = float(both.min()), float(both.max())
        edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
        styles = {"reference": (OTHER, 0.6), "new": (ROLES[1][1], 0.55)}
        for name, values in known.items():
            counts, _ = np.histogram(values, edges)
            color, opacity = styles[name]
            figure.add_bar(
                x=(edges[1:] + edges[:-1]) / 2, y=100 * counts / max(len(values), 1), width=np.diff(edges), name=name,
                marker={"color": color, "line": {"width": 0}}, opacity=opacity,
                hovertemplate=f"{name}: %{{y:.1f}} % at %{{x:.2f}}<extra></extra>",
            )  # fmt: skip
    if len(known["reference"]):
        limit = float(np.quantile(known["reference"], 1 - tail))
        figure.add_vline(
            x=limit,
            line={"dash": "dash", "width": 1, "color": OTHER},
            annotation_text="novel →",
            annotation_position="top right",
        )
    figure.update_layout(
        barmode="overlay", height=HEIGHT, margin=MARGIN, bargap=0, xaxis_title="novelty",
        yaxis_title="share of samples (%)", legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    return figure
