"""Rules that select prototypes, one a file, by name."""

from margin_core.tasks.prototypes.selection.candidates import CandidatePool, SelectionRule, compute_quotas, interleave
from margin_core.tasks.prototypes.selection.coverage import coverage, facility_location
from margin_core.tasks.prototypes.selection.influence import influence
from margin_core.tasks.prototypes.selection.k_medoids import k_medoids
from margin_core.tasks.prototypes.selection.literal import literal
from margin_core.tasks.prototypes.selection.log_det import select_diverse
from margin_core.tasks.prototypes.selection.mmd_critic import mmd_critic, mmd_criticisms
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
    "SELECTION_RULES",
    "CandidatePool",
    "SelectionRule",
    "compute_quotas",
    "facility_location",
    "interleave",
    "mmd_criticisms",
    "select_diverse",
]
