"""Any explanation, and its scores on the map."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from margin_core.figures.checks import check_kind, read_numbers
from margin_core.figures.palette import CLASS_COLORS, OTHER
from margin_core.graph import Knn
from margin_core.projection.umap_map import compute_map
from margin_core.storage.engine import Run
from margin_core.values import Explanation, Floats

HEIGHT = 380
MARGIN = {"l": 8, "r": 8, "t": 8, "b": 40}

SYMBOLS = ("circle", "diamond", "square", "cross", "x", "triangle-up")
"""One a role: roles are told apart without their color."""

ROLE_COLORS = {
    "suspect": CLASS_COLORS[5], "not_suspect": CLASS_COLORS[0], "prototype": CLASS_COLORS[0],
    "criticism": CLASS_COLORS[5], "unlabelled": OTHER, "unscored": OTHER,
}  # fmt: skip

SAMPLE_COLUMNS = ("given_label", "suggested_label")
"""Evidence that is shown under the pointer."""


def explanation_figure(explanation: Explanation) -> go.Figure:
    """Draw an explanation: the heatmap of one sample, else the scores of all findings by rank.

    Parameters
    ----------
    explanation : Explanation

    Returns
    -------
    plotly.graph_objects.Figure
        A heatmap in [0, 1] over the picture's pixels, or bars over the columns of a row or the words of a text; for
        other tasks one point a finding, colored and shaped by its role.

    Raises
    ------
    ParameterError
        It is no explanation.

    Examples
    --------
    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.figures import explanation_figure
    >>> from margin_core.tasks import LabelFlips
    >>> points = np.random.default_rng(0).normal(size=(60, 2)) + np.repeat([[0, 0], [9, 9]], 30, axis=0)
    >>> labels = np.repeat(["cat", "dog"], 30)
    >>> labels[7] = "dog"
    >>> figure = explanation_figure(explain(LabelFlips(), Study.build(embedding=points, labels=labels)))
    >>> [(trace.name, len(trace.x)) for trace in figure.data]
    [('suspect', 1), ('not_suspect', 59)]
    """
    check_kind("explanation_figure", "explanation", explanation, Explanation)
    if "heatmap" in explanation.findings.maps:
        return _heatmap(explanation.heatmap)
    found = explanation.findings
    ranks = np.arange(1, len(found) + 1)
    figure = go.Figure()
    for place, role in enumerate(dict.fromkeys(found.roles.tolist())):
        own = found.roles == role
        figure.add_scatter(
            x=ranks[own], y=found.scores[own], name=role, mode="markers", text=_hover(explanation)[own],
            marker={
                "color": ROLE_COLORS.get(role, CLASS_COLORS[place % len(CLASS_COLORS)]),
                "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 6,
            },
            hovertemplate="%{text}<br>rank %{x:,}, score %{y:.3f}<extra>" + role + "</extra>",
        )  # fmt: skip
    figure.update_layout(height=HEIGHT, margin=MARGIN)
    figure.update_xaxes(title="rank", tickformat=",")
    figure.update_yaxes(title="score", rangemode="tozero")
    return figure


def score_map(explanation: Explanation, positions: Floats | None = None) -> go.Figure:
    """Draw the findings on the map of their nodes, colored by score.

    Parameters
    ----------
    explanation : Explanation
    positions : float array (m, 2), optional
        Of the nodes. Default: UMAP of the explanation's graph, as in the dashboard.

    Returns
    -------
    plotly.graph_objects.Figure
        One point a finding; the highest scores lie on top.

    Raises
    ------
    ParameterError
        It is no explanation, or the positions are not one a node.

    Notes
    -----
    UMAP takes about 200 epochs over the edges: seconds for 10,000 nodes.
    """
    check_kind("score_map", "explanation", explanation, Explanation)
    found, nodes = explanation.findings, len(explanation.domain.ids)
    if positions is None:
        laid = compute_map(Knn(), explanation.domain, explanation.graph, Run())
    else:
        laid = read_numbers("score_map", "positions", positions, (nodes, 2))
    order = np.argsort(found.scores, kind="stable")
    places = np.asarray(laid)[explanation.nodes[order]]
    figure = go.Figure(
        go.Scattergl(
            x=places[:, 0], y=places[:, 1], mode="markers", text=_hover(explanation)[order],
            marker={
                "color": found.scores[order], "colorscale": "Cividis", "size": 6, "showscale": True,
                "colorbar": {"title": "score", "thickness": 12, "outlinewidth": 0},
            },
            hovertemplate="%{text}<br>score %{marker.color:.3f}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(height=2 * HEIGHT, margin=MARGIN, plot_bgcolor="rgba(0,0,0,0)")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    return figure


def _heatmap(values: Floats) -> go.Figure:
    if values.ndim == 1:
        figure = go.Figure(go.Bar(x=np.arange(len(values)), y=values, marker_color=CLASS_COLORS[0]))
        figure.update_xaxes(title="column or word")
        figure.update_yaxes(title="importance", range=[0, 1.02])
    else:
        figure = go.Figure(
            go.Heatmap(
                z=values, zmin=0, zmax=1, colorscale="Cividis",
                colorbar={"title": "importance", "thickness": 12, "outlinewidth": 0},
                hovertemplate="row %{y}, column %{x}: %{z:.3f}<extra></extra>",
            )
        )  # fmt: skip
        figure.update_xaxes(title="pixels from the left", constrain="domain")
        figure.update_yaxes(title="pixels from the top", autorange="reversed", scaleanchor="x", constrain="domain")
    figure.update_layout(height=HEIGHT, margin=MARGIN)
    return figure


def _hover(explanation: Explanation) -> np.ndarray:
    """Return a line of text for each finding. Plotly reads a few tags in it, so that '<' is written out."""
    found = explanation.findings
    words = [f"#{name}" for name in found.ids.tolist()]
    for column in SAMPLE_COLUMNS:
        if column in found.evidence:
            name = column.removesuffix("_label")
            words = [
                f"{one}, {name} {label}" for one, label in zip(words, found.evidence[column].tolist(), strict=True)
            ]
    return np.array([one.replace("<", "&lt;") for one in words], dtype=str)
