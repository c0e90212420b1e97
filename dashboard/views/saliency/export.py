"""Maps taken away as arrays."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from dashboard.views.saliency.sample import content
from dashboard.views.saliency.wish import Wish
from margin_core.errors import ParameterError
from margin_core.tasks.saliency.methods.available import sample_kind
from margin_core.tasks.saliency.worker.request import METRICS, SaliencyRequest

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy


def arrays(opened: OpenStudy, wish: Wish) -> bytes:
    """Write the maps of a wish, their curves and numbers as an ``.npz``.

    Raises
    ------
    ParameterError
        None of them is made yet.
    """
    said = opened.maps.said(wish.row)
    kept: dict[str, np.ndarray] = {}
    if said is not None:
        target = wish.class_of(said)
        kept = {"probabilities": said, "target": np.array(target), "id": np.array(str(opened.study.ids[wish.row]))}
        for name in wish.methods:
            for kind, parts in (("map", ("heatmap",)), ("numbers", ("shares", "deletion", "insertion", "numbers"))):
                found = opened.maps.recalled(SaliencyRequest(kind, wish.row, name, target))
                kept |= {} if found is None else {f"{name}.{part}": np.asarray(found[part]) for part in parts}
    if not any(name.endswith(".heatmap") for name in kept):
        raise ParameterError("No map of this sample is made yet. Wait for the first one.")
    kept["names_of_numbers"] = np.array(METRICS)
    if sample_kind(opened.study) != "picture":
        places = content(opened.study, wish.row)
        kept["places"] = np.array(places.get("words") or places.get("names"))
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **kept)
    return stream.getvalue()
