"""What the cards, thumbnails and lists of the browser show of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from dashboard.study.open_study import OpenStudy
from dashboard.study.payloads import (
    BriefCard,
    Card,
    CardDecision,
    ClassProbability,
    HistoryEntry,
    SampleReference,
    VerdictName,
)
from dashboard.study.sample_content import compare_neighbors, compared_columns, readable_content
from margin_core.graph import GivenGraph
from margin_core.review import Decision
from margin_core.values import UNLABELED, Ints, Need

NEIGHBORS_SHOWN = 12
CLASSES_SHOWN = 3
HISTORY_SHOWN = 10
LARGEST_GROUP = 60
"""Decisions that one key may make at once."""


def full_cards(opened: OpenStudy, rows: Sequence[int] | Ints) -> list[Card]:
    """Return everything that the review screen and the sample panel show of some samples.

    Parameters
    ----------
    rows : int array (r,)

    Returns
    -------
    list of Card, length r
        Those of `brief_cards`, and: the nearest neighbors with their labels now, those that have one first, how many of
        them agree with the given label, the likeliest classes, the place on the map, the note of the last decision, and
        the sample's own content.
    """
    wanted = np.asarray(rows, dtype=np.int64)
    if not len(wanted):
        return []
    study, positions = opened.study, opened.positions
    labels, words, all_given = opened.votes, probabilities_source(opened), opened.session.given
    cards: list[Card] = []
    for brief, row in zip(brief_cards(opened, wanted), wanted.tolist(), strict=True):
        neighbors = np.array(neighbors_of(opened, row), dtype=np.int64)
        given = int(all_given[row])
        voting = neighbors[labels[neighbors] != UNLABELED]
        agree = int((labels[voting] == given).sum()) if given != UNLABELED else 0
        decision = opened.session.decision(row)
        # Those that vote come first: in a study with few labels, no vote would be among the nearest that are shown.
        shown = np.concatenate([voting, neighbors[labels[neighbors] == UNLABELED]])[:NEIGHBORS_SHOWN].tolist()
        columns = compared_columns(opened, row, given)
        compared = compare_neighbors(opened, row, shown, columns)
        card: Card = {
            **brief,
            "agree": agree,
            "voting": len(voting),
            "agreement": agree / max(len(voting), 1),
            "probabilities": _likeliest_classes(opened, row, given),
            "probabilitiesSource": words,
            "neighbors": [
                {**sample_reference(opened, other), **compared[other], "label": int(labels[other])} for other in shown
            ],
            "x": None if positions is None else float(positions[row, 0]),
            "y": None if positions is None else float(positions[row, 1]),
            "note": "" if decision is None else decision.note,
            "split": str(study.columns["split"][row]) if "split" in study.columns else "",
            "compared": columns,
            "byEdge": is_by_edge(opened),
            **readable_content(opened, row, given, brief["suggested"]),
        }
        cards.append(card)
    return cards


def brief_cards(opened: OpenStudy, rows: Sequence[int] | Ints) -> list[BriefCard]:
    """Return the little that a thumbnail needs: what to call each sample, its rank, labels, score and decision."""
    wanted = np.asarray(rows, dtype=np.int64)
    scores, suggested, given = opened.session.scores, opened.session.suggested, opened.session.given
    ranks = opened.memory.recall("rank", "", lambda: _ranks(opened))
    return [
        {
            **sample_reference(opened, row),
            "rank": int(ranks[row]),
            "given": int(given[row]),
            "suggested": int(suggested[row]),
            "score": float(scores[row]),
            "decision": _decision_card(opened, opened.session.decision(row)),
        }
        for row in wanted.tolist()
    ]


def sample_reference(opened: OpenStudy, row: int) -> SampleReference:
    """Return what a sample is called wherever others speak of it."""
    return {"row": row, "id": str(opened.study.ids[row]), "excerpt": opened.pictures.excerpt(row)}


def recent_decisions(opened: OpenStudy) -> list[HistoryEntry]:
    """List the last ten decisions that hold, newest first, and those made by the same key as the tenth."""
    known = opened.session.history(HISTORY_SHOWN + LARGEST_GROUP)
    end = min(HISTORY_SHOWN, len(known))
    while 0 < end < len(known) and _are_of_one_key(known[end - 1], known[end]):
        end += 1
    session = opened.session
    return [
        {
            **sample_reference(opened, session.study.row_of[decision.sample_id]),
            "decision": decision.id,
            "verdict": verdict_name(decision),
            "given": session.class_number(decision.old_label),
            "label": None if decision.new_label is None else session.class_number(decision.new_label),
            "seq": decision.seq,
            "client": decision.client,
            "at": decision.decided_at.isoformat(),
        }
        for decision in known[:end]
    ]


def neighbors_of(opened: OpenStudy, row: int) -> list[int]:
    """List the nearest neighbors of a sample, nearest first."""
    found = opened.explanation.graph.neighbours[row]
    return [int(other) for other in found[found >= 0]]


def is_by_edge(opened: OpenStudy) -> bool:
    """Return whether neighbors are those that the edges of a given graph join."""
    return isinstance(opened.audited.task.graph, GivenGraph)


def probabilities_source(opened: OpenStudy) -> str:
    """Name, in words, where the class probabilities on a card come from."""
    study = opened.study
    if not study.has(Need.PROBABILITIES):
        of_neighbors = " (that of neighbors, too)" if is_by_edge(opened) else ""
        return f"a linear model on {study.features}{of_neighbors}, on samples it was not fitted on"
    if study.predictor:
        return f"{study.predictor}, on samples it was not fitted on"
    return f"the study's own model, {'out of sample' if study.out_of_sample else 'perhaps trained on this label'}"


def _ranks(opened: OpenStudy) -> Ints:
    """Return the place of each sample (n,) in the ranking the study was opened with, from 1."""
    ranked = opened.explanation.rows
    ranks = np.empty(len(opened.study), dtype=np.int64)
    ranks[ranked] = np.arange(1, len(ranked) + 1)
    return ranks


def _likeliest_classes(opened: OpenStudy, row: int, given: int) -> list[ClassProbability]:
    """List the likeliest classes of a sample, its given label among them; none where nothing predicts any."""
    probabilities = _class_probabilities(opened, row)
    shown = np.lexsort((np.arange(len(probabilities)), -probabilities))[:CLASSES_SHOWN].tolist()
    if given != UNLABELED and given not in shown and given < len(probabilities):
        shown = [*shown[: CLASSES_SHOWN - 1], given]
    return [{"label": int(c), "p": float(probabilities[c])} for c in shown]


def _class_probabilities(opened: OpenStudy, row: int) -> NDArray[np.float64]:
    if opened.study.has(Need.PROBABILITIES):
        return np.asarray(opened.study.probabilities[row], dtype=np.float64)
    if not opened.has_scores:
        return np.empty(0)
    probe = opened.live.label_error_score.models[0].take(np.array([row]))
    return np.asarray(np.exp(probe.dense()[0]), dtype=np.float64)


def _decision_card(opened: OpenStudy, decision: Decision | None) -> CardDecision | None:
    if decision is None:
        return None
    return {
        "id": decision.id,
        "verdict": verdict_name(decision),
        "label": None if decision.new_label is None else opened.session.class_number(decision.new_label),
        "reviewer": decision.reviewer,
        "at": decision.decided_at.isoformat(),
    }


def verdict_name(decision: Decision) -> VerdictName:
    """Return the verdict of a decision that holds; an undone one is no decision any more."""
    return cast("VerdictName", str(decision.verdict))


def _are_of_one_key(one: Decision, other: Decision) -> bool:
    """Return whether two decisions were made at once: a group is decided by one key of one tab."""
    return (one.client, one.decided_at) == (other.client, other.decided_at)
