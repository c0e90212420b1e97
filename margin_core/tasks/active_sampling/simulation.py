"""How fast each strategy would have taught a classifier, on a study whose labels are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from margin_core.domain import every_sample
from margin_core.errors import MissingPart, ParameterError
from margin_core.graph import GivenGraph, build_graph
from margin_core.graph_networks import fit_gcn
from margin_core.probe.linear_probe import fit_in_sample
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.active_sampling.batch import SamplingPoints, compute_signal, make_pool
from margin_core.tasks.active_sampling.predictions import predict
from margin_core.tasks.active_sampling.signals import SIGNALS
from margin_core.tasks.active_sampling.strategies import STRATEGIES
from margin_core.tasks.active_sampling.task import VERSION as TASK_VERSION
from margin_core.tasks.active_sampling.task import ActiveSampling
from margin_core.values import UNLABELED, Doubles, Graph, Ints, Study, usable_rows

if TYPE_CHECKING:
    import pandas as pd

VERSION = 1
"""Raised whenever the same study would have other curves."""

SIZES = (10, 20, 40, 80, 120, 200)
"""Numbers of labels at which accuracy is measured, where there are as many to choose from."""

KNOWN_CLASSES = "Random, balanced over true classes"
"""What ``balanced_random`` does here, where the classes are known."""

HELD_OUT = 1 / 3
"""Share of the labeled samples that accuracy is measured on, where no column ``split`` says which."""

LEFT_OUT = 1 / 5
"""Share of the samples to choose from that each seed leaves out where the split is given: else a strategy without
chance would have the same curve for every seed."""

CLASSIFIERS = ("probe", "gcn")
"""What is taught: the linear probe on the study's features (averaged over a given graph), or a graph convolutional
network."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AccuracyCurves:
    """Accuracy by the number of labels, strategy by strategy.

    Attributes
    ----------
    strategies : tuple of str
        Names as in `STRATEGIES`.
    sizes : int array (k,)
        Numbers of labels, ascending.
    accuracy : float array (s, r, k)
        Of s strategies, r seeds and k sizes: share of the held-out samples that are predicted as labeled, in [0, 1].
    classifier : {'probe', 'gcn'}
        What was taught.
    """

    strategies: tuple[str, ...]
    sizes: Ints
    accuracy: Doubles
    classifier: str

    @property
    def titles(self) -> tuple[str, ...]:
        """The strategies in words, as they are here: one of them knows the classes."""
        known = {"balanced_random": KNOWN_CLASSES}
        return tuple(known.get(name, STRATEGIES[name].title) for name in self.strategies)

    @property
    def mean(self) -> Doubles:
        """The mean accuracy over the seeds, (s, k)."""
        means: Doubles = self.accuracy.mean(axis=1)
        return means

    @property
    def spread(self) -> Doubles:
        """The standard deviation over the seeds, (s, k); NaN of a single one."""
        if self.accuracy.shape[1] < 2:
            return np.full(self.mean.shape, np.nan)
        spread: Doubles = self.accuracy.std(axis=1, ddof=1)
        return spread

    @property
    def area(self) -> Doubles:
        """The area under each curve over the width of the sizes, a mean accuracy, (s, r)."""
        if len(self.sizes) < 2:
            return self.accuracy[:, :, 0]
        area: Doubles = np.trapezoid(self.accuracy, self.sizes, axis=2) / (self.sizes[-1] - self.sizes[0])
        return area

    def to_frame(self) -> pd.DataFrame:
        """Return the curves as a table.

        Returns
        -------
        pandas.DataFrame
            Columns ``strategy``, ``labels``, ``seed`` and ``accuracy``; one row a measurement.
        """
        import pandas as pd

        names, seeds, sizes = np.meshgrid(
            np.array(self.strategies), np.arange(self.accuracy.shape[1]), self.sizes, indexing="ij"
        )
        return pd.DataFrame(
            {
                "strategy": names.ravel(),
                "labels": sizes.ravel(),
                "seed": seeds.ravel(),
                "accuracy": self.accuracy.ravel(),
            }
        )


