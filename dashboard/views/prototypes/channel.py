"""The map colored by the roles of samples in their class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.shared.channels import Categories, Channel
from dashboard.study.open_study import OpenStudy
from dashboard.views.prototypes.data import RULES, role_codes
from margin_core.figures.palette import ROLES


def _roles(opened: OpenStudy) -> NDArray[np.uint8]:
    found = opened.answer(RULES["coverage"])
    assert found is not None  # or there is no such channel
    return role_codes(found, len(opened.study))


def _legend(opened: OpenStudy) -> Categories:
    return Categories(tuple(name for name, _ in ROLES), tuple(color for _, color in ROLES))


CHANNELS = (
    Channel(
        "prototypes", "prototypes & criticisms", _roles, _legend,
        is_available=lambda opened: opened.answer(RULES["coverage"]) is not None,
    ),
)  # fmt: skip
