"""What ``margin saliency`` does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from margin_core.errors import ParameterError
from margin_core.storage.archive import atomic_write
from margin_core.storage.engine import Progress, Run
from margin_core.study import Opened
from margin_core.tasks.saliency.methods.available import find_method, methods_for
from margin_core.tasks.saliency.worker.heatmap_maker import HeatmapMaker
from margin_core.tasks.saliency.worker.request import METRICS, PREDICTED, SaliencyRequest
from margin_core.tasks.saliency.worker.saliency_worker import SaliencyWorker
from margin_core.values import Ints, Study


def serve(opened: Opened) -> None:
    """Answer orders on standard input until it ends; see `margin_core.tasks.saliency.worker.saliency_worker`."""
    answers, sys.stdout = sys.stdout, sys.stderr  # Libraries, or a user's own model, may talk to themselves.

    def tell(told: dict[str, Any]) -> None:
        answers.write(json.dumps(told) + "\n")
        answers.flush()

    SaliencyWorker(opened, tell).work(sys.stdin)


def compute_heatmaps(
    opened: Opened,
    rows: Sequence[int],
    methods: Sequence[str],
    target: str | None,
    out: Path | None,
    progress: Progress,
) -> Iterator[str]:
    """Make the maps of some samples with their numbers, and give a line of text for each.

    Raises
    ------
    ParameterError
        There is no such method or class, or the method does not fit the study.
    MissingPart
        The study has nothing to show, or no model to show it to.
    """
    study = opened.study
    fitting, left_out = methods_for(study)
    ways = [find_method(name) for name in methods] or list(fitting)
    for way in ways:
        if way not in fitting:
            raise ParameterError(f"{way.title} does not fit this study. {left_out}")
    number = PREDICTED if target is None else _class_named(study, target)
    maker = HeatmapMaker(study, Run(opened.engine))
    kept: dict[str, np.ndarray] = {"ids": study.ids[list(rows)]}
    for place, row in enumerate(rows):
        for way in ways:
            order = SaliencyRequest("numbers", row, way.name, number)
            found = maker.compute(order, progress)
            told = maker.answer(SaliencyRequest("numbers", row, way.name, found))["numbers"]
            kept[f"{way.name}.{place}"] = maker.answer(SaliencyRequest("map", row, way.name, found))["heatmap"]
            values = "  ".join(f"{name} {value:.3f}" for name, value in zip(METRICS, told.tolist(), strict=True))
            yield f"{study.ids[row]}  {way.title:<21}  class {found}  {values}"
    if out is not None:
        with atomic_write(out) as scratch, scratch.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **kept)


def find_rows(study: Study, ids: Sequence[str]) -> Ints:
    """Find samples by their ids, in the order given.

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


def _class_named(study: Study, name: str) -> int:
    names = tuple(getattr(study.model, "class_names", ())) or study.class_names
    if name in names:
        return names.index(name)
    if name.isdecimal():
        return int(name)
    raise ParameterError(f"The model knows no class '{name}'. Give one of its names, or its number from 0.")
