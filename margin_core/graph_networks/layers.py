"""What networks on graphs are made of: tensors of features and edges, and graph convolutions that a seed decides."""

from __future__ import annotations

import importlib
import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import sparse

from margin_core.errors import ModelError

if TYPE_CHECKING:
    from torch import Generator, Tensor

MAX_FILL = 0.25
"""Share of the features that are not 0 from which on they are multiplied as a dense matrix."""

MEAN_SQUARED_LENGTH = 20.0
"""Of rows that are scaled as a whole: papers of Cora have 18 words, and those of Citeseer 32."""


def import_geometric() -> Any:
    """Import the layers of PyTorch Geometric.

    Returns
    -------
    module
        ``torch_geometric.nn``.

    Raises
    ------
    ModelError
        It is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of torch about how PyTorch Geometric compiles some of its layers
            return importlib.import_module("torch_geometric.nn")
    except ModuleNotFoundError as error:
        raise ModelError(
            "Networks on graphs need the package torch_geometric, which is not installed. "
            "Run: pip install 'margin-dashboard[graphs]'"
        ) from error


def make_convolution(inputs: int, outputs: int, generator: Generator) -> Any:
    """Return a graph convolution of Kipf and Welling with Glorot's uniform weights.

    Parameters
    ----------
    inputs, outputs : int
        Dimensions of a node before and after.
    generator : torch.Generator
        Decides the weights, whatever else in the process draws random numbers.

    Returns
    -------
    torch_geometric.nn.GCNConv
        On an adjacency that is normalized already, as by `to_adjacency`.
    """
    import torch

    layer = import_geometric().GCNConv(inputs, outputs, normalize=False)
    bound = (6 / (inputs + outputs)) ** 0.5
    with torch.no_grad():
        layer.lin.weight.uniform_(-bound, bound, generator=generator)
        layer.bias.zero_()
    return layer


def to_adjacency(graph: sparse.csr_array) -> Tensor:
    r"""Return the normalized adjacency of a graph with self-loops.

    .. math:: \hat A = \tilde D^{-1/2} (W + I) \tilde D^{-1/2}

    Parameters
    ----------
    graph : CSR array (n, n)
        Symmetric weights, none negative, of an empty diagonal.

    Returns
    -------
    sparse CSR tensor (n, n)
        float32; a node without neighbors has itself alone.

    References
    ----------
    Kipf and Welling: Semi-Supervised Classification with Graph Convolutional Networks. ICLR 2017.
    """
    import torch

    own = sparse.csr_array(graph + sparse.eye_array(graph.shape[0], dtype=np.float32, format="csr"))
    scale = sparse.dia_array((1 / np.sqrt(own.sum(axis=1))[None], [0]), shape=own.shape)
    normalized = sparse.csr_array(scale @ own @ scale)
    normalized.sort_indices()
    starts, indices = (torch.from_numpy(part.astype(np.int64)) for part in (normalized.indptr, normalized.indices))
    data = torch.from_numpy(normalized.data.astype(np.float32))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that compressed rows are new to torch
        return torch.sparse_csr_tensor(starts, indices, data, size=normalized.shape, check_invariants=False)


def to_features(features: Any | None, n_nodes: int, *, scaled: Literal["rows", "whole"]) -> Tensor:
    """Return the features of nodes as a tensor.

    Parameters
    ----------
    features : array or sparse array (n, d), or None
        A value that is missing counts as 0. None: the identity matrix, a feature for each node.
    n_nodes : int
        n.
    scaled : {'rows', 'whole'}
        What is divided: each row by the sum of its absolute values, or all of them by one number, so that their mean
        squared length is `MEAN_SQUARED_LENGTH`.

    Returns
    -------
    tensor (n, d)
        float32; sparse (COO) where at most `MAX_FILL` of the features are not 0.

    Notes
    -----
    Words of Cora: 40 MB less and ten times as fast as dense.
    """
    import torch

    if features is None:
        matrix = sparse.coo_array(sparse.eye_array(n_nodes, dtype=np.float32))
    else:
        matrix = sparse.coo_array(features).astype(np.float32)
    matrix.data = np.nan_to_num(matrix.data, nan=0.0, posinf=0.0, neginf=0.0)
    matrix.eliminate_zeros()
    if scaled == "rows":
        sums = np.bincount(matrix.row, weights=np.abs(matrix.data), minlength=n_nodes)
        matrix.data = (matrix.data / sums[matrix.row]).astype(np.float32)
    elif matrix.nnz:
        length = np.einsum("e,e->", matrix.data, matrix.data, dtype=np.float64) / n_nodes
        matrix.data = (matrix.data * np.sqrt(MEAN_SQUARED_LENGTH / length)).astype(np.float32)
    if matrix.nnz > MAX_FILL * matrix.shape[0] * matrix.shape[1]:
        return torch.from_numpy(matrix.toarray())
    places = torch.from_numpy(np.vstack([matrix.row, matrix.col]).astype(np.int64))
    return torch.sparse_coo_tensor(
        places, torch.from_numpy(matrix.data), size=matrix.shape, check_invariants=False
    ).coalesce()


def drop_out(values: Tensor, share: float, generator: Generator) -> Tensor:
    """Return values of which a random share is 0, the others scaled so that the mean stays.

    Parameters
    ----------
    values : tensor
        Dense, or sparse (COO), of which only the values that are stored may become 0.
    share : float
        In [0, 1).
    generator : torch.Generator
        Decides which.

    Returns
    -------
    tensor
        Of the same shape and layout.
    """
    import torch

    if values.is_sparse:
        kept = drop_out(values.values(), share, generator)
        return torch.sparse_coo_tensor(values.indices(), kept, values.shape, check_invariants=False, is_coalesced=True)
    mask = torch.empty_like(values).bernoulli_(1 - share, generator=generator)
    return values * mask / (1 - share)
