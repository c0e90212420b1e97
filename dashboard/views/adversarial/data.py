"""What the page shows of an attack: its result, areas, overlaps, the map, and the pictures before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict

import numpy as np

from dashboard.study.open_study import OpenStudy
from dashboard.study.parts import Part, has_part
from dashboard.views.adversarial import wording
from margin_core.audit.study_graph import on_study_graph
from margin_core.errors import MarginError, NotComputed
from margin_core.projection import compute_map
from margin_core.storage.engine import Run
from margin_core.tasks import AdversarialStatistics, Prototypes
from margin_core.tasks.adversarial.attacked_samples import AttackedSamples
from margin_core.tasks.adversarial.attacks.attack import ATTACKS
from margin_core.tasks.adversarial.comparison import (
    Area,
    Overlap,
    Prevalence,
    ShareComparison,
    compare_criticisms,
    compute_areas,
    measure_overlap,
)
from margin_core.tasks.adversarial.duration import Speed, measure_speed
from margin_core.tasks.adversarial.evidence import SCORES
from margin_core.tasks.adversarial.task import GIVEN
from margin_core.values import Doubles, Explanation, Floats, Ints, Need

MAX_ATTACKS = 8
"""Attacks whose results are kept in memory."""

MAX_PAIRS = 2_000
"""Pairs that are stepped through, the first ones by the order that is chosen."""

MAX_POINTS = 4_000
"""Samples on the map, which is drawn without WebGL."""

EXTREMES = (0.01, 0.99)
"""Quantiles between which the values of a score are drawn."""

RANK_BINS = 25

Order = Literal["likely", "unlikely", "small"]


class AttackedPair(TypedDict):
    """A sample before and after an attack that changed its predicted class.

    Attributes
    ----------
    place
        In the address of its pictures.
    before, after
        Predicted classes.
    pBefore, pAfter
        Their probabilities.
    length, largest
        Of the change: Euclidean, and the largest value; pixels are from 0 to 1.
    staysChanged
        Whether the class stays changed when pixels are rounded to 8 bits.
    cleanScore, attackedScore
        Share of all samples that score no higher; None: the score is not known.
    """

    place: int
    row: int
    id: str
    before: int
    after: int
    pBefore: float
    pAfter: float
    length: float
    largest: float
    staysChanged: bool
    cleanScore: float | None
    attackedScore: float | None


class AttackedPairs(TypedDict):
    """Pairs in the order that was asked for; `total` counts those beyond the limit, too."""

    total: int
    pairs: list[AttackedPair]


@dataclass(frozen=True, eq=False)
class AttackResult:
    """Everything that is known of an attack.

    Attributes
    ----------
    task : AdversarialStatistics
    found : Explanation
    areas : dict of str to Area
        By score.
    prevalence : Prevalence
    positions : float array (m, 2)
        On the map, in the order of the findings.
    attacked : AttackedSamples or None
        None where the samples are given.
    """

    task: AdversarialStatistics
    found: Explanation
    areas: dict[str, Area]
    prevalence: Prevalence
    positions: Floats
    attacked: AttackedSamples | None

    @property
    def is_given(self) -> bool:
        """Whether nothing was attacked."""
        return self.task.attack == GIVEN

    @property
    def groups(self) -> tuple[str, str]:
        """What clean and attacked samples are called."""
        return wording.GROUPS[self.is_given]

    @property
    def best_score(self) -> str:
        """The score with the largest area."""
        return max(self.areas, key=lambda name: np.nan_to_num(self.areas[name].auc, nan=-1.0))


def possible_attacks(opened: OpenStudy) -> tuple[tuple[str, ...], str]:
    """Return the attacks that a study allows, and why its model cannot be attacked; empty where it can."""

    def find() -> tuple[tuple[str, ...], str]:
        study, reason = opened.study, ""
        found: tuple[str, ...] = ()
        try:
            AdversarialStatistics().check(study)
            found = ATTACKS
        except MarginError as error:
            reason = str(error)
        is_given = has_part(opened, Part.REFERENCE) and study.has(Need.EMBEDDING)
        return (*found, *((GIVEN,) if is_given and study.reference.has(Need.EMBEDDING) else ())), reason

    return opened.memory.recall("possible_attacks", "", find)


def speed_of(opened: OpenStudy) -> Speed:
    """Return how fast the model of a study is on this machine; it takes about a second, once."""
    return opened.memory.recall("attack_speed", "", lambda: measure_speed(opened.study))


def result_of(opened: OpenStudy, task: AdversarialStatistics) -> AttackResult | None:
    """Return everything that is known of an attack; None until all of it is in the workspace."""
    found = opened.answer(task)
    if found is None:
        return None

    def load() -> AttackResult:
        engine = opened.audited.opened.engine
        return AttackResult(
            task,
            found,
            dict(compute_areas(found.findings, SCORES)),
            task.prevalence(opened.study, Run(engine)),
            compute_map(task.graph, found.domain, found.graph, Run(engine))[found.nodes],
            None if task.attack == GIVEN else task.attacked(opened.study, Run(engine)),
        )

    try:
        return opened.memory.recall("attack_result", found.fingerprint, load, capacity=MAX_ATTACKS)
    except NotComputed:
        return None


def kept_result(opened: OpenStudy, key: str) -> AttackResult | None:
    """Return the result that a page has loaded before, by its fingerprint."""
    return opened.memory.get("attack_result", key)


def overlap_of(opened: OpenStudy, result: AttackResult, score: str) -> Overlap:
    """Return the overlap of clean and attacked samples by one score, and the clean samples in it."""
    evidence = result.found.findings.evidence
    return opened.memory.recall(
        "overlap", (result.found.fingerprint, score), lambda: measure_overlap(evidence[score], evidence["attacked"])
    )


def drawn_overlaps(result: AttackResult, axis: str) -> dict[str, Overlap]:
    """Return the histograms of every score as they are drawn.

    Parameters
    ----------
    axis : {'ranks', 'values'}
        Percentiles among all samples, or the scores between their extremes.
    """
    return {name: drawn_overlap(result, name, axis) for name in result.areas}


def drawn_overlap(result: AttackResult, score: str, axis: str) -> Overlap:
    """Return the histograms of one score as they are drawn.

    Parameters
    ----------
    score : str
        One of `SCORES`.
    axis : {'ranks', 'values'}
        Percentiles among all samples, or the scores between their extremes.
    """
    evidence = result.found.findings.evidence
    scores, attacked = evidence[score], evidence["attacked"]
    if axis == "ranks":
        return measure_overlap(100 * rank_scores(scores), attacked, bins=RANK_BINS)
    return measure_overlap(_without_extremes(scores), attacked)


def rank_scores(scores: Doubles) -> Doubles:
    """Return the share of samples that score no higher, (m,) in (0, 1]; NaN where a score is not known."""
    known = np.isfinite(scores)
    ordered = np.sort(scores[known])
    ranks = np.full(len(scores), np.nan)
    ranks[known] = np.searchsorted(ordered, scores[known], side="right") / max(len(ordered), 1)
    return ranks


def _without_extremes(scores: Doubles) -> Doubles:
    known = np.isfinite(scores)
    if not known.any():
        return scores
    low, high = np.quantile(scores[known], EXTREMES)
    return np.asarray(np.clip(scores, low, high))


def look_attacked(result: AttackResult, overlap: Overlap, score: str) -> Ints:
    """Return the rows of the clean samples in the overlap, those that score highest first."""
    places = np.flatnonzero(overlap.looks_attacked)
    scores = result.found.findings.evidence[score][places]
    rows: Ints = result.found.rows[places[np.argsort(-scores, kind="stable")]]
    return rows


def most_suspicious(result: AttackResult, score: str) -> Ints:
    """Return the rows of suspicious samples, those that score highest first."""
    evidence = result.found.findings.evidence
    places = np.flatnonzero(evidence["attacked"] & np.isfinite(evidence[score]))
    rows: Ints = result.found.rows[places[np.argsort(-evidence[score][places], kind="stable")]]
    return rows


def criticisms_among(opened: OpenStudy, result: AttackResult, overlap: Overlap) -> ShareComparison | None:
    """Compare how often clean samples in the overlap are criticisms with how often others are.

    Returns
    -------
    ShareComparison or None
        None where nobody has computed the prototypes of the study.
    """
    if not opened.study.has(Need.EMBEDDING):
        return None
    prototypes = opened.answer(on_study_graph(Prototypes(), opened.study))
    if prototypes is None:
        return None
    evidence = result.found.findings.evidence
    ids = evidence["sample"]
    return compare_criticisms(ids[overlap.looks_attacked], ids[~evidence["attacked"]], prototypes.findings)


def first_row(opened: OpenStudy, result: AttackResult, score: str) -> int | None:
    """Return the row that is shown before one is picked: that of the first pair, or the most suspicious sample."""
    if result.is_given:
        return next(iter(most_suspicious(result, score).tolist()), None)
    pairs = opened.memory.recall(
        "first_pair", (result.found.fingerprint, score), lambda: pairs_payload(opened, result, score, "likely")["pairs"]
    )
    return pairs[0]["row"] if pairs else None


def points_shown(result: AttackResult) -> Ints:
    """Return the places of the findings that are drawn on the map: all, or some at random."""
    m = len(result.positions)
    if m <= MAX_POINTS:
        return np.arange(m)
    return np.sort(np.random.default_rng(0).permutation(m)[:MAX_POINTS])


def hover_words(result: AttackResult, places: Ints) -> list[str]:
    """Return what is shown of points of the map under the pointer."""
    found = result.found.findings
    evidence, groups = found.evidence, result.groups
    return [
        wording.hover(
            str(evidence["sample"][place]), groups[int(evidence["attacked"][place])],
            str(evidence["class_name"][place]), str(evidence["model_class_name"][place]), float(found.scores[place]),
        )
        for place in places.tolist()
    ]  # fmt: skip


def pairs_payload(opened: OpenStudy, result: AttackResult, score: str, order: Order) -> AttackedPairs:
    """Return the pairs whose class an attack changed, in an order.

    Parameters
    ----------
    score : str
        One of `SCORES`.
    order : {'likely', 'unlikely', 'small'}
        Attacked samples that score highest first, or lowest, or those with the smallest Euclidean change.
    """
    attacked, evidence = result.attacked, result.found.findings.evidence
    assert attacked is not None  # pictures were attacked
    ranks = rank_scores(evidence[score])
    by_row: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for row, is_attacked, rank in zip(
        result.found.rows.tolist(), evidence["attacked"].tolist(), ranks.tolist(), strict=True
    ):
        by_row[is_attacked][row] = rank
    places = np.flatnonzero(attacked.changed)
    rows = attacked.clean.rows[places]
    own = np.array([by_row[True].get(row, np.nan) for row in rows.tolist()])
    keys = {"likely": -np.nan_to_num(own, nan=-1), "unlikely": np.nan_to_num(own, nan=2)}
    key = keys.get(order, attacked.distance_2[places])
    chosen = np.argsort(key, kind="stable")[:MAX_PAIRS]
    before, after = _softmax(attacked.clean.logits), _softmax(attacked.logits)
    pairs = []
    for place in places[chosen].tolist():
        row = int(attacked.clean.rows[place])
        one, other = int(attacked.clean.classes[place]), int(attacked.classes[place])
        pairs.append(
            AttackedPair(
                place=place, row=row, id=str(opened.study.ids[row]), before=one, after=other,
                pBefore=float(before[place, one]), pAfter=float(after[place, other]),
                length=float(attacked.distance_2[place]), largest=float(attacked.distance_inf[place]),
                staysChanged=bool(attacked.changed_as_bytes[place]),
                cleanScore=_number(by_row[False].get(row)), attackedScore=_number(by_row[True].get(row)),
            )
        )  # fmt: skip
    return AttackedPairs(total=len(places), pairs=pairs)


def _softmax(logits: Floats) -> Doubles:
    wide = logits.astype(np.float64)
    powers = np.exp(wide - wide.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _number(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(value, 4)
