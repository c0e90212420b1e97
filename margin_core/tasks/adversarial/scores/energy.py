"""The energy score of logits (Liu et al., 2020)."""

from __future__ import annotations

from margin_core.values import Doubles, Floats


def energy(logits: Floats) -> Doubles:
    r"""Compute the energy of each row of logits, :math:`-\log \sum_c \exp z_c`.

    Parameters
    ----------
    logits : float32 array (m, c)
        Of the network, before the softmax.

    Returns
    -------
    float array (m,)
        Larger = more likely attacked: clean samples of a class have a large logit.

    References
    ----------
    Liu, Wang, Owens and Li, Energy-based out-of-distribution detection, NeurIPS 2020.
    """
    from scipy.special import logsumexp  # slow to import

    found: Doubles = -logsumexp(logits.astype("float64"), axis=1)
    return found
