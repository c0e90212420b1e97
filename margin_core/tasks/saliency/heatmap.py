"""From values of nodes to a heatmap of the sample."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles, Floats, Influence, Ints


def weighted_mean(layout: Ints, values: Doubles) -> Doubles:
    r"""Compute, place by place, the mean of the nodes that hold it, one of each division, weighted by 1 / size.

    .. math:: v(x) = \sum_{m \ni x} w_m v_m \Big/ \sum_{m \ni x} w_m, \qquad w_m = 1 / |S_m|

    Parameters
    ----------
    layout : int array (r, *places)
        The node of each place in each division.
    values : float64 array (m,)
        A number of each node.

    Returns
    -------
    float64 array (*places)
    """
    weights = 1 / np.bincount(layout.ravel())
    return np.asarray((weights * values)[layout].sum(axis=0) / weights[layout].sum(axis=0))


def mean(layout: Ints, values: Doubles) -> Doubles:
    """Compute, place by place, the mean of the nodes that hold it, whatever their size.

    Parameters
    ----------
    layout : int array (r, *places)
        The node of each place in each division.
    values : float64 array (m,)
        A number of each node.

    Returns
    -------
    float64 array (*places)
    """
    return np.asarray(values[layout].mean(axis=0))


def density(layout: Ints, effects: Doubles) -> Doubles:
    r"""Compute, place by place, the mean over the divisions of a node's effect over its size.

    .. math:: S(x) = \frac1r \sum_{m \ni x} s_m / |S_m|

    So a large node does not count as one that matters much.

    Parameters
    ----------
    layout : int array (r, *places)
        The node of each place in each division.
    effects : float64 array (m,)
        How much the probability falls without each node.

    Returns
    -------
    float64 array (*places)
    """
    return mean(layout, effects / np.bincount(layout.ravel()))


def select_smaller_nodes(influence: Influence) -> Doubles:
    """Return the influence of the nodes that are smaller than their neighbors, and 0 for the others.

    The magnitude cannot tell a part with as much effect on less area from one with as much effect on more.

    Parameters
    ----------
    influence : Influence
        Of the relative size.

    Returns
    -------
    float64 array (m,)
        In [0, 1].
    """
    return np.where(np.asarray(influence.high_pass) < 0, influence.scores, 0.0)


def normalize(values: Floats | Doubles) -> Floats:
    """Divide by the largest value; negative values, and all where none is positive, become 0.

    Parameters
    ----------
    values : float array of any shape
        Finite; larger = more important.

    Returns
    -------
    float32 array of the same shape
        In [0, 1].
    """
    largest = float(values.max(initial=0.0))
    return (np.maximum(values, 0) / largest if largest > 0 else np.zeros_like(values)).astype(np.float32)
