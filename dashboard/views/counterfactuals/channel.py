"""The map colored by the signed margin of the invertible network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.shared.channels import Channel, Scale, score_bytes
from dashboard.study.open_study import OpenStudy
from dashboard.views.counterfactuals.data import default_recipe, is_surrogate_trained, margin_range, surrogate_of
from margin_core.figures.palette import signed_colors


def _margins(opened: OpenStudy) -> NDArray[np.uint8]:
    trained = surrogate_of(opened, default_recipe(opened))
    # Turned round: high shades lie on top of the map, and what is against its label must not be covered.
    return score_bytes(0.5 - 0.5 * trained.margins / (margin_range(trained) or 1.0))


def _legend(opened: OpenStudy) -> Scale:
    reach = f"{margin_range(surrogate_of(opened, default_recipe(opened))):.2g}"
    return Scale(f"+{reach} for its label", f"-{reach} against its label", signed_colors())


CHANNELS = (
    Channel(
        "margin", "signed margin", _margins, _legend,
        is_available=lambda opened: is_surrogate_trained(opened, default_recipe(opened)),
    ),
)  # fmt: skip