def simulate_curves(
    study: Study,
    *,
    task: ActiveSampling | None = None,
    strategies: Sequence[str] = tuple(STRATEGIES),
    sizes: Sequence[int] | None = None,
    seeds: int = 3,
    classifier: str = "",
    run: Run | None = None,
) -> AccuracyCurves:
    """Compute how accurate a classifier would have been, had its labels been chosen by each strategy.

    All labels are hidden at first; what a strategy selects gets its label back, batch by batch: as many as one size has
    more than the one before. Strategies that read predicted classes begin with a batch at random. ``balanced_random``
    is balanced over the true classes here, which in use nobody knows.

    Parameters
    ----------
    study : Study
        With an embedding and labels of two classes. Its own probabilities are not used: they know the labels.
    task : ActiveSampling, optional
        Graph, filter, signal and hops; its strategy, batch and seed are not read. Default: on the given graph where the
        study brings one.
    strategies : sequence of str
        Names in `STRATEGIES`.
    sizes : sequence of int, optional
        Numbers of labels, ascending; those beyond the samples there are to choose from are left out. Default: `SIZES`;
        where fewer samples are to choose from, as many sizes up to all of them.
    seeds : int
        How many times, with other held-out samples. Where the column ``split`` says which are held out, with another
        fifth of the others left out.
    classifier : {'', 'probe', 'gcn'}
        What is taught; '': a graph convolutional network on a given graph where PyTorch Geometric is installed, else
        the linear probe.
    run : Run, optional
        Stores each curve as a step, receives the progress, and stops between two of them.

    Returns
    -------
    AccuracyCurves
        The same for the same arguments.

    Raises
    ------
    MissingPart
        No embedding, or not enough labels to hide.
    ParameterError
        A strategy, size, or classifier that there is not.

    Examples
    --------
    >>> import numpy as np
    >>> from margin_core import Study
    >>> from margin_core.tasks.active_sampling import simulate_curves
    >>> points = np.random.default_rng(0).normal(size=(90, 4)) + 6 * np.eye(3, 4)[np.arange(90) % 3]
    >>> study = Study.build(embedding=points, labels=np.arange(90) % 3)
    >>> curves = simulate_curves(study, strategies=["influence_coverage", "random"], sizes=[3, 9], seeds=2)
    >>> curves.mean.shape, bool(curves.mean[0, 0] > 0.95)
    ((2, 2), True)
    """
    run = run or Run()
    task = task or (ActiveSampling() if study.maybe_graph is None else ActiveSampling(graph=GivenGraph()))
    classifier = classifier or ("gcn" if isinstance(task.graph, GivenGraph) and _has_geometric() else "probe")
    _check(study, strategies, seeds, classifier)
    hidden = study.replace(probabilities=None)
    splits = [_split(hidden, seed) for seed in range(seeds)]
    most = min(len(pool) for pool, _ in splits)
    fitting = _fitting_sizes(study, _default_sizes(most) if sizes is None else sizes, most)
    simulation = LabelingSimulation.of(hidden, task, run.part(0.0, 0.1))
    key = fingerprint(
        VERSION, TASK_VERSION, replace(task, strategy="random", batch=1, seed=0), classifier, fitting,
        hidden.parts["ids"], hidden.parts["embedding"], hidden.parts["labels"], hidden.parts.get("graph"),
        hidden.columns.get("split"), hidden.columns.get("group"),
    )  # fmt: skip
    accuracy = np.empty((len(strategies), seeds, len(fitting)))
    jobs = [(seed, place) for seed in range(seeds) for place in range(len(strategies))]
    for done, (seed, place) in enumerate(jobs):
        part = run.part(0.1 + 0.9 * done / len(jobs), 0.1 + 0.9 * (done + 1) / len(jobs))
        name, (pool, test) = strategies[place], splits[seed]
        part.report(0.0, f"{STRATEGIES[name].title}, seed {seed + 1:,} of {seeds:,}")
        teach = partial(_teach, simulation, name, seed, pool, test, fitting, classifier, part)
        accuracy[place, seed] = run.step("sampling_curve", fingerprint(key, name, seed), teach)["accuracy"]
    run.report(1.0, "Done")
    return AccuracyCurves(
        strategies=tuple(strategies), sizes=np.array(fitting), accuracy=accuracy, classifier=classifier
    )


