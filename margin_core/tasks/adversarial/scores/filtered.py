"""A signal on the graph as a score: raw, by the filter of the text, by that of the appendix, and smoothed."""

from __future__ import annotations

import numpy as np

from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.influence.high_pass import compute_shift_operator
from margin_core.values import Doubles, Graph, Influence, Signal

FILTERED = ("raw", "text_filter", "appendix_filter", "low_pass")

SIGNALS = ("mmd", "kde", "negative_log_kde")

DIRECTIONS = {"kde": -1, "negative_log_kde": 1}
"""Signals whose direction follows from what they are: clean samples lie where others of their class are."""


def find_direction(signal: str, values: Doubles, log_density: Doubles) -> int:
    """Return whether a signal is larger or smaller where an attack is more likely, without a look at what is attacked.

    A density counts downward. The discrepancy of a node and its neighbors has no direction of its own: rare samples may
    lie far out, as the paper assumes, or between the classes, near the mean of all. So it counts in the direction in
    which the kernel density falls, by the rank correlation over all nodes.

    Parameters
    ----------
    signal : str
        One of `SIGNALS`.
    values : float array (m,)
        The signal.
    log_density : float array (m,)
        Log kernel density of each node in the class predicted for it; NaN where it is unknown.

    Returns
    -------
    int
        1: larger = more likely attacked, also where nothing is known; -1: smaller.
    """
    from scipy.stats import spearmanr  # slow to import

    if signal in DIRECTIONS:
        return DIRECTIONS[signal]
    known = np.isfinite(log_density) & np.isfinite(values)
    if known.sum() < 3 or np.ptp(values[known]) == 0 or np.ptp(log_density[known]) == 0:
        return 1
    return -1 if float(spearmanr(values[known], log_density[known]).statistic) > 0 else 1


def compute_filtered(graph: Graph, signal: Signal, direction: int) -> dict[str, Doubles]:
    """Compute the four scores that a signal on a graph gives.

    Parameters
    ----------
    graph : Graph
        m nodes.
    signal : Signal
        Values (m,).
    direction : int
        Of the signal, see `find_direction`. The mean over neighbors, and the filter of the appendix, which is that mean
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
