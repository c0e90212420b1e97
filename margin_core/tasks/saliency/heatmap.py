"""From values on nodes to a map of the sample."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles, Floats, Influence, Ints


def spread(layout: Ints, values: Doubles) -> Doubles:
    r"""Give every place the weighted mean of the nodes that it lies in, one of each division.

    .. math:: v(x) = \sum_{m \ni x} w_m v_m \Big/ \sum_{m \ni x} w_m, \qquad w_m = 1 / |S_m|

    Parameters
    ----------
    layout : int array (r, places)
    values : float array (m,)

    Returns
    -------
    float array (places)
    """
    weights = 1 / np.bincount(layout.ravel())
    return np.asarray((weights * values)[layout].sum(axis=0) / weights[layout].sum(axis=0))


def average(layout: Ints, values: Doubles) -> Doubles:
    """Give every place the mean of the nodes that it lies in, whatever their size: (places)."""
    return np.asarray(values[layout].mean(axis=0))


def density(layout: Ints, effects: Doubles) -> Doubles:
    r"""Give every place the mean over the divisions of its nodes' effect a place.

    .. math:: S(x) = \frac1r \sum_{m \ni x} s_m / |S_m|

    A large node is not taken for one that matters much.

    Parameters
    ----------
    layout : int array (r, places)
    effects : float array (m,)

    Returns
    -------
    float array (places)
    """
    return average(layout, effects / np.bincount(layout.ravel()))


def select_smaller_nodes(influence: Influence) -> Doubles:
    """Give the influence (m,) of the nodes that are smaller than their neighbours, 0 to the larger ones.

    The magnitude cannot tell a part that says as much with less from one that says as much with more.
    """
    return np.where(np.asarray(influence.high_pass) < 0, influence.scores, 0.0)


def in_unit(values: Doubles) -> Floats:
    """Divide by the largest; what is negative, and all where nothing is positive, is 0."""
    most = float(values.max(initial=0.0))
    return (np.maximum(values, 0) / most if most > 0 else np.zeros_like(values)).astype(np.float32)
