"""The answer of a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from margin_core.values.arrays import Doubles, Floats, Texts, freeze, frozen, read_only


@dataclass(frozen=True, eq=False, kw_only=True)
class Findings:
    """Step 5: the answer, always the full ranking, best first; views slice it.

    Attributes
    ----------
    ids : array of str (q,)
    scores : float array (q,)
        Not increasing; what larger means is the task's to say.
    roles : array of str (q,)
        ``suspect``, ``unlabelled``, ``unscored``, ``prototype``, ``criticism`` ...
    evidence : mapping of str to array (q,) or (q, k)
        The reasons, column by column, in the order of `ids`.
    maps : mapping of str to float32 array (places)
        What is said of each place of one sample, where nodes are its parts; see `Domain.layout`.
    """

    ids: Texts
    scores: Doubles
    roles: Texts
    evidence: Mapping[str, NDArray[Any]]
    maps: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        freeze(self, "ids", "scores", "roles")
        evidence = {name: frozen(values) for name, values in self.evidence.items()}
        object.__setattr__(self, "evidence", MappingProxyType(evidence))
        maps = {name: read_only(values) for name, values in self.maps.items()}
        object.__setattr__(self, "maps", MappingProxyType(maps))

    def __len__(self) -> int:
        return len(self.ids)
