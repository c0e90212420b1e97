"""The answer of a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.values.arrays import Doubles, Floats, Texts, freeze, frozen, read_only
from margin_core.values.summaries import html_facts, html_rows

SHOWN = 10
"""Findings that a notebook shows."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Findings:
    """Step 5: the findings, always the complete ranking, best first.

    Attributes
    ----------
    ids : array of str (q,)
    scores : float array (q,)
        In descending order; the task defines what larger means.
    roles : array of str (q,)
        ``suspect``, ``unlabelled``, ``unscored``, ``prototype``, ``criticism`` ...
    evidence : mapping of str to array (q,) or (q, k)
        The reasons, column by column, in the order of `ids`.
    maps : mapping of str to float32 array (places)
        Values for each place of one sample, if the nodes are its parts; see `Domain.layout`.
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

    def __repr__(self) -> str:
        return f"Findings({', '.join(f'{name}: {text}' for name, text in self.facts())})"

    def facts(self) -> list[tuple[str, str]]:
        """Return what the findings are, in a few words.

        Returns
        -------
        list of (str, str)
            How many of each role, the first one, the columns of evidence.
        """
        roles, first_places, counts = np.unique(self.roles, return_index=True, return_counts=True)
        order = first_places.argsort()
        listed = ", ".join(f"{count:,} {role}" for role, count in zip(roles[order], counts[order], strict=True))
        first = [("first", f"{self.ids[0]} (score {self.scores[0]:.3g})")] if len(self) else []
        return [("findings", listed or "none"), *first, ("evidence", ", ".join(self.evidence) or "none")]

    def _repr_html_(self) -> str:
        shown = range(min(len(self), SHOWN))
        columns = {name: values for name, values in self.evidence.items() if values.ndim == 1}
        rows = (
            [str(self.ids[place]), f"{self.scores[place]:.3g}", str(self.roles[place])]
            + [
                f"{values[place]:.3g}" if values.dtype.kind == "f" else str(values[place])
                for values in columns.values()
            ]
            for place in shown
        )
        return html_facts("Findings", self.facts()) + html_rows(["id", "score", "role", *columns], rows)
