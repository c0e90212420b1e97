"""Citation graphs with the split of Planetoid, which benchmarks read where somebody names their folder."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

NAMES = ("cora", "citeseer")


@dataclass(frozen=True)
class Citations:
    """A citation graph: papers that are nodes, with words, a class or -1, and the rows of the usual split.

    Parameters
    ----------
    name : str
    words : CSR array (n, d)
    graph : CSR array (n, n)
        Symmetric, of ones.
    labels : int array (n,)
    train, test : int array
        Rows.
    """

    name: str
    words: sparse.csr_array
    graph: sparse.csr_array
    labels: NDArray[np.int64]
    train: NDArray[np.int64]
    test: NDArray[np.int64]

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self.labels.max()) + 1


def add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--graphs", type=Path, default=os.environ.get("MARGIN_GRAPHS"),
        help="a folder with cora.npz and citeseer.npz: edges, x_data, x_indices, x_indptr, x_shape, labels, idx_train, "
        "idx_test (default: $MARGIN_GRAPHS)",
    )  # fmt: skip


def citation_graphs(folder: Path) -> Iterator[Citations]:
    for name in NAMES:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            n, d = (int(size) for size in arrays["x_shape"])
            words = sparse.csr_array((arrays["x_data"], arrays["x_indices"], arrays["x_indptr"]), shape=(n, d))
            edges = arrays["edges"]
            one_way = sparse.csr_array((np.ones(len(edges), np.float32), edges.T), shape=(n, n))
            yield Citations(
                name.capitalize(), words, sparse.csr_array(one_way.maximum(one_way.T)),
                arrays["labels"].astype(np.int64), arrays["idx_train"], arrays["idx_test"],
            )  # fmt: skip
