"""The map colored by novelty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.shared.channels import Channel, Scale, score_bytes
from dashboard.study.open_study import OpenStudy
from dashboard.study.parts import Part, has_part
from dashboard.views.new_data import wording
from dashboard.views.new_data.data import TASK
from margin_core.figures.palette import score_colors

NOVELTY = "novelty"


def _novelty(opened: OpenStudy) -> NDArray[np.uint8]:
    found = opened.answer(TASK)
    assert found is not None  # or there is no such channel
    scores = np.full(len(opened.study), np.nan)
    scores[found.rows] = np.where(found.findings.roles == "unscored", np.nan, found.findings.scores)
    return score_bytes(scores)


def _legend(opened: OpenStudy) -> Scale:
    return Scale(wording.LIKE_REFERENCE, wording.NOVEL, score_colors())


CHANNELS = (
    Channel(
        NOVELTY, wording.MAP_COLOR, _novelty, _legend,
        is_available=lambda opened: has_part(opened, Part.REFERENCE)
        and has_part(opened, Part.EMBEDDING)
        and opened.answer(TASK) is not None,
    ),
)  # fmt: skip
