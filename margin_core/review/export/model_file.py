"""MARGIN's own model of a study as a file."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from pathlib import Path

from margin_core.errors import ReviewError
from margin_core.review.decision import Decision
from margin_core.study.models.exported import write_model
from margin_core.study.probe_model import ProbeModel
from margin_core.values import Study


def write_own_model(study: Study, decisions: Sequence[Decision], path: Path) -> int:
    """Write the model that was fitted to a study without one, as ``--model`` reads it.

    Parameters
    ----------
    study : Study
    decisions : sequence of Decision
        Not used: the model is that of the labels as given, the one that the pages explain.
    path : Path
        Ends in ``.safetensors`` or ``.onnx``. Replaced, whole or not at all.

    Returns
    -------
    int
        Number of its outputs.

    Raises
    ------
    ReviewError
        The study has no such model.
    ModelError
        Another suffix, or a model of words as ONNX.
    WorkspaceError
        The disk is full or cannot be written.
    """
    model = study.maybe_model
    if not isinstance(model, ProbeModel):
        reason = (
            "has no model: MARGIN fits one to 2 to 200 classes of pictures in files, of texts or of rows of numbers"
            if model is None
            else "came with a model of yours; only MARGIN's own, fitted where none is given, is exported"
        )
        raise ReviewError(f"Study '{study.name}' {reason}.")
    if not model.is_linear:
        raise ReviewError(
            f"Study '{study.name}': {model.title} cannot be written; it is fitted again wherever the table is opened "
            "with the same --model. Open it without --model to write the linear probe."
        )
    write_model(model.loaded, path, None if isnan(model.accuracy) else model.accuracy)
    return model.classes
