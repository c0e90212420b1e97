"""The values that travel between the steps of the protocol.

All are frozen, their arrays are read-only, and two of them are the same when their fingerprints are.
One glossary holds everywhere: n samples, m nodes, d dimensions, c classes, k neighbors, s signals.
"""

from margin_core.values.arrays import (
    MAX_FEATURE,
    UNLABELED,
    AnyArray,
    Doubles,
    Floats,
    Ints,
    SignalValues,
    Texts,
    freeze,
    read_only,
    usable_rows,
)
from margin_core.values.explanation import Explanation
from margin_core.values.findings import Findings
from margin_core.values.model import EmbeddingModel, Inputs, Model
from margin_core.values.need import WHERE_TO_GET, Need
from margin_core.values.steps import NO_ROW, Domain, Graph, Influence, Signal, Steps
from margin_core.values.study import Study
from margin_core.values.target import ClassLabels, Target
from margin_core.values.top_classes import TopClasses

__all__ = [
    "MAX_FEATURE",
    "NO_ROW",
    "UNLABELED",
    "WHERE_TO_GET",
    "AnyArray",
    "ClassLabels",
    "Domain",
    "Doubles",
    "EmbeddingModel",
    "Explanation",
    "Findings",
    "Floats",
    "Graph",
    "Influence",
    "Inputs",
    "Ints",
    "Model",
    "Need",
    "Signal",
    "SignalValues",
    "Steps",
    "Study",
    "Target",
    "Texts",
    "TopClasses",
    "freeze",
    "read_only",
    "usable_rows",
]
