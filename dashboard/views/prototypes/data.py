"""Prototypes and criticisms, class by class, as the browser shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from margin_core.audit.kept import Answer
from margin_core.tasks import Prototypes
from margin_core.tasks.prototypes.kernel import squared_distances
from margin_core.values import UNLABELLED, Ints, Need, usable_rows

if TYPE_CHECKING:
    from dashboard.study.open_study import OpenStudy

PEER = "mmd_critic"
RULES = {
    "coverage": Prototypes(),
    PEER: Prototypes(pick=PEER, criticisms_by=PEER),
}
"""What the page can show, by the name that addresses give it; the default first."""

ON_THE_MAP = 20
"""Of one class so many are coloured on the map."""

MOST = 50
"""Of one class the browser is sent no more prototypes, nor criticisms."""


def told(opened: OpenStudy, found: Answer) -> dict[str, Any]:
    """Tell of each class what stands for it and what is odd in it.

    ``from`` and ``took`` say of each prototype from which earlier ones of its class (-1: from nobody) it takes how
    many samples when it is added, so that the browser can say of any number of them what each stands for.
    """
    evidence, roles = found.explanation.findings.evidence, found.explanation.findings.roles
    by_class = _by_class(opened, found)
    groups = []
    for label, size in by_class.items():
        own = evidence["class"] == label if label != UNLABELLED else np.ones(len(roles), dtype=bool)
        typical, odd = (np.flatnonzero(own & (roles == role))[:MOST] for role in ("prototype", "criticism"))
        place = {int(finding): number for number, finding in enumerate(typical)}
        groups.append({
            "class": label,
            "size": size,
            "prototypes": [
                _sample(opened, found, finding) | _takes(found, finding, place) for finding in typical.tolist()
            ],
            "criticisms": [
                _sample(opened, found, finding) | _differs(opened, found, finding) for finding in odd.tolist()
            ],
        })  # fmt: skip
    return {"groups": groups}


def _by_class(opened: OpenStudy, found: Answer) -> dict[int, int]:
    """Count the usable samples of each class, in order; -1 stands for all samples, where nothing has a label."""
    study = opened.study
    usable = usable_rows(study.embedding)
    labels = study.labels if study.has(Need.LABELS) else np.full(len(study), UNLABELLED)
    known = labels != UNLABELLED
    if not known.any():
        return {UNLABELLED: int(usable.sum())}
    sizes = np.bincount(labels[known & usable], minlength=len(study.class_names))
    present = np.bincount(labels[known], minlength=len(study.class_names)) > 0
    return {label: int(sizes[label]) for label in np.flatnonzero(present).tolist()}


def _sample(opened: OpenStudy, found: Answer, finding: int) -> dict[str, Any]:
    evidence, row = found.explanation.findings.evidence, int(found.rows[finding])
    agreement = float(evidence["agreement"][finding])
    return {
        "row": row,
        "id": str(opened.study.ids[row]),
        "influence": float(evidence["influence"][finding]),
        "density": float(evidence["density"][finding]),
        "agreement": None if np.isnan(agreement) else agreement,
    }


def _takes(found: Answer, finding: int, place: dict[int, int]) -> dict[str, Any]:
    evidence = found.explanation.findings.evidence
    took = evidence["taken"][finding]
    former = evidence["taken_from"][finding][took > 0].tolist()
    return {
        "covers": float(evidence["covers"][finding]),
        "from": [place.get(one, -1) for one in former],
        "took": took[took > 0].tolist(),
    }


def _differs(opened: OpenStudy, found: Answer, finding: int) -> dict[str, Any]:
    evidence = found.explanation.findings.evidence
    nearest = np.flatnonzero(found.explanation.findings.ids == evidence["deviates_from"][finding])
    row = int(found.rows[nearest[0]]) if len(nearest) else None
    return {
        "reason": str(evidence["reason"][finding]),
        "modelClass": int(evidence["model_class"][finding]),
        "nearest": None if row is None else {"row": row, "id": str(opened.study.ids[row])},
    }


def shown(found: Answer, role: str, first: int, label: int | None = None) -> Ints:
    """List the first so many rows of each class in a role, or of one class."""
    findings = found.explanation.findings
    classes = findings.evidence["class"]
    picked = np.flatnonzero(findings.roles == role)
    order = picked[np.argsort(classes[picked], kind="stable")]
    _, starts, sizes = np.unique(classes[order], return_index=True, return_counts=True)
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    kept = order[(place < first) & ((classes[order] == label) | (label is None))]
    rows: Ints = found.rows[np.sort(kept)]
    return rows


def stood_for(opened: OpenStudy, found: Answer, row: int, first: int) -> Ints:
    """List the samples that are nearest to a prototype when its class has the first so many; O(class size x first)."""
    study = opened.study
    of = found.rows == row
    label = int(found.explanation.findings.evidence["class"][of][0])
    prototypes = shown(found, "prototype", first, label)
    usable = usable_rows(study.embedding)
    members = np.flatnonzero(usable & (study.labels == label)) if label != UNLABELLED else np.flatnonzero(usable)
    centre = study.embedding[members].mean(axis=0)
    apart = squared_distances(study.embedding[prototypes] - centre, study.embedding[members] - centre)
    nearest: Ints = members[prototypes[apart.argmin(axis=0)] == row]
    return nearest


def role_codes(found: Answer, n: int, first: int = ON_THE_MAP) -> NDArray[np.uint8]:
    """Give each of n samples 0 where it is one of the first prototypes of its class, 1 where a criticism, else 255."""
    codes = np.full(n, 255, dtype=np.uint8)
    codes[shown(found, "criticism", first)] = 1
    codes[shown(found, "prototype", first)] = 0
    return codes
