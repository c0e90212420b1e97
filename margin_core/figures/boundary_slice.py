"""The slice of a decision surface, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from margin_core.errors import ParameterError
from margin_core.figures.checks import check_items, check_kind, read_rows
from margin_core.figures.palette import OTHER, SIGNED
from margin_core.tasks.decision_boundary.slice import Slice
from margin_core.values import Doubles

HEIGHT = 460
PICTURE = 0.13
"""Side of a picture that is pinned to the slice, as a share of the slice's."""

INK = "#111111"
"""Of what lies on the slice: its colors are the same in the light and in the dark."""

GROUND = "rgba(255, 255, 255, 0.85)"
"""Below what is written on the slice."""


@dataclass(frozen=True)
class Pin:
    """A sample that the slice goes through.

    Attributes
    ----------
    id : str
    words : str
        What is known of it, for its hover.
    picture : str or None
        An address that holds its picture.
    """

    id: str
    words: str
    picture: str | None = None


def slice_picture(found: Slice, pair: tuple[int, int], names: Sequence[str], pins: Sequence[Pin]) -> go.Figure:
    """Draw by how much one class of a pair is likelier than the other, the line where neither is, and three samples.

    Blue is the first, orange the second, white between; where a third class is likelier than both, it is gray and
    bears that class's name.

    Parameters
    ----------
    found : Slice
    pair : tuple of two int
    names : sequence of str, length c
    pins : sequence of three Pin
        In the order of the slice's rows.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        It is no slice, the pair names no two classes, or the pins are not three.
    """
    check_kind("slice_picture", "found", found, Slice)
    check_items("slice_picture", "names", names, str)
    check_items("slice_picture", "pins", pins, Pin)
    p = found.probabilities.astype(np.float64)
    classes = read_rows("slice_picture", "pair", pair, p.shape[2])
    if len(classes) != 2 or len(pins) != len(found.places) or len(names) != p.shape[2]:
        raise ParameterError(
            f"slice_picture takes a pair of classes, {p.shape[2]:,} names and {len(found.places)} pins; got "
            f"{len(classes)}, {len(names):,} and {len(pins)}."
        )
    one, other = (names[number] for number in pair)
    first, second = p[:, :, pair[0]], p[:, :, pair[1]]
    lead = second - first
    others = 1 - first - second
    figure = go.Figure()
    figure.add_heatmap(
        x=found.across, y=found.up, z=np.round(lead, 4), zmin=-1, zmax=1,
        colorscale=[[place / 2, color] for place, color in enumerate(SIGNED)], zsmooth="best",
        customdata=np.dstack([first, second, others]).astype(np.float32),
        hovertemplate=f"{one} %{{customdata[0]:.2f}}<br>{other} %{{customdata[1]:.2f}}<br>all others "
        "%{customdata[2]:.2f}<extra></extra>",
        colorbar={
            "tickvals": [-1, 0, 1], "ticktext": [f"certain: {one}", "uncertain", f"certain: {other}"], "thickness": 12,
            "outlinewidth": 0,
        },
    )  # fmt: skip
    third = ~np.isin(p.argmax(axis=2), pair)
    _boundary(figure, found, np.where(third, np.nan, lead))
    if third.any():
        _third(figure, found, np.where(third, p.max(axis=2), 0.0), names)
    side = found.across[-1] - found.across[0]
    for place, pin in zip(found.places, pins, strict=True):
        if pin.picture is not None:
            figure.add_layout_image(
                source=pin.picture, x=place[0], y=place[1] + 0.02 * side, xref="x", yref="y", sizex=PICTURE * side,
                sizey=PICTURE * side, xanchor="center", yanchor="bottom", layer="above",
            )  # fmt: skip
        # On a ground of its own: the colors below reach from white to a blue on which no ink can be read.
        figure.add_annotation(
            x=place[0], y=place[1], text=f"#{pin.id}", showarrow=False, yanchor="top", yshift=-9, borderpad=2,
            bgcolor=GROUND, font={"color": INK, "size": 13},
        )  # fmt: skip
    figure.add_scatter(
        x=found.places[:, 0], y=found.places[:, 1], mode="markers", text=[f"#{pin.id}" for pin in pins],
        marker={"symbol": "circle", "size": 11, "color": "#FFFFFF", "line": {"color": INK, "width": 2}},
        customdata=[pin.words for pin in pins], hovertemplate="%{text}: %{customdata}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(height=HEIGHT, margin={"l": 8, "r": 8, "t": 8, "b": 40}, showlegend=False)
    figure.update_xaxes(
        title=f"from #{pins[0].id} (0) to #{pins[1].id} (1)", range=[found.across[0], found.across[-1]],
        constrain="domain", zeroline=False, showgrid=False, fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(
        title=f"away from that line, toward #{pins[2].id}", range=[found.up[0], found.up[-1]], scaleanchor="x",
        constrain="domain", zeroline=False, showgrid=False, fixedrange=True,
    )  # fmt: skip
    return figure


def _boundary(figure: go.Figure, found: Slice, lead: Doubles) -> None:
    """Draw where neither of two classes is likelier, if that is anywhere; where the lead is NaN, nothing."""
    if np.nanmin(lead, initial=0) < 0 < np.nanmax(lead, initial=0):
        figure.add_contour(
            x=found.across, y=found.up, z=lead, contours={"start": 0, "end": 0, "size": 1, "coloring": "none"},
            line={"color": INK, "width": 2}, showscale=False, hoverinfo="skip",
        )  # fmt: skip


def _third(figure: go.Figure, found: Slice, likely: Doubles, names: Sequence[str]) -> None:
    """Cover with gray where a third class is likelier than both, and name it where it is likeliest."""
    figure.add_heatmap(
        x=found.across, y=found.up, z=np.where(likely > 0, 0.0, np.nan), colorscale=[[0, OTHER], [1, OTHER]],
        opacity=0.8, showscale=False, hoverinfo="skip",
    )  # fmt: skip
    up, across = np.unravel_index(int(likely.argmax()), likely.shape)
    figure.add_annotation(
        x=found.across[across], y=found.up[up], text=names[found.probabilities[up, across].argmax()], showarrow=False,
        borderpad=2, bgcolor=GROUND, font={"color": INK, "size": 13},
    )  # fmt: skip
