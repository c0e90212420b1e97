"""Graph convolutional networks of the same graph and of many sets of labels, fitted at once."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from scipy import sparse

from margin_core.graph_networks.gcn import DROPOUT, EPOCHS, FILTERS, PENALTY, RATE
from margin_core.graph_networks.layers import to_adjacency, to_features
from margin_core.values import Floats, Ints


class _Edges(torch.autograd.Function):
    """The product with the adjacency, which is symmetric."""

    @staticmethod
    def forward(ctx: Any, adjacency: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        ctx.adjacency = adjacency
        return adjacency @ values

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[None, torch.Tensor]:
        return None, ctx.adjacency @ slope.contiguous()


class _Features(torch.autograd.Function):
    """The product of sparse features with the weights of all networks."""

    @staticmethod
    def forward(ctx: Any, matrix: sparse.csr_array, weights: torch.Tensor) -> torch.Tensor:
        ctx.matrix = matrix
        return torch.from_numpy(matrix @ weights.detach().numpy())

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[None, torch.Tensor]:
        return None, torch.from_numpy(np.ascontiguousarray(ctx.matrix.T @ slope.numpy()))


def fit_many(
    features: Floats,
    graph: sparse.csr_array,
    labels: Ints,
    sets: Sequence[Ints],
    n_classes: int,
    *,
    layers: int = 2,
    seed: int = 0,
) -> Ints:
    """Fit one network a set of labeled nodes, all at once, and predict all nodes.

    As `margin_core.graph_networks.fit_gcn` in all but this: what is dropped of the features in a pass is the same for
    the networks of one call. Four times as fast.

    Parameters
    ----------
    features : float32 array (n, d)
        Of the nodes.
    graph : CSR array (n, n)
        Symmetric.
    labels : int array (n,)
        In [0, c) at the nodes of the sets.
    sets : sequence of int arrays
        Nodes that each network is fitted to.
    n_classes : int
        c.
    layers : int
        Graph convolutions, at least 2.
    seed : int
        Of the first weights and of dropout.

    Returns
    -------
    int array (sets, n)
        The likeliest class.
    """
    generator = torch.Generator().manual_seed(seed)
    adjacency = to_adjacency(graph)
    sparse_features = to_features(features, len(features), scaled="rows").to_sparse().coalesce()
    places = sparse_features.indices().numpy()
    matrix = sparse.csr_array((sparse_features.values().numpy(), (places[0], places[1])), shape=features.shape)
    given, count, n = torch.from_numpy(matrix.data.copy()), len(sets), len(features)
    sizes = [features.shape[1], *[FILTERS] * (layers - 1), n_classes]

    def glorot(inputs: int, outputs: int) -> torch.Tensor:
        bound = (6 / (inputs + outputs)) ** 0.5
        return torch.empty(count, inputs, outputs).uniform_(-bound, bound, generator=generator)

    first = glorot(sizes[0], sizes[1]).permute(1, 0, 2).reshape(sizes[0], -1).contiguous().requires_grad_()
    first_bias = torch.zeros(count * sizes[1], requires_grad=True)
    weights = [glorot(*pair).requires_grad_() for pair in pairwise(sizes[1:])]
    biases = [torch.zeros(count, 1, outputs, requires_grad=True) for outputs in sizes[2:]]

    def dropped(values: torch.Tensor, share: float) -> torch.Tensor:
        return values * torch.empty_like(values).bernoulli_(1 - share, generator=generator) / (1 - share)

    def outputs(share: float) -> torch.Tensor:
        values = dropped(given, share).numpy() if share else given.numpy()
        some = sparse.csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)
        hidden = (_Edges.apply(adjacency, _Features.apply(some, first)) + first_bias).relu()
        for place, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            hidden = dropped(hidden, share) if share else hidden
            mixed = torch.bmm(hidden.view(n, count, -1).permute(1, 0, 2), weight).permute(1, 0, 2).reshape(n, -1)
            hidden = _Edges.apply(adjacency, mixed) + bias.permute(1, 0, 2).reshape(1, -1)
            hidden = hidden.relu() if place < len(weights) - 1 else hidden
        return hidden.view(n, count, n_classes)

    rows = torch.from_numpy(np.concatenate(sets))
    which = torch.from_numpy(np.repeat(np.arange(count), [len(one) for one in sets]))
    share = torch.from_numpy(np.repeat([1 / len(one) for one in sets], [len(one) for one in sets]).astype(np.float32))
    classes = torch.from_numpy(labels.copy())[rows]
    optimizer = torch.optim.Adam(
        [{"params": [first, first_bias], "weight_decay": PENALTY}, {"params": [*weights, *biases]}], lr=RATE
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that compressed rows are new to torch
        for _ in range(EPOCHS):
            optimizer.zero_grad()
            losses = torch.nn.functional.cross_entropy(outputs(DROPOUT)[rows, which], classes, reduction="none")
            (losses * share).sum().backward()
            optimizer.step()
        with torch.no_grad():
            return outputs(0.0).argmax(dim=2).T.numpy()
