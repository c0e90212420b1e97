"""A graph convolutional network, fitted to the labels of some nodes and asked about all of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from margin_core.graph_networks.layers import drop_out, make_convolution, to_adjacency, to_features
from margin_core.storage.engine import Progress, silent
from margin_core.values import Floats, Ints

if TYPE_CHECKING:
    from torch import Tensor

FILTERS, DROPOUT, PENALTY, RATE, EPOCHS = 16, 0.5, 5e-4, 0.01, 200
"""As Kipf and Welling have them; the penalty is of the first layer."""

_REPORT_EVERY = 20


@dataclass(frozen=True, eq=False)
class GcnOutputs:
    """What a graph convolutional network says of every node.

    Attributes
    ----------
    probabilities : float32 array (n, c)
        Class probabilities; rows sum to 1.
    hidden : float32 array (n, filters)
        What the last layer is given, without dropout.
    """

    probabilities: Floats
    hidden: Floats


def fit_gcn(
    features: Any | None,
    graph: sparse.csr_array,
    labels: Ints,
    rows: Ints,
    n_classes: int,
    *,
    layers: int = 2,
    weights: ArrayLike | None = None,
    filters: int = FILTERS,
    epochs: int = EPOCHS,
    seed: int = 0,
    progress: Progress = silent,
) -> GcnOutputs:
    r"""Fit a graph convolutional network to the labels of some nodes, and compute its outputs for all nodes.

    .. math:: H^{(l + 1)} = \mathrm{relu}\big(\hat A H^{(l)} \Theta^{(l)} + b^{(l)}\big), \qquad
        P = \mathrm{softmax}\big(\hat A H^{(L - 1)} \Theta^{(L - 1)} + b^{(L - 1)}\big)

    Dropout of .5 before each layer, cross-entropy of the labels of `rows`, L2 penalty of 5e-4 on the first layer, Adam
    of rate .01, no early stopping.

    Parameters
    ----------
    features : array or SciPy sparse array (n, d), or None
        Of the nodes; each row is divided by the sum of its absolute values. None: nodes have no features, and the
        network is given which node it is.
    graph : CSR array (n, n)
        Symmetric weights, none negative, as `Study.graph`.
    labels : int array (n,)
        In [0, c) at `rows`; others are not read.
    rows : int array (m,)
        Nodes that the network is fitted to, at least one.
    n_classes : int
        c.
    layers : int, at least 1
        Graph convolutions.
    weights : array_like (m,), optional
        How much the label of each of `rows` counts, at least 0. Default: all alike.
    filters : int
        Dimensions of hidden layers.
    epochs : int
        Passes over the graph.
    seed : int
        Decides the first weights and what is dropped out.
    progress : callable
        Gets fraction and text; stops the fit by raising.

    Returns
    -------
    GcnOutputs
        The same for the same arguments, on the same machine.

    Raises
    ------
    ModelError
        PyTorch Geometric is not installed.

    Notes
    -----
    O(epochs (nonzero features × filters + edges × filters)). Cora takes about a second on one core.

    References
    ----------
    Kipf and Welling: Semi-Supervised Classification with Graph Convolutional Networks. ICLR 2017.

    Examples
    --------
    Two triangles that one edge joins, with one label each:

    >>> import numpy as np
    >>> from scipy import sparse
    >>> from margin_core.graph_networks import fit_gcn
    >>> ends = np.array([[0, 1], [1, 2], [0, 2], [2, 3], [3, 4], [4, 5], [3, 5]])
    >>> one_way = sparse.csr_array((np.ones(7, np.float32), ends.T), shape=(6, 6))
    >>> labels = np.array([0, -1, -1, -1, -1, 1])
    >>> fit_gcn(None, one_way + one_way.T, labels, np.array([0, 5]), 2).probabilities.argmax(axis=1)
    array([0, 0, 0, 1, 1, 1])
    """
    import torch
    from torch.nn import functional

    generator = torch.Generator().manual_seed(seed)
    adjacency = to_adjacency(graph)
    values = to_features(features, graph.shape[0], scaled="rows")
    sizes = [values.shape[1], *[filters] * (layers - 1), n_classes]
    network = [make_convolution(*pair, generator) for pair in pairwise(sizes)]
    train, classes = torch.from_numpy(np.asarray(rows, dtype=np.int64)), torch.from_numpy(labels[rows].astype(np.int64))
    counts = torch.ones(len(rows)) if weights is None else torch.from_numpy(np.array(weights, dtype=np.float32))

    def outputs(share: float) -> tuple[Tensor, Tensor]:
        hidden = values
        for layer in network[:-1]:
            hidden = layer(drop_out(hidden, share, generator), adjacency).relu()
        return hidden, network[-1](drop_out(hidden, share, generator), adjacency)

    optimizer = torch.optim.Adam(
        [
            {"params": list(network[0].parameters()), "weight_decay": PENALTY},
            {"params": [one for layer in network[1:] for one in layer.parameters()]},
        ],
        lr=RATE,
    )
    for epoch in range(epochs):
        if epoch % _REPORT_EVERY == 0:
            progress(epoch / epochs, f"Fitting a network to {len(rows):,} nodes, pass {epoch:,} of {epochs:,}")
        optimizer.zero_grad()
        losses = functional.cross_entropy(outputs(DROPOUT)[1][train], classes, reduction="none")
        ((losses * counts).sum() / counts.sum()).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    with torch.no_grad():
        hidden, logits = outputs(0.0)
        hidden = hidden.to_dense() if hidden.is_sparse else hidden
        return GcnOutputs(functional.softmax(logits, dim=1).numpy(), hidden.numpy())
