"""The correspondence of a model's outputs and a study's classes, and what else the metadata of a file states."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from margin_core.errors import ModelError
from margin_core.values.arrays import Ints

KIND, ROWS = "margin_model", "rows"
"""Metadata entry by which a file of MARGIN's own model is known, and that of a linear model of rows."""

ACCURACY = "margin_accuracy"
"""Metadata entry of a model of MARGIN's: its cross-validated accuracy."""


def check_output_names(description: str, class_names: Sequence[str], outputs: int) -> None:
    """Check that a model has a name for each output, or none at all.

    Parameters
    ----------
    description : str
        Of the model, for the message.
    class_names : sequence of str
        May be empty.
    outputs : int

    Raises
    ------
    ModelError
        There are more or fewer names than outputs.
    """
    if class_names and len(class_names) != outputs:
        raise ModelError(
            f"{description} has {outputs:,} outputs, but {len(class_names):,} class names came with it. "
            "Name each output once, in order."
        )


def read_names(path: Path, facts: Mapping[str, str], entry: str = "class_names") -> tuple[str, ...]:
    """Return the names of the outputs, or of something else, that the metadata of a file states.

    Parameters
    ----------
    path : Path
        Of the file, for the message.
    facts : mapping of str to str
        Its metadata; the entry is a JSON list.
    entry : str
        Its name.

    Returns
    -------
    tuple of str
        Empty where it states none.

    Raises
    ------
    ModelError
        The entry is no list of texts.
    """
    try:
        names = json.loads(facts.get(entry, "[]"))
    except json.JSONDecodeError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ModelError(f"'{path}': its metadata entry {entry} must be a JSON list of texts. Save it again.")
    return tuple(names)


def read_accuracy(path: Path, facts: Mapping[str, str]) -> float | None:
    """Return the cross-validated accuracy that a file with a model of MARGIN's states.

    Parameters
    ----------
    path : Path
        Named in the message.
    facts : mapping of str to str
        Metadata of the file.

    Returns
    -------
    float or None
        In [0, 1]; None where it states none.

    Raises
    ------
    ModelError
        The entry is no such number.
    """
    if ACCURACY not in facts:
        return None
    try:
        accuracy = float(facts[ACCURACY])
    except ValueError:
        accuracy = -1.0
    if not 0 <= accuracy <= 1:
        raise ModelError(f"'{path}': its metadata entry {ACCURACY} must be a number from 0 to 1. Save it again.")
    return accuracy


def match_classes(class_names: Sequence[str], output_names: Sequence[str], outputs: int) -> Ints | None:
    """Return the model's output for each class of a study.

    Parameters
    ----------
    class_names : sequence of str, length c
        Of the study.
    output_names : sequence of str
        Of the model's outputs, in order; empty when they are unknown.
    outputs : int
        Number of the model's outputs; counts only where their names are unknown.

    Returns
    -------
    int array (c,) or None
        None where outputs and classes do not correspond.
    """
    if output_names:
        same = sorted(output_names) == sorted(class_names)
        return np.array([output_names.index(name) for name in class_names]) if same else None
    return np.arange(outputs) if outputs == len(class_names) else None
