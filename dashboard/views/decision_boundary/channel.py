"""The map colored by how uncertain the model is between two classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.shared.channels import Channel, Scale, score_bytes
from dashboard.study.open_study import OpenStudy
from dashboard.views.decision_boundary.data import boundary_of, scores_of
from margin_core.figures.palette import score_colors


def _scores(opened: OpenStudy) -> NDArray[np.uint8]:
    found = boundary_of(opened, "boundary")
    assert found is not None  # or there is no such channel
    return score_bytes(scores_of(found))


CHANNELS = (
    Channel(
        "boundary", "uncertain between classes", _scores, lambda opened: Scale("sure", "uncertain", score_colors()),
        is_available=lambda opened: boundary_of(opened, "boundary") is not None,
    ),
)  # fmt: skip
