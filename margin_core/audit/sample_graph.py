"""The graph of samples without any label: what is left of the ranking where there is nothing to rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from margin_core.domain import every_sample
from margin_core.graph import GraphRecipe
from margin_core.interpretation.rank import rank
from margin_core.parameters import parameter
from margin_core.probe import trust_weighted
from margin_core.storage.engine import Run
from margin_core.tasks.base import Task
from margin_core.tasks.label_flips.task import SPLITS
from margin_core.values import UNLABELED, Domain, Findings, Graph, Need, Signal, Steps, Study


@final
@dataclass(frozen=True)
class SampleGraph(Task):
    """Connect near samples, as `LabelFlips` does; findings are all samples by id, in role ``unlabelled``, with score 0.

    Parameters
    ----------
    graph : Knn or GivenGraph
        That of the ranking, so that the graph is the same once there are labels.
    splits : {'apart', 'together'}
        As for `LabelFlips`.
    """

    name: ClassVar[str] = "sample_graph"
    question: ClassVar[str] = "Which samples are near each other?"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EMBEDDING})

    graph: GraphRecipe = trust_weighted.NEIGHBORS
    splits: str = parameter("apart", help="Whether samples of different splits are neighbors.", choices=SPLITS)

    def domain(self, study: Study, run: Run) -> Domain:
        """Return the samples as nodes.

        Parameters
        ----------
        study : Study
        run : Run

        Returns
        -------
        Domain
        """
        return every_sample(study, splits=self.splits == "apart")

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Return a signal that is 0 everywhere.

        Parameters
        ----------
        study : Study
        domain : Domain
        graph : Graph
        run : Run

        Returns
        -------
        Signal
        """
        return Signal(values=np.zeros(len(domain.ids)), hypothesis="nothing is known of any sample")

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """List all samples.

        Parameters
        ----------
        study : Study
        steps : Steps
        run : Run

        Returns
        -------
        Findings
        """
        n = len(study)
        return rank(study.ids, np.zeros(n), np.full(n, "unlabelled"), {"suggested": np.full(n, UNLABELED)})
