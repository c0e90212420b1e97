"""The correspondence of a model's outputs and a study's classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from margin_core.values.arrays import Ints


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
