"""Every sample is a node."""

from __future__ import annotations

import numpy as np

from margin_core.types import Domain, Need, Study, read_only


def every_sample(study: Study) -> Domain:
    """Make one node a sample, at its place in the embedding.

    Returns
    -------
    Domain
        m = n nodes; node i is sample i. The fingerprint is that of the embedding alone, so that a graph
        outlives any change of labels.

    Raises
    ------
    MissingPart
        The study has no embedding.
    """
    points = study.require(Need.EMBEDDING)
    rows = read_only(np.arange(len(study), dtype=np.int64))
    return Domain(ids=study.ids, rows=rows, points=points, fingerprint=study.parts["embedding"])
