"""Step 1 of the protocol: what a node is."""

from margin_core.domain.samples import every_sample

__all__ = ["every_sample"]
