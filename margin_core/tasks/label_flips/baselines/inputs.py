"""What a baseline may use besides the study and its graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from margin_core.probe.trust_weighted import TrustWeightedProbe
from margin_core.values import Doubles, Graph, Influence, Study


@dataclass(frozen=True, eq=False, kw_only=True)
class BaselineInputs:
    """The intermediate results of a study's default ranking.

    Parameters
    ----------
    training : bool array (n,)
        Samples with a label, usable features and in the split that is learned from: all that a baseline may fit on.
    influence : Influence
        Step 4 of the protocol, on the signal that the method asks for.
    probe : TrustWeightedProbe
        The cross-validated linear probe, both fits.
    """

    training: NDArray[np.bool_]
    influence: Influence
    probe: TrustWeightedProbe


Baseline: TypeAlias = Callable[[Study, Graph, BaselineInputs], Doubles]
"""``scores (n,)`` in [0, 1], larger = more likely an error; the score of an unlabeled sample is not used."""