@dataclass(frozen=True, eq=False)
class LabelingSimulation:
    """A study whose labels are hidden and given back to what is selected.

    Attributes
    ----------
    study : Study
        With labels and an embedding, without probabilities.
    task : ActiveSampling
        Graph, filter, signal and hops.
    graph : Graph
        Of its samples.
    points : SamplingPoints
        Of its samples.
    """

    study: Study
    task: ActiveSampling
    graph: Graph
    points: SamplingPoints

    @classmethod
    def of(cls, study: Study, task: ActiveSampling, run: Run | None = None) -> LabelingSimulation:
        """Return the simulation of a study.

        Parameters
        ----------
        study : Study
            With labels and an embedding, without probabilities: they know the labels.
        task : ActiveSampling
            Graph, filter, signal and hops.
        run : Run, optional
            Stores the graph.

        Returns
        -------
        LabelingSimulation
        """
        graph = build_graph(task.graph, every_sample(study, splits=False), run)
        return cls(study, task, graph, SamplingPoints.of(study, task.graph, graph, task.hops))

    def select(self, name: str, seed: int, pool: Ints, sizes: Sequence[int], run: Run | None = None) -> list[Ints]:
        """Select samples by one strategy, batch after batch.

        Parameters
        ----------
        name : str
            In `STRATEGIES`.
        seed : int
            Decides what is random.
        pool : int array (p,)
            Rows to choose from.
        sizes : sequence of int
            Numbers of labels after each batch, ascending.
        run : Run, optional
            Receives the progress, batch by batch.

        Returns
        -------
        list of int arrays
            The rows that are labeled after each batch, in the order selected.
        """
        run = run or Run()
        labels = np.full(len(self.study), UNLABELED)
        selectable = np.zeros(len(labels), dtype=bool)
        selectable[pool] = True
        rows: Ints = np.empty(0, dtype=np.int64)
        after = []
        for place, size in enumerate(sizes):
            run.report(place / len(sizes), f"{STRATEGIES[name].title}, seed {seed + 1:,}: {size:,} labels")
            batch = self._next(name, seed, labels, selectable, size - len(rows))
            labels[batch] = self.study.labels[batch]
            rows = np.concatenate([rows, batch])
            after.append(rows)
        return after

    def _next(self, name: str, seed: int, labels: Ints, selectable: NDArray[np.bool_], count: int) -> Ints:
        study = self.study.with_labels(labels)
        probabilities = predict(study, self.points.probe, Run())
        signal = compute_signal(self.task.signal, study, self.graph, self.points, probabilities)
        strategy = STRATEGIES[name]
        reads_predictions = strategy.needs_predictions and name != "balanced_random"
        if strategy.reads_influence:
            reads_predictions = SIGNALS[self.task.signal].needs_predictions
        if reads_predictions and probabilities is None:
            strategy = STRATEGIES["random"]
        pool = make_pool(
            study, self.graph, self.points, self.task.high_pass(self.graph, signal).scores, probabilities,
            seed=seed, selectable=selectable, classes=self.study.labels,
        )  # fmt: skip
        order: Ints = np.argsort(study.ids, kind="stable")
        return order[strategy.select(pool, count, Run())]

    def predict(self, rows: Ints, wanted: Ints, classifier: str, seed: int) -> Ints:
        """Predict some samples by a classifier that is taught others.

        Parameters
        ----------
        rows : int array (l,)
            Samples whose labels it is taught, at least one.
        wanted : int array (w,)
            Samples that are predicted.
        classifier : {'probe', 'gcn'}
            What is taught.
        seed : int
            Of the network.

        Returns
        -------
        int array (w,)
            Class numbers.
        """
        labels, n_classes = self.study.labels, len(self.study.class_names)
        if classifier == "gcn":
            outputs = fit_gcn(self.study.embedding, self.study.graph, labels, rows, n_classes, seed=seed)
            return np.asarray(outputs.probabilities[wanted].argmax(axis=1))
        probe = fit_in_sample(self.points.probe[rows], labels[rows])
        if probe is None:  # one class so far
            return np.full(len(wanted), labels[rows[0]])
        return np.asarray(probe.probabilities(self.points.probe[wanted].astype(np.float64), n_classes).argmax(axis=1))


