"""The probabilities that the published scores are given."""

from __future__ import annotations

from margin_core.tasks.label_flips.baselines.evidence import BaselineInputs
from margin_core.values import Doubles, Need, Study


def out_of_sample(study: Study, witnesses: BaselineInputs) -> Doubles:
    """Give the probabilities that the study brings, if they are out of sample, else the head's first fit; (n, c).

    Rows sum to 1 in double precision.
    """
    brought = study.has(Need.PROBABILITIES) and study.out_of_sample
    table = (study.probabilities if brought else witnesses.first).astype("f8")
    scaled: Doubles = table / table.sum(axis=1, keepdims=True)
    return scaled
