"""Use your own graph and your own signal: find the nodes that differ from their neighbors."""

import networkx as nx
import numpy as np

from margin_core import Study, explain
from margin_core.graph import GivenGraph
from margin_core.tasks import ContextualOutliers

# A graph of 60 nodes on a ring, here from NetworkX. A SciPy or NumPy matrix of weights (n, n) and the edge_index of
# PyTorch Geometric work, too.
graph = nx.circulant_graph(60, [1, 2])

# A number for every node, smooth along the ring, except for one node.
temperature = 20 + 5 * np.sin(2 * np.pi * np.arange(60) / 60)
temperature[17] += 4

study = Study.build(
    name="stations",
    ids=[f"station-{number:02d}" for number in range(60)],
    graph=graph,
    signals={"temperature": temperature},
)
explanation = explain(ContextualOutliers(graph=GivenGraph(), column="temperature"), study)
print(explanation.to_frame().head(3))  # score in [0, 1], larger = less predictable from its neighbors

# The steps themselves: the graph, the signal, and the high-passed signal with its sign.
steps = explanation.steps
print(steps.graph.weights.nnz, steps.signal.hypothesis, steps.influence.high_pass.shape)