def _teach(
    simulation: LabelingSimulation,
    name: str,
    seed: int,
    pool: Ints,
    test: Ints,
    sizes: Sequence[int],
    classifier: str,
    run: Run,
) -> Mapping[str, np.ndarray]:
    truth = simulation.study.labels[test]
    after = simulation.select(name, seed, pool, sizes, run.part(0.0, 0.5))
    accuracy = np.empty(len(sizes))
    for place, rows in enumerate(after):
        run.report(0.5 + 0.5 * place / len(sizes), f"{STRATEGIES[name].title}, seed {seed + 1:,}: predicting")
        accuracy[place] = float((simulation.predict(rows, test, classifier, seed) == truth).mean())
    return {"accuracy": accuracy}


def _split(study: Study, seed: int) -> tuple[Ints, Ints]:
    """Return the samples to choose from and the held-out ones of one seed, both with labels and features."""
    order = np.argsort(study.ids, kind="stable")
    rows = order[((study.labels != UNLABELED) & usable_rows(study.embedding))[order]]
    shuffled = np.random.default_rng(seed).permutation(rows)
    splits = every_sample(study).splits
    if splits is not None and (splits[rows] == 0).any() and (splits[rows] > 0).any():
        pool = shuffled[splits[shuffled] == 0]
        return np.sort(pool[int(np.ceil(LEFT_OUT * len(pool))) :]), np.sort(rows[splits[rows] > 0])
    held_out = int(np.ceil(HELD_OUT * len(rows)))
    return np.sort(shuffled[held_out:]), np.sort(shuffled[:held_out])


def _default_sizes(most: int) -> list[int]:
    """Return `SIZES`, in proportion where there are fewer samples than the largest of them."""
    return [max(1, size * min(most, SIZES[-1]) // SIZES[-1]) for size in SIZES]


def _fitting_sizes(study: Study, sizes: Sequence[int], most: int) -> list[int]:
    fitting = sorted({int(size) for size in sizes if 0 < size <= most})
    if not fitting:
        raise ParameterError(
            f"Study '{study.name}' has {most:,} labeled samples to choose from besides those held out; sizes must be "
            f"between 1 and that, got {', '.join(map(str, sizes)) or 'none'}."
        )
    return fitting


def _check(study: Study, strategies: Sequence[str], seeds: int, classifier: str) -> None:
    unknown = [name for name in strategies if name not in STRATEGIES]
    if unknown or not strategies:
        given = f"got '{unknown[0]}'" if unknown else "none was named"
        raise ParameterError(f"strategies must be among {', '.join(STRATEGIES)}; {given}.")
    if classifier not in CLASSIFIERS:
        raise ParameterError(f"classifier must be one of {', '.join(CLASSIFIERS)}; got '{classifier}'.")
    if seeds < 1:
        raise ParameterError(f"seeds must be at least 1; got {seeds}.")
    labels = study.labels[usable_rows(study.embedding)]
    if len(np.unique(labels[labels != UNLABELED])) < 2:
        raise MissingPart(
            f"Study '{study.name}' has no labels of two classes to simulate with. Label some of each class first."
        )


def _has_geometric() -> bool:
    return find_spec("torch_geometric") is not None
