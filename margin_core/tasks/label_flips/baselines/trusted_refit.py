"""The head that believes each label as far as its neighbourhood does."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.label_flips.baselines.evidence import BaselineInputs
from margin_core.values import Doubles, Graph, Study


def trusted_refit(study: Study, graph: Graph, witnesses: BaselineInputs) -> Doubles:
    r"""Give :math:`1 - p_2(y_i)` of the head fitted again with each sample weighted by its trust.

    Trust is the mean of the share of neighbours that agree and the first fit's out-of-sample probability of the
    given label. One of the default's own witnesses, taken alone. O(n).
    """
    own = np.maximum(study.labels, 0)
    scores: Doubles = 1.0 - witnesses.refitted[np.arange(len(own)), own].astype(np.float64)
    return np.clip(scores, 0.0, 1.0)
