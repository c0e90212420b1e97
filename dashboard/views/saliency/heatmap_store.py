"""The heatmaps of a study that are computed already."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dashboard.study.memory import Memory
from dashboard.study.open_study import OpenStudy
from margin_core.errors import NotComputed
from margin_core.storage.engine import Arrays
from margin_core.storage.workspace import Workspace
from margin_core.tasks.saliency.worker.request import SaliencyRequest, step_key
from margin_core.values import Doubles, Floats, Study

KEY = re.compile("[0-9a-f]{32}")

MAX_METRICS = 4096
"""Heatmaps whose metrics are kept in memory: a comparison of all methods over 200 samples is redrawn every second."""


def heatmaps_of(opened: OpenStudy) -> HeatmapStore:
    """Return the heatmaps of a study."""
    return HeatmapStore(opened.study, opened.audited.opened.workspace, opened.memory)


class HeatmapStore:
    """The heatmaps of a study that are computed already, read from its workspace.

    Parameters
    ----------
    study : Study
    workspace : Workspace or None
        Where they are kept; without one there are none.
    memory : Memory
        What views have computed of the study.
    """

    def __init__(self, study: Study, workspace: Workspace | None, memory: Memory) -> None:
        self.study = study
        self._workspace = workspace
        self._memory = memory

    def load(self, request: SaliencyRequest) -> Arrays | None:
        """Return the result of a request whose target is a class, or None."""
        return self._at(*step_key(self.study, request))

    def class_probabilities(self, row: int) -> Doubles | None:
        """Return the probabilities (c,) that the model gives a sample, or None until it was asked."""
        found = self.load(SaliencyRequest("prediction", row))
        return None if found is None else np.asarray(found["probabilities"])

    def n_outputs(self) -> int:
        """Return the number of the model's outputs, as far as it is known; else that of the study's classes."""
        model = self.study.maybe_model
        return (
            int(getattr(model, "classes", 0)) or len(getattr(model, "class_names", ())) or len(self.study.class_names)
        )

    def encoded(self, kind: str, key: str) -> bytes | None:
        """Return a heatmap by its key, a byte a place, 255 the most important; of parts the part of each, two bytes."""
        if kind not in ("heatmap", "draft", "parts") or not KEY.fullmatch(key):
            return None
        found = self._at(f"saliency_{kind}", key)
        if found is None:
            return None
        return (
            np.asarray(found["layout"], dtype="<u2").tobytes()
            if kind == "parts"
            else heatmap_bytes(found["heatmap"]).tobytes()
        )

    def numbers(self, row: int, method: str) -> Doubles | None:
        """Return the metrics of the heatmap of the predicted class; kept in memory once they are known."""
        try:
            return self._memory.recall(
                "metrics", (row, method), lambda: self._metrics(row, method), capacity=MAX_METRICS
            )
        except NotComputed:
            return None

    def _metrics(self, row: int, method: str) -> Doubles:
        probabilities = self.class_probabilities(row)
        if probabilities is None:
            raise NotComputed(f"The prediction of sample {row} is not computed yet.")
        found = self.load(SaliencyRequest("metrics", row, method, int(probabilities.argmax())))
        if found is None:
            raise NotComputed(f"The metrics of sample {row} are not computed yet.")
        return np.array(found["metrics"])

    def _at(self, name: str, key: str) -> Arrays | None:
        if self._workspace is None:
            return None
        try:
            return replace(self._workspace, may_compute=False).step(name, key, dict)
        except NotComputed:
            return None


def heatmap_bytes(heatmap: Floats) -> NDArray[np.uint8]:
    """Return values in [0, 1] as bytes."""
    return np.rint(255 * np.clip(np.asarray(heatmap, dtype=np.float32), 0, 1)).astype(np.uint8)


def class_names(study: Study, classes: int) -> tuple[str, ...]:
    """Return the names of a model's outputs: those of the model, the classes of the study, or numbers."""
    for names in (tuple(getattr(study.maybe_model, "class_names", ())), study.class_names):
        if len(names) == classes:
            return names
    return tuple(f"output {number}" for number in range(classes))
