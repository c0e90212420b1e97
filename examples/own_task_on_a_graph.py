"""Write a task on your own graph and your own signals: no features, no labels, no model."""

from dataclasses import dataclass
from typing import ClassVar, final

import networkx as nx
import numpy as np

from margin_core import Study, explain
from margin_core.domain import every_sample
from margin_core.errors import MissingPart
from margin_core.graph import GivenGraph, GraphRecipe
from margin_core.interpretation import rank
from margin_core.storage.engine import Run
from margin_core.tasks import Task
from margin_core.values import Domain, Findings, Graph, Need, Signal, Steps


@final
@dataclass(frozen=True)
class Balance(Task):
    """Rank junctions by how far the balance of what flows in and out departs from that of their neighbors."""

    name: ClassVar[str] = "balance"
    question: ClassVar[str] = "Where does more flow in than out, unlike around it?"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRAPH})  # parts of a study; signals are checked below

    graph: GraphRecipe = GivenGraph()  # the study's own graph, where Task has the nearest neighbors in the embedding

    def check(self, study: Study) -> None:
        """Name the first part that is missing, before anything is computed."""
        super().check(study)
        for signal in ("inflow", "outflow"):
            if signal not in study.signals:
                raise MissingPart(
                    f"Study '{study.name}' has no signal '{signal}'. Pass signals={{'{signal}': values}}."
                )

    def domain(self, study: Study, run: Run) -> Domain:
        """Every sample is a node; with a graph of its own, a study needs no embedding."""
        return every_sample(study)

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Compute the balance from two signals of the study, float arrays (n,)."""
        balance = study.signals["inflow"] - study.signals["outflow"]
        return Signal(values=balance, hypothesis="Junctions next to each other lose or gain alike")

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank by influence, the least predictable junctions first."""
        roles = np.full(len(study), "sample")
        return rank(study.ids, steps.influence.scores, roles, {"balance": steps.signal.values})


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    pipes = nx.grid_2d_graph(8, 8)
    inflow = rng.uniform(5, 6, size=64)
    outflow = inflow - 0.2
    outflow[27] -= 1.5  # a leak
    study = Study.build(
        name="pipes",
        ids=[f"{row}-{column}" for row, column in pipes.nodes],
        graph=nx.to_scipy_sparse_array(pipes),  # row i of the matrix is sample i
        signals={"inflow": inflow, "outflow": outflow},
    )
    print(explain(Balance(), study).to_frame().head(3))
