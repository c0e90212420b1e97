"""The explanation function of saliency: how large a node is."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles, Ints, Signal


def relative_size(layout: Ints) -> Signal:
    r"""Give :math:`f(m) = |S_m| / \max_n |S_n|`.

    Among nodes of like effect, an explanation that is smaller than the others contests this one: it says as much with
    less.

    Parameters
    ----------
    layout : int array (r, places)
    """
    sizes = node_sizes(layout)
    return Signal(values=sizes / sizes.max(), hypothesis="Parts that matter equally are equally large")


def node_sizes(layout: Ints) -> Doubles:
    """Count the places of each node: (m,)."""
    return np.bincount(layout.ravel()).astype(np.float64)
