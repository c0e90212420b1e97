"""The explanation function of saliency: the relative size of a node."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles, Ints, Signal


def relative_size(layout: Ints) -> Signal:
    r"""Compute :math:`f(m) = |S_m| / \max_n |S_n|`.

    Among nodes of like effect, one that is smaller than the others contests the hypothesis: it has as much effect on
    less area.

    Parameters
    ----------
    layout : int array (r, *places)
        The node of each place in each division.

    Returns
    -------
    Signal
        Values (m,) in (0, 1].
    """
    sizes = node_sizes(layout)
    return Signal(values=sizes / sizes.max(), hypothesis="Parts that matter equally are equally large")


def node_sizes(layout: Ints) -> Doubles:
    """Count the places of each node.

    Parameters
    ----------
    layout : int array (r, *places)
        The node of each place in each division.

    Returns
    -------
    float64 array (m,)
    """
    return np.bincount(layout.ravel()).astype(np.float64)
