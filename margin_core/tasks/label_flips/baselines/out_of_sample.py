"""The probabilities that the published scores are given."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.label_flips.baselines.inputs import BaselineInputs
from margin_core.values import Doubles, Need, Study


def out_of_sample(study: Study, inputs: BaselineInputs) -> Doubles:
    """Return the probabilities that the study brings, if they are out of sample, else those of the probe's first fit.

    Parameters
    ----------
    study : Study
    inputs : BaselineInputs

    Returns
    -------
    float array (n, c)
        In [0, 1]; rows sum to 1 in double precision.
    """
    brought = study.has(Need.PROBABILITIES) and study.out_of_sample
    table = study.probabilities if brought else inputs.probe.first
    assert table is not None  # only a refit is stored without its first fit
    scaled: Doubles = table.astype(np.float64)
    scaled /= scaled.sum(axis=1, keepdims=True)
    return scaled
