"""The probabilities that the published scores are given."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.label_flips.baselines.inputs import BaselineInputs
from margin_core.values import Doubles, Ints, Need, Study


def out_of_sample(study: Study, inputs: BaselineInputs, rows: Ints) -> Doubles:
    """Return the probabilities that the study brings, if they are out of sample, else those of the probe's first fit.

    Parameters
    ----------
    study : Study
    inputs : BaselineInputs
    rows : int array (r,)
        Of these samples.

    Returns
    -------
    float array (r, c)
        In [0, 1]; rows sum to 1 in double precision.
    """
    brought = study.has(Need.PROBABILITIES) and study.out_of_sample
    first = inputs.probe.first
    assert first is not None  # only a refit is stored without its first fit
    table = study.probabilities[rows] if brought else first.take(rows).dense()
    scaled: Doubles = table.astype(np.float64)
    scaled /= scaled.sum(axis=1, keepdims=True)
    return scaled
