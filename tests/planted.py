"""Tiny studies and graphs with a known answer, and a map that costs nothing."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits

from margin_core import Study
from margin_core.values import Domain, Graph, Signal


@dataclass(frozen=True)
class Planted:
    """A study with wrong labels, and the truth about it."""

    study: Study
    truth: np.ndarray
    flipped: np.ndarray
    """Rows whose label is wrong."""

    @property
    def flipped_ids(self) -> set[str]:
        return set(self.study.ids[self.flipped].tolist())


def blobs(*, classes: int = 3, each: int = 30, d: int = 4, flips: int = 5, seed: int = 0, apart: float = 8.0, **parts):
    """Make one Gaussian blob a class, `apart` from the others, and give `flips` samples the next class's label."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(classes), each)
    centers = np.zeros((classes, d))
    centers[np.arange(classes), np.arange(classes) % d] = apart
    points = centers[truth] + rng.normal(size=(len(truth), d))
    return flip(points, truth, rng.choice(len(truth), flips, replace=False), classes, **parts)


def digits(share: float = 0.06, seed: int = 0, **parts):
    """Load scikit-learn's digits with a share of the labels moved to another class, uniformly."""
    pictures, truth = load_digits(return_X_y=True)
    rng = np.random.default_rng(seed)
    flipped = rng.choice(len(truth), int(share * len(truth)), replace=False)
    return flip(pictures, truth, flipped, 10, rng.integers(1, 10, len(flipped)), **parts)


def flip(points, truth, rows, classes, by=1, **parts):
    labels = truth.copy()
    labels[rows] = (labels[rows] + by) % classes
    names = [f"class {number}" for number in range(classes)]
    study = Study.build(name="planted", embedding=points, labels=labels, class_names=names, **parts)
    return Planted(study, truth, np.sort(rows))


def domain_of(points) -> Domain:
    """Make a domain of points, for graphs without a study."""
    points = np.asarray(points, dtype=np.float32)
    m = len(points)
    return Domain(ids=np.arange(m).astype(str), rows=np.arange(m), points=points, fingerprint="points")


def graph_of(weights) -> Graph:
    """Make a graph of a dense weight matrix; its neighbors are all that are joined, heaviest first."""
    weights = np.asarray(weights, dtype=np.float32)
    k = int((weights > 0).sum(axis=1).max(initial=0))
    order = np.argsort(-weights, axis=1, kind="stable")[:, :k]
    joined = np.take_along_axis(weights, order, axis=1) > 0
    return Graph(
        weights=sparse.csr_array(weights),
        neighbours=np.where(joined, order, -1).astype(np.int32),
        distances=np.where(joined, 1, np.inf).astype(np.float32),
    )


def ring(m: int, reach: int = 2) -> Graph:
    """Join every node of a circle with the `reach` next ones on either side."""
    steps = np.abs(np.arange(m)[:, None] - np.arange(m))
    away = np.minimum(steps, m - steps)
    return graph_of((away > 0) & (away <= reach))


def random_graph(m: int, seed: int = 0, share: float = 0.3) -> Graph:
    """Draw a connected graph with random weights: a circle and some chords."""
    rng = np.random.default_rng(seed)
    weights = np.triu(rng.uniform(0.2, 1, (m, m)) * (rng.random((m, m)) < share), 1)
    weights[np.arange(m - 1), np.arange(1, m)] = 0.5
    weights[0, m - 1] = 0.5
    return graph_of(weights + weights.T)


def signal_of(values) -> Signal:
    """Build a signal on the nodes of a graph, for filters without a task."""
    return Signal(values=values, hypothesis="")


def random_signal(m: int, s: int | None = None, seed: int = 1) -> np.ndarray:
    """Draw a value of every node, or `s` of them."""
    return np.random.default_rng(seed).normal(size=m if s is None else (m, s))


def permuted(graph: Graph, order: np.ndarray) -> Graph:
    """Rename the nodes: new node i is old node ``order[i]``."""
    return graph_of(graph.weights.toarray()[np.ix_(order, order)])


@contextmanager
def quick_map():
    """Stand in for UMAP, which compiles itself for ten seconds; the real one is tested with the projection."""

    class Quick:
        def __init__(self, **options):
            pass

        def fit_transform(self, points):
            return np.asarray(points, np.float32)[:, :2]

    module = ModuleType("umap")
    module.UMAP = Quick
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "umap", module)
        yield
