"""Write your own task: it defines the domain, the function and the interpretation."""

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler

from margin_core import Study, explain
from margin_core.domain import every_sample
from margin_core.interpretation import rank
from margin_core.parameters import parameter
from margin_core.storage.engine import Run
from margin_core.tasks import Task
from margin_core.values import Domain, Findings, Graph, Need, Signal, Steps


@final
@dataclass(frozen=True)
class FeatureNorm(Task):
    """Rank samples by how far the norm of their features departs from that of their neighbors.

    Parameters
    ----------
    order : float
        Of the norm.
    """

    name: ClassVar[str] = "feature_norm"
    question: ClassVar[str] = "Whose features are larger or smaller than those of its neighbors?"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EMBEDDING})

    order: float = parameter(2.0, help="The order of the norm.", low=1.0, high=10.0)

    def domain(self, study: Study, run: Run) -> Domain:
        """Every sample is a node; the graph is that of its 20 nearest neighbors unless `graph` says otherwise."""
        return every_sample(study)

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Compute the norm of each sample's features."""
        norms = np.linalg.norm(domain.points.astype(np.float64), ord=self.order, axis=1)
        return Signal(values=norms, hypothesis="Samples near each other have features of similar size")

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank by influence, the least predictable samples first."""
        roles = np.full(len(study), "sample")
        return rank(study.ids, steps.influence.scores, roles, {"norm": steps.signal.values})


if __name__ == "__main__":
    wine = load_wine()
    study = Study.build(name="wine", embedding=StandardScaler().fit_transform(wine.data), labels=wine.target)
    print(explain(FeatureNorm(order=1.0), study).to_frame().head(3))
