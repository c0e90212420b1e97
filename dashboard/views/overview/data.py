"""The samples behind the counts of the overview."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.study.open_study import OpenStudy
from margin_core.audit.overview import ClassCount, Confusion
from margin_core.values import UNLABELED, Ints


def rows_without_conflict(opened: OpenStudy) -> Ints:
    """Select the samples whose label was ranked, and not suspect, before review."""
    labels = opened.study.maybe_labels
    found = np.zeros(len(opened.study), bool) if labels is None else labels != UNLABELED
    for other in ("suspects", "unranked"):
        found[opened.audited.overview.groups[other]] = False
    return np.flatnonzero(found)


def rows_confused(opened: OpenStudy, pair: Confusion) -> Ints:
    """Select the samples behind a pair of classes: suspects before review, most suspect first."""
    suspects: Ints = opened.audited.overview.groups["suspects"]
    suggested = np.empty(len(opened.study), dtype=np.int64)
    suggested[opened.explanation.rows] = opened.explanation.findings.evidence["suggested"]
    is_pair = (opened.study.labels[suspects] == pair.given) & (suggested[suspects] == pair.suggested)
    confused: Ints = suspects[is_pair]
    return confused


def select_worst_classes(classes: Sequence[ClassCount], limit: int) -> list[ClassCount]:
    """Select the classes with the most suspects, in that order, where there are more than are shown; else all."""
    if len(classes) <= limit:
        return list(classes)
    return sorted(classes, key=lambda count: (-count.suspects, -count.samples))[:limit]


def select_confusions(
    confusions: Sequence[Confusion], names: Sequence[str], limit: int
) -> tuple[list[Confusion], list[str]]:
    """Select the most frequent confusions between at most so many classes, with these numbered anew, and their names.

    Where there are no more classes than that, all are returned.
    """
    if len(names) <= limit:
        return list(confusions), list(names)
    places: dict[int, int] = {}
    for pair in confusions:
        new = {pair.given, pair.suggested} - places.keys()
        if len(places) + len(new) > limit:
            break
        places.update({number: len(places) + place for place, number in enumerate(sorted(new))})
    places = {number: place for place, number in enumerate(sorted(places))}
    shown = [
        Confusion(places[pair.given], places[pair.suggested], pair.count)
        for pair in confusions
        if pair.given in places and pair.suggested in places
    ]
    return shown, [names[number] for number in places]
