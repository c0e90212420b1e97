"""Heatmaps and metrics of several samples at once, for ``margin saliency``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from margin_core.errors import ParameterError
from margin_core.storage.archive import atomic_write
from margin_core.storage.engine import Progress, Run
from margin_core.study import Opened
from margin_core.tasks.saliency.methods.available import find_method, methods_for
from margin_core.tasks.saliency.methods.published import Method
from margin_core.tasks.saliency.worker.request import METRICS, PREDICTED, SaliencyRequest
from margin_core.tasks.saliency.worker.saliency_runner import SaliencyRunner
from margin_core.values import Floats, Study


@dataclass(frozen=True, eq=False)
class MeasuredHeatmap:
    """A heatmap of one sample by one method, and its metrics.

    Attributes
    ----------
    id : str
        The sample.
    place : int
        Of the sample among those that were asked for.
    method : Method
    class_name : str
        The class that it explains; its number where the class has no name.
    metrics : mapping of str to float
        By name, as `METRICS` lists them; NaN where one was not measured.
    heatmap : float array (h, w)
        In [0, 1], larger = more important.
    """

    id: str
    place: int
    method: Method
    class_name: str
    metrics: Mapping[str, float]
    heatmap: Floats

    @property
    def sentence(self) -> str:
        """Sample, method, class and metrics on one line."""
        values = "  ".join(f"{name} {value:.3f}" for name, value in self.metrics.items())
        return f"{self.id}  {self.method.title:<21}  class {self.class_name}  {values}"


def compute_heatmaps(
    opened: Opened, rows: Sequence[int], methods: Sequence[str], target: str | None, progress: Progress
) -> list[MeasuredHeatmap]:
    """Compute the heatmaps of some samples and their metrics.

    Parameters
    ----------
    opened : Opened
    rows : sequence of int
    methods : sequence of str
        Names; empty: all that fit the study.
    target : str or None
        The class, by name or number; None: the predicted one.
    progress : callable
        Stops the work by raising.

    Returns
    -------
    list of MeasuredHeatmap
        Sample by sample, each by every method.

    Raises
    ------
    ParameterError
        There is no such method or class, or the method does not fit the study.
    MissingPart
        The study has no inputs or no model.
    """
    study = opened.study
    fitting, excluded = methods_for(study)
    chosen = [find_method(name) for name in methods] or list(fitting)
    for method in chosen:
        if method not in fitting:
            raise ParameterError(f"{method.title} does not fit this study. {excluded}")
    names = _class_names(study)
    wanted = PREDICTED if target is None else _class_number(names, target)
    runner = SaliencyRunner(study, Run(opened.engine))
    found = []
    pairs = [(place, row, method) for place, row in enumerate(rows) for method in chosen]
    for done, (place, row, method) in enumerate(pairs):
        name = str(study.ids[row])
        part = Run(progress=progress).part(done / len(pairs), (done + 1) / len(pairs))
        number = runner.compute(SaliencyRequest("metrics", row, method.name, wanted), part.progress)
        metrics = runner.load(SaliencyRequest("metrics", row, method.name, number))["metrics"]
        heatmap = runner.load(SaliencyRequest("heatmap", row, method.name, number))["heatmap"]
        by_name = dict(zip(METRICS, metrics.tolist(), strict=True))
        class_name = names[number] if number < len(names) else str(number)
        found.append(MeasuredHeatmap(name, place, method, class_name, by_name, heatmap))
    return found


def save_heatmaps(found: Sequence[MeasuredHeatmap], path: Path) -> None:
    """Write heatmaps as an .npz: ``METHOD.PLACE`` each, and the ``ids`` of the samples in their places.

    Parameters
    ----------
    found : sequence of MeasuredHeatmap
    path : Path
        Replaced as a whole.

    Raises
    ------
    WorkspaceError
        The file cannot be written.
    """
    ids = {one.place: one.id for one in found}
    arrays = {f"{one.method.name}.{one.place}": one.heatmap for one in found}
    with atomic_write(path) as scratch, scratch.open("wb") as stream:
        np.savez(stream, allow_pickle=False, ids=np.array([ids[place] for place in sorted(ids)]), **arrays)


def _class_names(study: Study) -> tuple[str, ...]:
    """Return the names of the classes that the model predicts, in their order; empty where they have none."""
    return tuple(getattr(study.model, "class_names", ())) or study.class_names


def _class_number(names: tuple[str, ...], name: str) -> int:
    if name in names:
        return names.index(name)
    if name.isdecimal():
        return int(name)
    raise ParameterError(f"The model has no class '{name}'. Give one of its names, or its number from 0.")
