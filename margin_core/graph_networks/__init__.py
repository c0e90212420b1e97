"""Networks on the nodes of a given graph, by PyTorch Geometric (extra ``graphs``).

`fit_gcn` fits a graph convolutional network to the labels of some nodes, `fit_vgae` a variational graph autoencoder to
the edges. Both are functions of arrays, and deterministic by seed. PyTorch and PyTorch Geometric are imported where one
of them is called.
"""

from margin_core.graph_networks.gcn import GcnOutputs, fit_gcn
from margin_core.graph_networks.vgae import fit_vgae

__all__ = ["GcnOutputs", "fit_gcn", "fit_vgae"]
