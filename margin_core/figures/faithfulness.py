"""Curves of the predicted probability as pixels are deleted, and as they are inserted."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from margin_core.errors import ParameterError
from margin_core.figures.checks import check_mapping, read_numbers
from margin_core.figures.palette import CLASS_COLORS, score_colors, signed_colors
from margin_core.values import Doubles

HEIGHT = 300

SHADES, SIGNED_SHADES = tuple(score_colors()), tuple(signed_colors())
"""Colors of a heatmap and of a difference of heatmaps, worked out once: every rerun sends them."""

DASHES = ("solid", "dash", "dot", "dashdot")
"""One a method: lines are told apart without their color."""


def faithfulness_curves(
    found: Mapping[str, tuple[Doubles, Doubles, Doubles]], target: str, places: str = "pixels"
) -> go.Figure:
    """Draw deletion beside insertion for several heatmaps of one sample.

    Parameters
    ----------
    found : mapping of method to (shares, deletion, insertion), float arrays (steps + 1,)
        Shares of the sample in [0, 1], and the probability after each step of either curve.
    target : str
        The class whose probability is drawn.
    places : str
        What goes and comes.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        It is no mapping of three arrays of one length.
    """
    check_mapping("faithfulness_curves", "found", found)
    for title, curves in found.items():
        if not isinstance(curves, tuple | list) or len(curves) != 3:
            raise ParameterError(f"faithfulness_curves: found[{title!r}] must be (shares, deletion, insertion).")
        for part in curves:
            read_numbers("faithfulness_curves", f"found[{title!r}]", part, (len(curves[0]),))
    figure = make_subplots(
        cols=2, shared_yaxes=True, horizontal_spacing=0.08,
        subplot_titles=("The most important go first: the lower the better", "They come first: the higher the better"),
    )  # fmt: skip
    for place, (title, (shares, gone, come)) in enumerate(found.items()):
        line = {"color": CLASS_COLORS[place % len(CLASS_COLORS)], "dash": DASHES[place % len(DASHES)], "width": 2}
        for column, values in ((1, gone), (2, come)):
            figure.add_scatter(
                x=shares, y=values, mode="lines", line=line, name=title, legendgroup=title, showlegend=column == 1,
                hovertemplate=f"{title}: %{{y:.3f}} at %{{x:.0%}}<extra></extra>", row=1, col=column,
            )  # fmt: skip
    figure.update_layout(
        height=HEIGHT, margin={"l": 8, "r": 8, "t": 32, "b": 40}, legend={"orientation": "h", "y": -0.22},
    )  # fmt: skip
    figure.update_annotations(font_size=13)
    figure.update_xaxes(title=f"share of the {places}", tickformat=".0%", range=[0, 1], fixedrange=True)
    figure.update_yaxes(range=[0, 1.02], fixedrange=True)
    figure.update_yaxes(title=f"probability of {target}", col=1)
    return figure
