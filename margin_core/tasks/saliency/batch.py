"""Heatmaps and metrics of several samples at once, for ``margin saliency``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from margin_core.errors import ParameterError
from margin_core.storage.archive import atomic_write
from margin_core.storage.engine import Progress, Run
from margin_core.study import Opened
from margin_core.tasks.saliency.methods.available import find_method, methods_for
from margin_core.tasks.saliency.worker.heatmap_maker import HeatmapMaker
from margin_core.tasks.saliency.worker.request import METRICS, PREDICTED, SaliencyRequest
from margin_core.values import Ints, Study


def compute_heatmaps(
    opened: Opened,
    rows: Sequence[int],
    methods: Sequence[str],
    target: str | None,
    out: Path | None,
    progress: Progress,
) -> Iterator[str]:
    """Compute the heatmaps of some samples and their metrics.

    Parameters
    ----------
    opened : Opened
    rows : sequence of int
    methods : sequence of str
        Names; empty: all that fit the study.
    target : str or None
        The class, by name or number; None: the predicted one.
    out : Path or None
        An .npz that the heatmaps are written to.
    progress : callable
        Stops the work by raising.

    Yields
    ------
    str
        A line of text for each sample and method.

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
    wanted = PREDICTED if target is None else _class_number(study, target)
    maker = HeatmapMaker(study, Run(opened.engine))
    arrays: dict[str, np.ndarray] = {"ids": study.ids[list(rows)]}
    for place, row in enumerate(rows):
        for method in chosen:
            number = maker.compute(SaliencyRequest("metrics", row, method.name, wanted), progress)
            metrics = maker.load(SaliencyRequest("metrics", row, method.name, number))["metrics"]
            heatmap = maker.load(SaliencyRequest("heatmap", row, method.name, number))["heatmap"]
            arrays[f"{method.name}.{place}"] = heatmap
            values = "  ".join(f"{name} {value:.3f}" for name, value in zip(METRICS, metrics.tolist(), strict=True))
            yield f"{study.ids[row]}  {method.title:<21}  class {number}  {values}"
    if out is not None:
        with atomic_write(out) as scratch, scratch.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)


def find_rows(study: Study, ids: Sequence[str]) -> Ints:
    """Return the rows of samples by their ids.

    Parameters
    ----------
    study : Study
    ids : sequence of str

    Returns
    -------
    int array (len(ids),)
        In the order given.

    Raises
    ------
    ParameterError
        There is no such sample.
    """
    row_of = {name: row for row, name in enumerate(study.ids.tolist())}
    for name in ids:
        if name not in row_of:
            raise ParameterError(f"Study '{study.name}' has no sample '{name}'.")
    return np.array([row_of[name] for name in ids], dtype=np.int64)


def _class_number(study: Study, name: str) -> int:
    names = tuple(getattr(study.model, "class_names", ())) or study.class_names
    if name in names:
        return names.index(name)
    if name.isdecimal():
        return int(name)
    raise ParameterError(f"The model has no class '{name}'. Give one of its names, or its number from 0.")
