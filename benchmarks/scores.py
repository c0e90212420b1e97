"""What scores cost beside their graph, and what one correction costs in a large study."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from data import fashion, out_of_sample
from pages import keep
from record import Cell, Line, Part, Table, Watch, plain
from scipy import sparse

from margin_core import Study
from margin_core.domain import every_sample
from margin_core.graph import Knn, build_graph
from margin_core.protocol import filter_function
from margin_core.storage.engine import LocalEngine, Run
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.label_error_score import LabelErrorScore
from margin_core.tasks.label_flips.live_label_error_score import LiveLabelErrorScore
from margin_core.tasks.label_flips.opinion_pool import OpinionPool
from margin_core.tasks.label_flips.rankings import RANKINGS
from margin_core.values import Graph
from margin_core.values.top_classes import TopClasses

SIZE = {"n": 50_000, "dimensions": 512}
LARGE, NEIGHBORS, CLASSES = 1_000_000, 20, 10
CORRECTIONS = 500


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Note the seconds of a block."""
    start = time.perf_counter()
    yield
    into.append(time.perf_counter() - start)


def beside_the_graph(runs: int) -> list[float]:
    """Return the ratio of graph and scores to the graph alone, probabilities given, once a run."""
    ratios = []
    for seed in range(runs):
        data = fashion(**SIZE, share=0.06, seed=seed)
        given = out_of_sample(data.features[:, :64], data.labels, seed=seed)
        study = Study.build(embedding=data.features, labels=data.labels, probabilities=given)
        task, run = LabelFlips(), Run(LocalEngine())
        graphs: list[float] = []
        scores: list[float] = []
        domain = every_sample(study)
        with timed(graphs):
            graph = build_graph(Knn(), domain, run)
        with timed(scores):
            task.interpret(study, filter_function(task, study, domain, graph, run), run)
        ratios.append((graphs[0] + scores[0]) / graphs[0])
    return ratios


def rankings_beside_the_graph() -> dict[str, list[Cell | None]]:
    """Return the ratio of graph and ranking to the graph alone for every ranking by name, probabilities given."""
    data = fashion(**SIZE, share=0.06, seed=0)
    given = out_of_sample(data.features[:, :64], data.labels, seed=0)
    study = Study.build(embedding=data.features, labels=data.labels, probabilities=given)
    domain, run = every_sample(study), Run(LocalEngine())
    rows: dict[str, list[Cell | None]] = {}
    for name, task in RANKINGS.items():
        graphs: list[float] = []
        scores: list[float] = []
        with timed(graphs):
            graph = build_graph(task.graph, domain, run)
        with timed(scores):
            task.interpret(study, filter_function(task, study, domain, graph, run), run)
        rows[name] = [((graphs[0] + scores[0]) / graphs[0], None)]
    return rows


def corrections() -> list[float]:
    """Correct labels one by one in a study of a million samples; milliseconds each, scores brought up to date."""
    rng = np.random.default_rng(0)
    nearby = (np.arange(LARGE)[:, None] + rng.integers(1, 1000, (LARGE, NEIGHBORS))) % LARGE
    chosen = sparse.csr_array(
        (
            rng.random(LARGE * NEIGHBORS, dtype=np.float32),
            nearby.ravel(),
            np.arange(0, LARGE * NEIGHBORS + 1, NEIGHBORS),
        ),
        shape=(LARGE, LARGE),
    )
    graph = Graph(
        weights=chosen.maximum(chosen.T).tocsr(),
        neighbours=nearby.astype(np.int32),
        distances=np.zeros((LARGE, NEIGHBORS), np.float32),
    )
    model = np.log(rng.dirichlet(np.ones(CLASSES), LARGE))
    score = LabelErrorScore(graph=graph, models=(TopClasses.complete(model),), pool=OpinionPool((1.0, 1.0)))
    live = LiveLabelErrorScore(score, rng.integers(0, CLASSES, LARGE))
    taken: list[float] = []
    for row in rng.integers(0, LARGE, CORRECTIONS):
        with timed(taken):
            live.update(np.array([row]), rng.integers(0, CLASSES, 1))
    return [1000 * seconds for seconds in taken]


def measure(runs: int) -> Part:
    """Measure both."""
    watch = Watch(", ".join(map(str, range(runs))))
    return Part(
        "scores",
        "What scores cost",
        "Fashion-MNIST's pictures as principal components; the large study is a random graph, because only its size "
        "matters.",
        (
            Line.of(
                "graph and all scores over the graph alone", beside_the_graph(runs), "x",
                "50,000 samples, 512 features, out-of-sample probabilities given: predictors, their calibration, the "
                "noise transition, evidence and ranking.", target=2.0,
            ),
            Line.of(
                "one correction in 1,000,000 samples", corrections(), "ms",
                "the scores of the sample's 20 neighbors and of the samples that have it as a neighbor; they equal a "
                "full recomputation.",
                target=5.0,
            ),
        ),
        (
            Table(
                "Graph and one ranking over the graph alone", ("x",), rankings_beside_the_graph(),
                "The same 50,000 x 512 once, probabilities given. Loss and self-influence are those of a logistic "
                "regression that has seen the labels (Koh and Liang), the refit one of two such "
                "regressions: they have to be fitted even if the model's probabilities are given.",
            ),
        ),
        watch.circumstances(),
    )  # fmt: skip


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    part = measure(asked.runs)
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
