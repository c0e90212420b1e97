"""Prototypes and criticisms, class by class, as the browser shows them."""

from __future__ import annotations

from typing import Literal, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from dashboard.study.cards import sample_reference
from dashboard.study.open_study import OpenStudy
from dashboard.study.payloads import ReadableSample, SampleReference
from dashboard.study.sample_content import readable_sample
from margin_core.function.distances import squared_distances
from margin_core.tasks import Prototypes
from margin_core.values import UNLABELED, Explanation, Ints, Need, usable_rows

PEER = "mmd_critic"
RULES = {
    "coverage": Prototypes(),
    PEER: Prototypes(pick=PEER, criticisms_by=PEER),
}
"""What the page can show, by the name that addresses give it; the default first."""

MAX_ON_MAP = 20
"""Of one class so many are colored on the map."""

MAX_PER_ROLE = 50
"""Of one class the browser is sent no more prototypes, nor criticisms."""


class RankedSample(ReadableSample):
    """A sample that was picked.

    Attributes
    ----------
    influence
        In [0, 1].
    density
        Share of the class that lies in a sparser place.
    agreement
        Share of its neighbors, by weight, that carry its label; None: that is not known.
    """

    influence: float
    density: float
    agreement: float | None


class Prototype(RankedSample):
    """A sample that represents others.

    Attributes
    ----------
    coverage
        How well all up to this one cover the class, in [0, 1].
    takenFrom, taken
        From which earlier ones of its class (-1: from nobody) it takes how many samples when it is added, so that the
        browser can say of any number of them what each represents.
    """

    coverage: float
    takenFrom: list[int]
    taken: list[int]


class Criticism(RankedSample):
    """A sample that the prototypes of its class do not represent.

    Attributes
    ----------
    predicted
        What the model takes it for.
    nearest
        Its nearest prototype.
    """

    reason: Literal["label", "model", "density"]
    predicted: int
    nearest: SampleReference | None


class PrototypeGroup(TypedDict):
    """The prototypes and criticisms of one class.

    Attributes
    ----------
    label
        The class; -1: all samples, where nothing has a label.
    size
        Its samples.
    """

    label: int
    size: int
    prototypes: list[Prototype]
    criticisms: list[Criticism]


class PrototypesAnswer(TypedDict):
    """Prototypes and criticisms, class by class."""

    groups: list[PrototypeGroup]


def prototypes_payload(opened: OpenStudy, found: Explanation) -> PrototypesAnswer:
    """Return the prototypes and the criticisms of each class, as the browser shows them."""
    evidence, roles = found.findings.evidence, found.findings.roles
    groups: list[PrototypeGroup] = []
    for label, size in _class_sizes(opened).items():
        own = evidence["class"] == label if label != UNLABELED else np.ones(len(roles), dtype=bool)
        prototypes, criticisms = (
            np.flatnonzero(own & (roles == role))[:MAX_PER_ROLE] for role in ("prototype", "criticism")
        )
        place = {int(finding): number for number, finding in enumerate(prototypes)}
        groups.append({
            "label": label,
            "size": size,
            "prototypes": [_prototype(opened, found, finding, place) for finding in prototypes.tolist()],
            "criticisms": [_criticism(opened, found, finding) for finding in criticisms.tolist()],
        })  # fmt: skip
    return {"groups": groups}


def _class_sizes(opened: OpenStudy) -> dict[int, int]:
    """Count the usable samples of each class, in order; -1 stands for all samples, where nothing has a label."""
    study = opened.study
    usable = usable_rows(study.embedding)
    labels = study.labels if study.has(Need.LABELS) else np.full(len(study), UNLABELED)
    known = labels != UNLABELED
    if not known.any():
        return {UNLABELED: int(usable.sum())}
    sizes = np.bincount(labels[known & usable], minlength=len(study.class_names))
    present = np.bincount(labels[known], minlength=len(study.class_names)) > 0
    return {label: int(sizes[label]) for label in np.flatnonzero(present).tolist()}


def _sample(opened: OpenStudy, found: Explanation, finding: int) -> RankedSample:
    evidence, row = found.findings.evidence, int(found.rows[finding])
    agreement = float(evidence["agreement"][finding])
    label, predicted = int(evidence["class"][finding]), int(evidence["model_class"][finding])
    is_criticism = found.findings.roles[finding] == "criticism"
    against = predicted if is_criticism and predicted != label else UNLABELED
    return {
        **sample_reference(opened, row),
        **readable_sample(opened, row, label, against, most_unusual=is_criticism),
        "influence": float(evidence["influence"][finding]),
        "density": float(evidence["density"][finding]),
        "agreement": None if np.isnan(agreement) else agreement,
    }


def _prototype(opened: OpenStudy, found: Explanation, finding: int, place: dict[int, int]) -> Prototype:
    evidence = found.findings.evidence
    took = evidence["taken"][finding]
    earlier = evidence["taken_from"][finding][took > 0].tolist()
    return {
        **_sample(opened, found, finding),
        "coverage": float(evidence["covers"][finding]),
        "takenFrom": [place.get(one, -1) for one in earlier],
        "taken": took[took > 0].tolist(),
    }


def _criticism(opened: OpenStudy, found: Explanation, finding: int) -> Criticism:
    evidence = found.findings.evidence
    nearest = np.flatnonzero(found.findings.ids == evidence["deviates_from"][finding])
    row = int(found.rows[nearest[0]]) if len(nearest) else None
    return {
        **_sample(opened, found, finding),
        "reason": cast("Literal['label', 'model', 'density']", str(evidence["reason"][finding])),
        "predicted": int(evidence["model_class"][finding]),
        "nearest": None if row is None else sample_reference(opened, row),
    }


def rows_in_role(found: Explanation, role: str, first: int, label: int | None = None) -> Ints:
    """Select the first so many rows of each class in a role, or of one class."""
    findings = found.findings
    classes = findings.evidence["class"]
    picked = np.flatnonzero(findings.roles == role)
    order = picked[np.argsort(classes[picked], kind="stable")]
    _, starts, sizes = np.unique(classes[order], return_index=True, return_counts=True)
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    kept = order[(place < first) & ((classes[order] == label) | (label is None))]
    rows: Ints = found.rows[np.sort(kept)]
    return rows


def rows_represented(opened: OpenStudy, found: Explanation, row: int, first: int) -> Ints:
    """Select the samples nearest to a prototype when its class has the first so many; O(class size x first)."""
    study = opened.study
    of = found.rows == row
    label = int(found.findings.evidence["class"][of][0])
    prototypes = rows_in_role(found, "prototype", first, label)
    usable = usable_rows(study.embedding)
    members = np.flatnonzero(usable & (study.labels == label)) if label != UNLABELED else np.flatnonzero(usable)
    center = study.embedding[members].mean(axis=0)
    apart = squared_distances(study.embedding[prototypes] - center, study.embedding[members] - center)
    nearest: Ints = members[prototypes[apart.argmin(axis=0)] == row]
    return nearest


def role_codes(found: Explanation, n: int, first: int = MAX_ON_MAP) -> NDArray[np.uint8]:
    """Return for each of n samples 0 where it is one of the first prototypes of its class, 1 a criticism, else 255."""
    codes = np.full(n, 255, dtype=np.uint8)
    codes[rows_in_role(found, "criticism", first)] = 1
    codes[rows_in_role(found, "prototype", first)] = 0
    return codes
