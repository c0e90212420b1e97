"""Heatmaps as a file of arrays."""

from __future__ import annotations

import io

import numpy as np

from dashboard.study.open_study import OpenStudy
from dashboard.views.saliency.heatmap_store import heatmaps_of
from dashboard.views.saliency.heatmaps import content
from dashboard.views.saliency.query import SaliencyQuery
from margin_core.errors import ParameterError
from margin_core.tasks.saliency.methods.available import sample_kind
from margin_core.tasks.saliency.worker.request import METRICS, SaliencyRequest


def arrays_file(opened: OpenStudy, query: SaliencyQuery) -> bytes:
    """Return the heatmaps of a query, their curves and metrics as an ``.npz``.

    Raises
    ------
    ParameterError
        None of them is made yet.
    """
    said = heatmaps_of(opened).class_probabilities(query.row)
    kept: dict[str, np.ndarray] = {}
    if said is not None:
        target = query.class_of(said)
        kept = {"probabilities": said, "target": np.array(target), "id": np.array(str(opened.study.ids[query.row]))}
        for name in query.methods:
            for kind, parts in (("map", ("heatmap",)), ("numbers", ("shares", "deletion", "insertion", "numbers"))):
                found = heatmaps_of(opened).load(SaliencyRequest(kind, query.row, name, target))
                kept |= {} if found is None else {f"{name}.{part}": np.asarray(found[part]) for part in parts}
    if not any(name.endswith(".heatmap") for name in kept):
        raise ParameterError("No map of this sample is made yet. Wait for the first one.")
    kept["names_of_numbers"] = np.array(METRICS)
    if sample_kind(opened.study) != "picture":
        places = content(opened.study, query.row)
        kept["places"] = np.array(places.get("words") or places.get("names"))
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **kept)
    return stream.getvalue()
