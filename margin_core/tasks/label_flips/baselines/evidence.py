"""What a baseline may look at besides the study and its graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Floats, Graph, Influence, Study


@dataclass(frozen=True, eq=False, kw_only=True)
class BaselineInputs:
    """What was made of a study on the way to its default ranking.

    Attributes
    ----------
    learnt_from : bool array (n,)
        Samples with a label, usable features and in the split that is learnt from: all that a baseline may fit on.
    influence : Influence
        Step 4 of the protocol, on the signal that the method asks for.
    first, refitted : float32 array (n, c)
        The cross-validated head as fitted on the labels as given, and again with each sample weighted by its trust.
    """

    learnt_from: NDArray[np.bool_]
    influence: Influence
    first: Floats
    refitted: Floats


Baseline: TypeAlias = Callable[[Study, Graph, BaselineInputs], Doubles]
"""``scores (n,)`` in [0, 1], larger = more suspect; whatever it gives an unlabelled sample is not looked at."""
