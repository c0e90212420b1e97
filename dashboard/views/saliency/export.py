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

STORED = {
    "heatmap": {"heatmap": "heatmap"},
    "metrics": {"shares": "shares", "deletion": "deletion", "insertion": "insertion", "metrics": "numbers"},
}
"""Arrays of a heatmap and of its metrics as they are stored, and their names in the file."""


def arrays_file(opened: OpenStudy, query: SaliencyQuery) -> bytes:
    """Return the heatmaps of a query, their curves and metrics as an ``.npz``.

    Raises
    ------
    ParameterError
        None of them is made yet.
    """
    probabilities = heatmaps_of(opened).class_probabilities(query.row)
    kept: dict[str, np.ndarray] = {}
    if probabilities is not None:
        target = query.class_of(probabilities)
        kept = {
            "probabilities": probabilities,
            "target": np.array(target),
            "id": np.array(str(opened.study.ids[query.row])),
        }
        for name in query.methods:
            for kind, arrays in STORED.items():
                found = heatmaps_of(opened).load(SaliencyRequest(kind, query.row, name, target))
                if found is not None:
                    kept |= {f"{name}.{written}": np.asarray(found[array]) for array, written in arrays.items()}
    if not any(name.endswith(".heatmap") for name in kept):
        raise ParameterError("No heatmap of this sample is made yet. Wait for the first one.")
    kept["names_of_numbers"] = np.array(METRICS)
    if sample_kind(opened.study) != "picture":
        places = content(opened.study, query.row)
        kept["places"] = np.array(places.get("words") or places.get("names"))
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **kept)
    return stream.getvalue()
