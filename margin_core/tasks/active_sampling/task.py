"""Active sampling: which samples to label next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from margin_core.domain import every_sample
from margin_core.errors import MissingPart
from margin_core.graph import GraphRecipe, Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.parameters import parameter
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.active_sampling.batch import SamplingPoints, compute_signal, is_unlabeled, make_pool
from margin_core.tasks.active_sampling.evidence import compute_evidence
from margin_core.tasks.active_sampling.finding_text import ROLES, describe_sample
from margin_core.tasks.active_sampling.predictions import can_predict, predict
from margin_core.tasks.active_sampling.signals import SIGNALS
from margin_core.tasks.active_sampling.strategies import STRATEGIES
from margin_core.tasks.base import Task
from margin_core.tasks.finding_text import FindingText, Role
from margin_core.values import Domain, Doubles, Explanation, Findings, Graph, Need, Signal, Steps, Study

VERSION = 1
"""Raised whenever the same study would give another batch."""


@final
@dataclass(frozen=True)
class ActiveSampling(Task):
    r"""Select a batch of samples without a label whose labels would teach a classifier most.

    Findings are the batch, in the order of choice; a score is only the position in that order: 1 the first, falling
    toward 0. Samples with a label are never among them; samples without features only where no others are left.

    Parameters
    ----------
    graph : Knn or GivenGraph
        Step 2 of the protocol.
    high_pass : HighPass or PaperAppendixFilter
        Step 4 of the protocol.
    strategy : str
        How the batch is selected, one of `STRATEGIES`, each in a file of
        `margin_core.tasks.active_sampling.strategies`. ``influence_coverage``: of the less influential samples those
        that leave none far from a label. ``influence``: the most influential first, the paper's rule, by whatever
        signal; `as_printed` reads the paper's. The others are published peers and random choice.
    signal : str
        The signal whose influence ``influence_coverage`` and ``influence`` read, one of
        `margin_core.tasks.active_sampling.signals.SIGNALS`.
    batch : int
        How many samples to select at most.
    hops : int
        How many times features are averaged over a given graph before distances are compared; 0: not at all.
    seed : int
        Decides what is random; ``random`` goes on where its last batch ended.

    Notes
    -----
    Predicted classes are those of the study's probabilities, else of a linear probe that is fitted to the labels there
    are. Evidence: see `margin_core.tasks.active_sampling.evidence.compute_evidence`.

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), case study VI.

    Examples
    --------
    Two clusters and no label at all: the first two samples are one of each.

    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.tasks import ActiveSampling
    >>> points = np.random.default_rng(0).normal(size=(60, 4)) + np.repeat([[0.0], [9.0]], 30, axis=0)
    >>> findings = explain(ActiveSampling(batch=2), Study.build(embedding=points)).findings
    >>> sorted(int(one) // 30 for one in findings.ids)
    [0, 1]
    """

    name: ClassVar[str] = "active_sampling"
    question: ClassVar[str] = "Which samples should be labeled next?"
    title: ClassVar[str] = "What to label next"
    roles: ClassVar[tuple[Role, ...]] = ROLES
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EMBEDDING})
    version: ClassVar[int] = VERSION
    ranks_every_sample: ClassVar[bool] = False

    graph: GraphRecipe = Knn(k=20)
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    strategy: str = parameter("influence_coverage", help="How the batch is selected.", choices=tuple(STRATEGIES))
    signal: str = parameter("features", help="The signal whose influence is read.", choices=tuple(SIGNALS))
    batch: int = parameter(20, help="How many samples to select at most.", low=1, high=100_000)
    hops: int = parameter(2, help="How often features are averaged over a given graph.", low=0, high=8)
    seed: int = parameter(0, help="Decides what is random.", low=0, high=2**31 - 1)

    @classmethod
    def as_printed(cls) -> ActiveSampling:
        """Return the recipe of the paper: the norm of the embedding, the most influential first.

        Returns
        -------
        ActiveSampling
            The paper's embedding is that of a graph autoencoder, and its graph is given; pass ``graph=GivenGraph()``
            to `dataclasses.replace` for such a study.
        """
        return cls(strategy="influence", signal="embedding_norm")

    @classmethod
    def describe(cls, study: Study, explanation: Explanation, place: int) -> FindingText:
        """Return what a list of findings states of one.

        Parameters
        ----------
        study : Study
        explanation : Explanation
            Of this task.
        place : int
            Of the finding.

        Returns
        -------
        FindingText
        """
        return describe_sample(explanation, place)

    def check(self, study: Study) -> None:
        """Check that the study has what the task needs.

        Parameters
        ----------
        study : Study

        Raises
        ------
        MissingPart
            No embedding, no sample without a label, or no predicted classes where the strategy reads them.
        """
        super().check(study)
        if not is_unlabeled(study).any():
            raise MissingPart(
                f"Study '{study.name}' has no unlabeled sample left: all {len(study):,} have a label. "
                "Add samples without a label to choose from."
            )
        if can_predict(study):
            return
        strategy, signal = STRATEGIES[self.strategy], SIGNALS[self.signal]
        by_signal = strategy.reads_influence and signal.needs_predictions
        if strategy.needs_predictions or by_signal:
            reader = f"signal={self.signal}" if by_signal else f"strategy={self.strategy}"
            raise MissingPart(
                f"{reader} reads predicted classes, and study '{study.name}' has neither probabilities nor labels of "
                "two classes. Label some samples with the default strategy first, or pass --model."
            )

    def domain(self, study: Study, run: Run) -> Domain:
        """Return a domain in which every sample is a node.

        Parameters
        ----------
        study : Study
            Has an embedding.
        run : Run
            Not used: this takes no time.

        Returns
        -------
        Domain
            With n nodes.
        """
        return every_sample(study, splits=False)

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Compute the signal.

        Parameters
        ----------
        study : Study
            Has an embedding.
        domain : Domain
            With n nodes.
        graph : Graph
            On these nodes.
        run : Run
            Stores what is fitted, receives the progress.

        Returns
        -------
        Signal
            Values (n,), or (n, s).
        """
        run.report(0.0, "Computing the signal")
        points = SamplingPoints.of(study, self.graph, graph, self.hops)
        probabilities = predict(study, points.probe, run) if SIGNALS[self.signal].needs_predictions else None
        return compute_signal(self.signal, study, graph, points, probabilities)

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Select the batch, and compute its evidence.

        Parameters
        ----------
        study : Study
            Has an embedding.
        steps : Steps
            The steps before.
        run : Run
            Stores the selection, receives the progress.

        Returns
        -------
        Findings
            The batch in the order selected, in role ``to_label``; a score in (0, 1] falls with the position.
        """
        points = SamplingPoints.of(study, self.graph, steps.graph, self.hops)
        probabilities = predict(study, points.probe, run)
        pool = make_pool(study, steps.graph, points, steps.influence.scores, probabilities, seed=self.seed)
        key = fingerprint(
            VERSION, self, study.parts["ids"], study.parts.get("labels"), steps.domain.fingerprint, points.compared,
            steps.influence.scores, pool.probabilities,
        )  # fmt: skip

        def select() -> dict[str, np.ndarray]:
            return {"batch": STRATEGIES[self.strategy].select(pool, self.batch, run)}

        batch = np.asarray(run.step("active_sampling", key, select)["batch"])
        signal: Doubles = np.asarray(steps.signal.values, dtype=np.float64)[np.argsort(study.ids, kind="stable")]
        return Findings(
            ids=pool.ids[batch],
            scores=1 - np.arange(len(batch)) / max(len(batch), 1),
            roles=np.full(len(batch), "to_label"),
            evidence=compute_evidence(study, pool, batch, signal),
        )
