"""Why one sample is suspect: the evidence on its label, as the browser shows it."""

from __future__ import annotations

import numpy as np

from dashboard.study.cards import is_by_edge, neighbors_of, sample_reference
from dashboard.study.error_probabilities import error_curve
from dashboard.study.open_study import OpenStudy
from dashboard.study.payloads import DecidedAlike, ErrorCurve, EvidenceSource, LabelEvidence, SimilarDecision
from dashboard.study.sample_content import ComparedNeighbor, compare_neighbors, compared_columns
from margin_core.review import Decision, Verdict
from margin_core.review.decision import CODES, DECIDED_CODES, KNOWN_CLASS_CODES
from margin_core.tasks.label_flips.breakdown import ScoreBreakdown, compute_breakdown, select_nearest
from margin_core.tasks.label_flips.scored_nodes import have_evidence
from margin_core.values import UNLABELED, Ints, Need

NEIGHBORS_LISTED = 24
SIMILAR_SHOWN = 8
CLASSES_SHOWN = 4


def label_evidence(opened: OpenStudy, row: int) -> LabelEvidence:
    """Compute what each source of evidence says about a sample's label, and what was decided about samples like it.

    Notes
    -----
    Everything is as labels stand now. 100,000 samples: 5 ms, and as long as the posterior takes where nobody has asked
    for it since the last decision.
    """
    study, session, live = opened.study, opened.session, opened.live
    states = session.states
    labels = np.array(live.labels)  # a copy: decisions go on meanwhile
    why = compute_breakdown(live.label_error_score, labels, row, np.isin(states, KNOWN_CLASS_CODES))
    listed = why.neighbors[:NEIGHBORS_LISTED]
    classes, given = _classes(why), int(study.labels[row])
    compared = _compared(opened, row, given, [one.row for one in listed])
    return {
        "row": row,
        "id": str(study.ids[row]),
        "version": opened.version,
        "given": given,
        "label": why.label,
        "suggested": UNLABELED if why.suggested is None else why.suggested,
        "score": why.score,
        "factor": why.factor,
        "ranksTheQueue": opened.audited.task.method == "pooled",
        "isolated": not bool(have_evidence(study, opened.explanation.graph, opened.audited.task.graph)[row]),
        "byEdge": is_by_edge(opened),
        "classes": classes,
        "pooled": [float(why.pooled[c]) for c in classes],
        "sources": _sources(opened, why, classes),
        "voting": len(why.neighbors),
        "nearest": len({one.row for one in why.neighbors} & set(neighbors_of(opened, row))),
        "agreement": sum(one.share for one in why.neighbors if one.agrees),
        "neighbors": [
            {
                **sample_reference(opened, one.row),
                **compared[one.row],
                "label": one.label,
                "share": one.share,
                "agrees": one.agrees,
                "reviewed": one.verified,
                "suggested": one.suggested,
                "scoreIfCorrected": one.score_if_corrected,
            }
            for one in listed
        ],
        "unlisted": sum(one.share for one in why.neighbors[NEIGHBORS_LISTED:]),
        "suspectNeighbors": sum(one.suggested is not None for one in why.neighbors),
        "scoreIfAllCorrected": why.score_if_all_corrected,
        "similar": _similar(opened, row, np.isin(states, DECIDED_CODES)),
        "decidedAlike": _decided_alike(opened, row, states),
        "curve": error_curve_payload(opened),
    }


def error_curve_payload(opened: OpenStudy) -> ErrorCurve:
    """Compute how likely a label of each score is wrong; empty where that is not known of this queue's score."""
    version, curve = opened.version, error_curve(opened)
    if curve is None:
        return ErrorCurve(version=version, scoreLogit=[], mean=[], low=[], high=[])
    parts = (curve.score_logit, curve.mean, curve.low, curve.high)
    score_logit, mean, low, high = (np.round(part, 4).tolist() for part in parts)
    return ErrorCurve(version=version, scoreLogit=score_logit, mean=mean, low=low, high=high)


def _classes(why: ScoreBreakdown) -> list[int]:
    """Select the classes that are worth a column: the label, the suggested class, and what else is likely."""
    first = [c for c in (why.label, why.suggested) if c is not None and c != UNLABELED]
    likely = np.lexsort((np.arange(len(why.pooled)), -why.pooled)).tolist()
    return [*first, *(c for c in likely if c not in first)][:CLASSES_SHOWN]


def _sources(opened: OpenStudy, why: ScoreBreakdown, classes: list[int]) -> list[EvidenceSource]:
    study = opened.study
    words = ["neighbors", f"linear probe on {study.features}", study.predictor or "the study's own model"]
    total = sum(one.weight for one in why.opinions) or 1.0
    sources: list[EvidenceSource] = [
        {
            "words": word,
            "weight": one.weight,
            "share": one.weight / total,
            "probabilities": [float(one.probabilities[c]) for c in classes],
        }
        for word, one in zip(words, why.opinions, strict=False)
    ]
    if study.has(Need.PROBABILITIES) and not study.out_of_sample:
        model = study.probabilities[why.row]
        sources.append(
            {"words": words[2], "weight": 0.0, "share": 0.0, "probabilities": [float(model[c]) for c in classes]}
        )
    return sources


def _similar(opened: OpenStudy, row: int, decided: np.ndarray) -> list[SimilarDecision]:
    """List the nearest samples that somebody has decided on."""
    found = opened.explanation
    rows = select_nearest(
        found.graph, found.domain.points, row, decided, limit=SIMILAR_SHOWN, metric=opened.audited.task.graph.metric
    )
    decisions = ((other, opened.session.decision(other)) for other in rows.tolist())
    compared = _compared(opened, row, int(opened.study.labels[row]), rows.tolist())
    return [
        _similar_decision(opened, other, decision, compared[other])
        for other, decision in decisions
        if decision is not None
    ]


def _compared(opened: OpenStudy, row: int, given: int, others: list[int]) -> dict[int, ComparedNeighbor]:
    """Return what others share with a sample and where they differ, in the columns that its card compares."""
    return compare_neighbors(opened, row, others, compared_columns(opened, row, given))


def _similar_decision(opened: OpenStudy, row: int, decision: Decision, compared: ComparedNeighbor) -> SimilarDecision:
    number_of = opened.session.class_number
    return {
        **sample_reference(opened, row),
        **compared,
        "given": number_of(decision.old_label),
        "verdict": str(decision.verdict),
        "label": None if decision.new_label is None else number_of(decision.new_label),
        "reviewer": decision.reviewer,
        "at": decision.decided_at.isoformat(),
    }


def _decided_alike(opened: OpenStudy, row: int, states: np.ndarray) -> DecidedAlike | None:
    """Count what was decided on all samples with the same given label that look like the same other class."""
    given, suggested = opened.study.labels, opened.session.suggested
    if given[row] == UNLABELED or suggested[row] in (UNLABELED, given[row]):
        return None
    alike = (given == given[row]) & (suggested == suggested[row]) & np.isin(states, DECIDED_CODES)
    alike[row] = False
    rows: Ints = np.flatnonzero(alike)
    there = (states[rows] == CODES[Verdict.RELABEL]) & (opened.session.labels[rows] == suggested[row])
    return {
        "suggested": int(suggested[row]),
        "decided": len(rows),
        "relabeled": int(there.sum()),
        "kept": int((states[rows] == CODES[Verdict.KEEP]).sum()),
    }
