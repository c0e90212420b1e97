"""A variational graph autoencoder: latent vectors of nodes, from whose products edges are predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from margin_core.graph_networks.layers import make_convolution, to_adjacency, to_features
from margin_core.storage.engine import Progress, silent
from margin_core.values import Floats

if TYPE_CHECKING:
    from torch import Tensor

HIDDEN, LATENT, RATE, EPOCHS = 32, 16, 0.01, 200
"""As Kipf and Welling have them; neither dropout nor a penalty."""

_MAX_LOG_DEVIATION = 10.0
_REPORT_EVERY = 20


def fit_vgae(
    features: Any | None,
    graph: sparse.csr_array,
    *,
    hidden: int = HIDDEN,
    latent: int = LATENT,
    epochs: int = EPOCHS,
    seed: int = 0,
    progress: Progress = silent,
) -> Floats:
    r"""Fit a variational graph autoencoder, and compute the latent mean of every node.

    .. math:: \mu = \hat A H \Theta_\mu, \quad \log \sigma = \hat A H \Theta_\sigma, \quad
        H = \mathrm{relu}(\hat A X \Theta_0), \qquad p(i \sim j) = \mathrm{sigmoid}(z_i \cdot z_j)

    Maximizes the evidence lower bound of the edges: those of the graph against as many pairs of nodes at random, chosen
    anew in every pass, which estimates the weighted loss over all pairs that Kipf and Welling compute.

    Parameters
    ----------
    features : array or SciPy sparse array (n, d), or None
        Of the nodes; all are scaled by one number. None: nodes have no features.
    graph : CSR array (n, n)
        Symmetric weights, none negative, as `Study.graph`.
    hidden, latent : int
        Dimensions of the two layers.
    epochs : int
        Passes over the graph, by Adam of rate .01.
    seed : int
        Decides the first weights, the noise and the pairs.
    progress : callable
        Gets fraction and text; stops the fit by raising.

    Returns
    -------
    float32 array (n, latent)
        Means μ; the same for the same arguments, on the same machine.

    Raises
    ------
    ModelError
        PyTorch Geometric is not installed.

    Notes
    -----
    O(epochs (nonzero features × hidden + edges × hidden)). Cora takes about 3 s on one core.

    References
    ----------
    Kipf and Welling: Variational Graph Auto-Encoders. NeurIPS Workshop on Bayesian Deep Learning 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> from margin_core.graph_networks import fit_vgae
    >>> ring = sparse.csr_array(np.roll(np.eye(6, dtype=np.float32), 1, axis=1))
    >>> fit_vgae(None, ring + ring.T, epochs=20).shape
    (6, 16)
    """
    import torch
    from torch.nn import functional

    n = graph.shape[0]
    generator = torch.Generator().manual_seed(seed)
    adjacency = to_adjacency(graph)
    values = to_features(features, n, scaled="whole")
    first = make_convolution(values.shape[1], hidden, generator)
    mean_layer, deviation_layer = (make_convolution(hidden, latent, generator) for _ in range(2))
    edges = sparse.coo_array(graph)
    joined = torch.from_numpy(np.vstack([edges.row, edges.col]).astype(np.int64))
    parameters = [one for layer in (first, mean_layer, deviation_layer) for one in layer.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=RATE)

    def similarity(points: Tensor, pairs: Tensor) -> Tensor:
        return (points[pairs[0]] * points[pairs[1]]).sum(dim=1)

    for epoch in range(epochs):
        if epoch % _REPORT_EVERY == 0:
            progress(epoch / epochs, f"Fitting an autoencoder to {n:,} nodes, pass {epoch:,} of {epochs:,}")
        optimizer.zero_grad()
        code = first(values, adjacency).relu()
        mean = mean_layer(code, adjacency)
        log_deviation = deviation_layer(code, adjacency).clamp(max=_MAX_LOG_DEVIATION)
        noise = torch.empty_like(mean).normal_(generator=generator)
        points = mean + noise * log_deviation.exp()
        others = torch.randint(n, joined.shape, generator=generator)
        loss = functional.softplus(-similarity(points, joined)).sum() / max(joined.shape[1], 1)
        loss = loss + functional.softplus(similarity(points, others)).sum() / max(joined.shape[1], 1)
        spread = 1 + 2 * log_deviation - mean.square() - (2 * log_deviation).exp()
        (loss - 0.5 * spread.sum(dim=1).mean() / n).backward()
        optimizer.step()
    with torch.no_grad():
        means: Floats = mean_layer(first(values, adjacency).relu(), adjacency).numpy()
    return means
