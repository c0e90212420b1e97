"""Arrays that describe a graph: edges by row numbers, matrices in compressed rows, and splits as lists of rows.

::

    edges (e, 2) or edge_index (2, e), edge_weight (e,)                of numbers of rows
    x_data, x_indices, x_indptr, x_shape                               features of which most are 0
    words or x_names (d,)                                              the words that these count
    adj_data, adj_indices, adj_indptr, adj_shape                       or an adjacency matrix
    idx_train, idx_val, idx_test  or  train_mask, val_mask, test_mask  the split of each node
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.errors import SourceError
from margin_core.study.inputs.sample_display import WORDS
from margin_core.study.notes import Note, assumption
from margin_core.study.readers.edge_graph import EdgeRows

EDGES = ("edges", "edge_index", "edge_list")
EDGE_WEIGHTS = ("edge_weight", "edge_weights")
ADJACENCIES = ("adj", "adjacency", "adj_matrix", "A", "graph")
FEATURES = ("x", "X", "attr", "features", "feats", "embedding")
"""What a matrix in compressed rows is called, if it is the features of the samples."""

MAX_BYTES = 2_000_000_000
"""Of features that are made dense."""

WORD_NAMES = ("words", "vocabulary", "vocab", "word_names", "attr_names", "feature_names")
"""What the names of such features are called, besides that of the matrix with ``_names``."""

MAX_WORDS = 40
"""Words that are kept of each sample."""

_PARTS = ("data", "indices", "indptr")
_SPLITS = {"train": "train", "val": "val", "valid": "val", "test": "test"}

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class GraphArrays:
    """Arrays of which those of a graph are taken out.

    Attributes
    ----------
    arrays : mapping of str to array
        The others, with sparse features as ``embedding`` and the split of each node as ``split``.
    edges : EdgeRows or None
    notes : tuple of Note
    """

    arrays: Arrays
    edges: EdgeRows | None
    notes: tuple[Note, ...]


def take_graph(path: Path, arrays: Arrays) -> GraphArrays:
    """Return arrays without those of a graph, the edges of it, and notes of what was read as what.

    Parameters
    ----------
    path : Path
        Of the arrays, named in messages.
    arrays : mapping of str to array
        Of the source, by name.

    Returns
    -------
    GraphArrays

    Raises
    ------
    SourceError
        Edges, weights or a matrix in compressed rows have a shape or type that they cannot have.
    """
    others = dict(arrays)
    notes: list[Note] = []
    matrices = {name: _take_matrix(path, others, name) for name in _matrix_names(arrays)}
    edges = _take_edges(path, others)
    for name, matrix in matrices.items():
        if edges is None and name in ADJACENCIES and matrix.shape[0] == matrix.shape[1]:
            entries = sparse.coo_array(matrix)
            edges = EdgeRows(entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data)
        elif name in FEATURES and "embedding" not in others:
            others["embedding"] = _to_dense(path, name, matrix)
            notes.append(assumption(f"'{name}', in compressed rows, is read as embedding."))
            notes += _take_words(others, name, matrix)
        else:
            others[name] = matrix.data[:0]  # listed as left out
    if edges is None:
        return GraphArrays(others, None, tuple(notes))
    notes += _take_splits(others)
    if not any(array.ndim for array in others.values()):
        others["ids"] = np.arange(int(max(edges.starts.max(initial=-1), edges.ends.max(initial=-1))) + 1).astype(str)
    return GraphArrays(others, edges, tuple(notes))


def _matrix_names(arrays: Arrays) -> list[str]:
    names = [name.removesuffix("_indptr") for name in arrays if name.endswith("_indptr")]
    return [name for name in names if all(f"{name}_{part}" in arrays for part in _PARTS)]


def _take_matrix(path: Path, arrays: dict[str, NDArray[Any]], name: str) -> sparse.csr_array:
    data, indices, starts = (arrays.pop(f"{name}_{part}") for part in _PARTS)
    shape = arrays.pop(f"{name}_shape", None)
    try:
        size = None if shape is None else (int(shape[0]), int(shape[1]))
        matrix = sparse.csr_array((data, indices, starts), shape=size)
        matrix.check_format(full_check=True)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise SourceError(
            f"'{path}': '{name}_data', '{name}_indices' and '{name}_indptr' are no matrix in compressed rows "
            f"({' '.join(str(error).split())}). Save those of a scipy.sparse.csr_array."
        ) from None
    if data.dtype.kind not in "fiub":
        raise SourceError(f"'{path}': '{name}_data' must be numbers; got {data.dtype}. Convert it and save again.")
    return matrix


def _to_dense(path: Path, name: str, matrix: sparse.csr_array) -> NDArray[Any]:
    needed = 4 * matrix.shape[0] * matrix.shape[1]
    if needed > MAX_BYTES:
        raise SourceError(
            f"'{path}': '{name}' {matrix.shape} would take {needed / 1e9:.1f} GB as features of every sample. Reduce "
            "it first, with sklearn.decomposition.TruncatedSVD."
        )
    return np.asarray(matrix.astype(np.float32).toarray())


def _take_words(arrays: dict[str, NDArray[Any]], name: str, matrix: sparse.csr_array) -> list[Note]:
    """Return a note of names of the features, if there are any: the words of each sample become a column."""
    fitting = (one for one in (f"{name}_names", *WORD_NAMES) if one in arrays)
    found = next((one for one in fitting if _are_names(arrays[one], matrix.shape[1])), None)
    if found is None or WORDS in set(arrays) - {found}:
        return []
    names = arrays.pop(found)
    arrays[WORDS] = write_words(matrix, np.char.decode(names, errors="replace") if names.dtype.kind == "S" else names)
    return [assumption(f"'{found}' is read as the words that '{name}' counts: those of each sample are shown.")]


def _are_names(array: NDArray[Any], count: int) -> bool:
    return array.shape == (count,) and array.dtype.kind in "US"


def write_words(counts: sparse.csr_array, names: NDArray[np.str_]) -> NDArray[np.str_]:
    """Write out the words of each sample.

    Parameters
    ----------
    counts : CSR array (n, d)
        Of words, or their weights; 0: not in the sample.
    names : array of str (d,)
        The word of each column.

    Returns
    -------
    array of str (n,)
        Words separated by commas, at most `MAX_WORDS`; first those that are frequent here and rare elsewhere (TF-IDF).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from margin_core.study.readers.graph_arrays import write_words
    >>> write_words(csr_array([[1, 1, 0], [1, 0, 2]]), np.array(["graph", "kernel", "node"])).tolist()
    ['kernel, graph', 'node, graph']
    """
    frequency = np.bincount(counts.indices[counts.data != 0], minlength=counts.shape[1])
    rarity = np.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    written = []
    for row in range(counts.shape[0]):
        part = slice(counts.indptr[row], counts.indptr[row + 1])
        columns, weights = counts.indices[part], counts.data[part] * rarity[counts.indices[part]]
        first = np.lexsort((columns, -weights))[:MAX_WORDS]
        written.append(", ".join(names[columns[first[weights[first] > 0]]].tolist()))
    return np.array(written)


def _take_edges(path: Path, arrays: dict[str, NDArray[Any]]) -> EdgeRows | None:
    name = next((name for name in EDGES if name in arrays), None)
    if name is None:
        return None
    array = arrays.pop(name)
    if array.ndim != 2 or 2 not in array.shape or array.dtype.kind not in "iu":
        raise SourceError(
            f"'{path}': '{name}' must be row numbers, a pair for each edge, of shape (edges, 2) or (2, edges); got "
            f"{array.dtype} {array.shape}. Convert it and save again."
        )
    by_column = array.shape[0] == 2 and (array.shape[1] != 2 or name == "edge_index")
    starts, ends = (array if by_column else array.T).astype(np.int64)
    weight = next((name for name in EDGE_WEIGHTS if name in arrays), None)
    weights = None if weight is None else arrays.pop(weight)
    if weights is not None and weights.ndim == 2 and weights.shape[1] == 1:
        weights = weights[:, 0]
    if weights is not None and (weights.shape != starts.shape or weights.dtype.kind not in "fiub"):
        raise SourceError(
            f"'{path}': '{weight}' must be one number for each of {len(starts):,} edges; got {weights.dtype} "
            f"{weights.shape}. Save it again, or leave it out."
        )
    return EdgeRows(starts, ends, weights)


def _take_splits(arrays: dict[str, NDArray[Any]]) -> list[Note]:
    """Return notes of lists or masks of the rows of each split, which become one column, empty where there is none."""
    named = {
        name: split
        for word, split in _SPLITS.items()
        for name in (f"idx_{word}", f"{word}_idx", f"{word}_mask")
        if name in arrays and arrays[name].ndim == 1
    }
    n = max((len(array) for name, array in arrays.items() if name not in named and array.ndim), default=0)
    fitting = {name: split for name, split in named.items() if _is_part_of(arrays[name], n)}
    if not fitting or "split" in arrays:
        return []
    column = np.full(n, "", dtype="<U5")
    for name, split in fitting.items():
        column[arrays.pop(name)] = split
    arrays["split"] = column
    return [assumption(f"{', '.join(map(repr, fitting))}: read as the split of each node.")]


def _is_part_of(rows: NDArray[Any], n: int) -> bool:
    if rows.dtype.kind == "b":
        return len(rows) == n
    return rows.dtype.kind in "iu" and (not len(rows) or (int(rows.min()) >= 0 and int(rows.max()) < n))
