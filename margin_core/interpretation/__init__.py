"""Step 5 of the protocol: from influence to findings. What only one task uses lives in the folder of that task."""

from margin_core.interpretation.rank import rank
from margin_core.interpretation.votes import compute_neighbor_votes

__all__ = ["compute_neighbor_votes", "rank"]
