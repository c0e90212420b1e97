"""Errors found against labels looked at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from margin_core.errors import ParameterError
from margin_core.figures.checks import check_mapping, read_numbers, read_rows
from margin_core.figures.palette import CLASS_COLORS, OTHER
from margin_core.values import Ints

DASHES = ("solid", "dash", "dot", "dashdot")


def yield_curve(ranked: Mapping[str, Ints], wrong: NDArray[np.bool_]) -> go.Figure:
    """Draw how soon each ranking finds the wrong labels, beside a random order and the best possible.

    Parameters
    ----------
    ranked : mapping of str to int array (n,)
        Rows, most suspect first.
    wrong : bool array (n,)
        Whether each label is wrong.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ParameterError
        The rankings are no rows, or more than there are colors.
    """
    wrong = read_numbers("yield_curve", "wrong", wrong, (None,)).astype(bool)
    check_mapping("yield_curve", "ranked", ranked)
    if len(ranked) > len(CLASS_COLORS):
        raise ParameterError(f"yield_curve: ranked takes {len(CLASS_COLORS)} at most; got {len(ranked)}.")
    n, n_wrong = len(wrong), int(wrong.sum())
    shown = min(n, 4 * max(n_wrong, 1))
    looked = np.arange(shown + 1)
    figure = go.Figure()
    figure.add_scatter(
        x=looked, y=np.minimum(looked, n_wrong), name="best possible", mode="lines", line={"color": OTHER, "width": 1}
    )
    for place, (name, rows) in enumerate(ranked.items()):
        looks = read_rows("yield_curve", f"ranked[{name!r}]", rows, n)[:shown]
        found = np.concatenate([[0], np.cumsum(wrong[looks])])
        figure.add_scatter(
            x=looked[: len(found)],
            y=found,
            name=name,
            mode="lines",
            line={"color": CLASS_COLORS[place], "dash": DASHES[place % len(DASHES)], "width": 2},
        )
    figure.add_scatter(
        x=looked,
        y=looked * n_wrong / max(n, 1),
        name="at random",
        mode="lines",
        line={"color": OTHER, "dash": "dot", "width": 1},
    )
    figure.update_traces(hovertemplate="%{x:,} looked at: %{y:.0f} found<extra>%{fullData.name}</extra>")
    figure.update_layout(height=380, margin={"l": 8, "r": 8, "t": 8, "b": 40})
    # Beyond twice as many looks as there are errors, nothing is told apart; a double click shows the rest.
    figure.update_xaxes(title="labels looked at", tickformat=",", range=[0, min(shown, 2 * max(n_wrong, 1))])
    figure.update_yaxes(title="wrong labels found", tickformat=",", rangemode="tozero")
    return figure
