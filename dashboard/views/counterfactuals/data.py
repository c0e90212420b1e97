"""The walk of a sample across a class boundary, as the browser steps through it."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from margin_core.tasks.invertible import Space, TrainedSurrogate
from margin_core.values import Study

if TYPE_CHECKING:
    from margin_core.tasks.invertible import Crossing

COLUMNS_SHOWN = 12
"""Columns of a table that are sent: those that change most."""

MAPS = ("difference", "first_order", "integrated")
"""What a walk leaves for each pixel or column, by its name in `Crossing`."""


def told(study: Study, trained: TrainedSurrogate, found: Crossing) -> dict[str, Any]:
    """Write a crossing as JSON: frames as bytes, maps as bytes from -127 to 127 with their largest size.

    Returns
    -------
    dict
        ``times`` (k), ``probabilities`` (k, c), ``outside`` (k); ``picture`` or ``columns``; numbers for the badges.
        A number that is not known is None.
    """
    space = trained.space
    return {
        "row": found.row,
        "id": str(study.ids[found.row]),
        "given": int(trained.labels[found.row]),
        "start": found.start,
        "end": found.end,
        "third": found.third,
        "margin": found.margin,
        "times": np.round(found.times, 4).tolist(),
        "probabilities": np.round(found.probabilities, 4).tolist(),
        "outside": [round(space.outside(frame), 4) for frame in found.frames],
        "gaps": {"first_order": found.first_order_gap, "integrated": found.integrated_gap},
        "ratio": _known(found.distance_ratio),
        "reconstruction": found.reconstruction,
        "residual": found.residual,
        "learnt_from": not bool(trained.held_out[found.row]),
        **({"picture": _picture(space, found)} if space.kind == "picture" else {"columns": _columns(space, found)}),
    }


def _picture(space: Space, found: Crossing) -> dict[str, Any]:
    channels, height, width = space.shape
    pixels = np.clip(np.round(space.values(found.frames)), 0, 255).astype(np.uint8)
    maps = {}
    for name in MAPS:
        # Importance adds up over colours; of a difference the mean is as bright as the eye expects.
        values = getattr(found, name)
        values = values.mean(axis=0) if name == "difference" else values.sum(axis=0)
        largest = float(np.abs(values).max())
        scaled = np.round(127 * values / largest) if largest > 0 else np.zeros_like(values)
        maps[name] = {"largest": largest, "values": _bytes(scaled.astype(np.int8))}
    return {"height": height, "width": width, "channels": channels, "frames": _bytes(pixels), "maps": maps}


def _columns(space: Space, found: Crossing) -> dict[str, Any]:
    """Tell the columns that change most, in their own units; the difference in standard deviations."""
    order = np.argsort(-np.abs(found.difference), kind="stable")[:COLUMNS_SHOWN]
    values = space.values(found.frames)
    low, high = (space.values(bound[None])[0] for bound in (space.low, space.high))
    return {
        "total": space.shape[0],
        "names": [space.names[place] for place in order.tolist()],
        "frames": [[float(f"{value:.5g}") for value in frame] for frame in values[:, order].tolist()],
        "low": [float(f"{value:.5g}") for value in low[order].tolist()],
        "high": [float(f"{value:.5g}") for value in high[order].tolist()],
        "maps": {name: [float(f"{value:.4g}") for value in getattr(found, name)[order].tolist()] for name in MAPS},
    }


def _bytes(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None
