"""Class probabilities of an affine map."""

from __future__ import annotations

from typing import Any

import numpy as np

from margin_core.values.arrays import Floats


def predict_softmax(features: Any, weights: Floats, bias: Floats) -> Floats:
    r"""Compute :math:`p(c) \propto \exp(x \cdot w_c + b_c)`.

    Parameters
    ----------
    features : float array or sparse matrix (b, d)
        Of the samples, x.
    weights : float32 array (c, d)
        A row a class, w.
    bias : float32 array (c,)
        Of each class, b.

    Returns
    -------
    float32 array (b, c)
        Rows sum to 1.
    """
    logits = np.asarray(features @ weights.T, dtype=np.float64) + bias
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Floats = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return probabilities
