"""Rules that select prototypes, one a file, by name; and those that select criticisms."""

from margin_core.tasks.prototypes.selection.candidates import CandidatePool, SelectionRule, compute_quotas, interleave
from margin_core.tasks.prototypes.selection.coverage import coverage
from margin_core.tasks.prototypes.selection.criticisms import CRITICISM_RULES, select_criticisms
from margin_core.tasks.prototypes.selection.influence import influence
from margin_core.tasks.prototypes.selection.k_medoids import k_medoids
from margin_core.tasks.prototypes.selection.literal import literal
from margin_core.tasks.prototypes.selection.mmd_critic import mmd_critic
from margin_core.tasks.prototypes.selection.round_robin import round_robin

SELECTION_RULES: dict[str, SelectionRule] = {
    "coverage": coverage,
    "influence": influence,
    "round_robin": round_robin,
    "literal": literal,
    "mmd_critic": mmd_critic,
    "k_medoids": k_medoids,
}
"""Every rule of `Prototypes` by name, the default first."""

__all__ = [
    "CRITICISM_RULES",
    "SELECTION_RULES",
    "CandidatePool",
    "SelectionRule",
    "compute_quotas",
    "interleave",
    "select_criticisms",
]
