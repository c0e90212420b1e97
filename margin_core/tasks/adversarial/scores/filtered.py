"""A signal on the graph as a score: raw, by the filter of the text, by that of the appendix, and smoothed."""

from __future__ import annotations

import numpy as np

from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.influence.high_pass import compute_shift_operator
from margin_core.values import Doubles, Graph, Influence, Signal

FILTERED = ("raw", "text_filter", "appendix_filter", "low_pass")

SIGNALS = ("kde", "mmd", "negative_log_kde")

DIRECTIONS = {"mmd": -1, "kde": -1, "negative_log_kde": 1}
"""Whether a signal is larger (1) or smaller (-1) where an attack is more likely, stated before any is seen.

Clean samples lie where others of their class are: a density counts downward. An attack crosses a boundary between
classes, and what lies between classes is nearer to the mean of all samples than their middles are: there a node and its
neighbors move that mean less. The paper takes attacked samples for the rarer ones, which are to move it more; with a
kernel as wide as the data that was wrong on every network that was tried (docs/explanation/adversarial.md).
"""


def compute_filtered(graph: Graph, signal: Signal, direction: int) -> dict[str, Doubles]:
    """Compute the four scores that a signal on a graph gives.

    Parameters
    ----------
    graph : Graph
        m nodes.
    signal : Signal
        Values (m,).
    direction : int
        Of the signal, see `DIRECTIONS`. The mean over neighbors, and the filter of the appendix, which is that mean
        over their number in effect, have the direction of the signal. The magnitude of the text's filter is larger
        where a node contradicts its neighbors, whatever the signal.

    Returns
    -------
    dict of str to float array (m,)
        By the names of `FILTERED`; larger = more likely attacked.
    """
    values = np.asarray(signal.values, dtype=np.float64)
    smooth = compute_shift_operator(graph, "random_walk") @ values
    return {
        "raw": direction * values,
        "text_filter": HighPass()(graph, signal).scores,
        "appendix_filter": direction * PaperAppendixFilter()(graph, signal).scores,
        "low_pass": direction * np.where(graph.isolated, values, smooth),
    }


def orient_influence(influence: Influence, direction: int, is_high_pass: bool) -> Doubles:
    """Return influence as a score.

    Parameters
    ----------
    influence : Influence
        Of m nodes.
    direction : int
        Of the signal.
    is_high_pass : bool
        Whether the filter is the text's.

    Returns
    -------
    float array (m,)
        Larger = more likely attacked.
    """
    return influence.scores if is_high_pass else direction * influence.scores
