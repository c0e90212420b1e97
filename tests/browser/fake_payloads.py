"""What the server of a made-up study answers about single samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from browser.fake_study import FakeStudy

OTHERS = [["remark", "pressed in a book"]]
VALUES = [["petal length", "1.4"], ["petal width", "0.2"], ["sepal length", "5.1"]]
TEXT = "The aeroplane landed in the rain, <b>late</b>, and nobody had brought an umbrella."


def card_of(study: FakeStudy, row: int, rank: int = 1) -> dict[str, Any]:
    rng = np.random.default_rng(row)
    truth, given = int(study.truth[row]), int(study.given[row])
    alike = np.flatnonzero(study.truth == truth)
    near = rng.choice(alike, 12)
    agree = int(np.sum(study.given[near] == given))
    decision = study.decided(row)
    p = 0.6 + 0.39 * float(study.score[row])
    return {
        "row": row,
        "id": str(row),
        "rank": rank,
        "given": given,
        "suggested": truth,
        "score": round(float(study.score[row]), 4),
        "agree": agree,
        "voting": 20,
        "agreement": agree / 20,
        "probabilities": [
            {"label": truth, "p": p},
            {"label": given if given != truth else (truth + 1) % 10, "p": (1 - p) * 0.7},
            {"label": (truth + 2) % 10, "p": (1 - p) * 0.2},
        ],
        "probabilitiesSource": "out-of-sample logistic regression on the features",
        "excerpt": study.excerpt,
        "compared": [],
        "byEdge": False,
        "neighbors": [
            {"row": int(one), "label": int(study.given[one]), "id": str(one), "excerpt": study.excerpt} for one in near
        ],
        "x": float(study.points[row, 0]),
        "y": float(study.points[row, 1]),
        "kind": "values" if study.kind == "none" else study.kind,
        "values": VALUES,
        **columns_beside(study, row),
        "text": TEXT,
        "decision": decision
        and {
            "id": decision["decision"],
            "verdict": decision["verdict"],
            "label": decision["label"],
            "reviewer": "ada",
            "at": decision["at"],
        },
        "note": decision["note"] if decision else "",
        "split": "",
    }


def columns_beside(study: FakeStudy, row: int) -> dict[str, Any]:
    if not study.has_columns:
        return {"others": OTHERS if study.kind == "values" else []}
    places = {"isNumber": [True, False], "given": [0.5, None], "suggested": [1.0, 0.25]}
    unusual = {"unusualGiven": [False, False], "unusualSuggested": [True, False]}
    return {"others": [["width", str(row)], ["shop", "north"]], "otherPlaces": {**places, **unusual, "order": [0, 1]}}


def light_card_of(study: FakeStudy, row: int, rank: int) -> dict[str, Any]:
    return {
        name: value
        for name, value in card_of(study, row, rank).items()
        if name in ("row", "id", "excerpt", "given", "suggested", "score", "rank", "decision")
    }


def error_curve_of(study: FakeStudy) -> dict[str, Any]:
    """A curve that says 20 to 60 % at even odds, and less widely so above."""
    return {
        "version": study.version,
        "scoreLogit": [-12.0, 0.0, 6.0],
        "mean": [0.01, 0.4, 0.98],
        "low": [0.0, 0.2, 0.9],
        "high": [0.1, 0.75, 1.0],
    }


def evidence_of(study: FakeStudy, row: int) -> dict[str, Any]:
    """A sample with ten neighbors, of which the second looks wrong itstudy."""
    card = card_of(study, row)
    given, suggested = card["given"], card["suggested"]
    near = card["neighbors"][:10]
    shares = np.arange(len(near), 0, -1) / sum(range(1, len(near) + 1))
    neighbors = [
        one | {"share": float(share), "agrees": one["label"] == given}
        | {"reviewed": place == 2, "suggested": given if place == 1 else None}
        | {"scoreIfCorrected": 0.31 if place == 1 else None}
        for place, (one, share) in enumerate(zip(near, shares, strict=True))
    ]  # fmt: skip
    made = {"excerpt": study.excerpt, "given": given, "reviewer": "grace", "at": "2026-11-21T09:05:00+00:00"}
    return {
        "row": row,
        "id": str(row),
        "version": study.version,
        "given": given,
        "label": given,
        "suggested": suggested,
        "score": 0.6,
        "factor": 1.5,
        "ranksTheQueue": True,
        "isolated": False,
        "byEdge": False,
        "classes": [given, suggested, (suggested + 2) % 10],
        "pooled": [0.44, 0.44, 0.05],
        "sources": [
            {"words": "neighbors", "weight": 1.2, "share": 0.6, "probabilities": [0.3, 0.6, 0.1]},
            {
                "words": "a linear model on the features",
                "weight": 0.8,
                "share": 0.4,
                "probabilities": [0.5, 0.4, 0.02],
            },
            {"words": "the study's own model", "weight": 0.0, "share": 0.0, "probabilities": [0.9, 0.1, 0.0]},
        ],
        "voting": 10,
        "nearest": 10,
        "neighbors": neighbors,
        "agreement": sum(one["share"] for one in neighbors if one["agrees"]),
        "unlisted": 0.0,
        "suspectNeighbors": 1,
        "scoreIfAllCorrected": 0.31,
        "similar": [
            made | {"row": near[0]["row"], "id": near[0]["id"], "verdict": "relabel", "label": suggested},
            made | {"row": near[1]["row"], "id": near[1]["id"], "verdict": "relabel", "label": suggested},
            made | {"row": near[3]["row"], "id": near[3]["id"], "verdict": "keep", "label": given},
        ],
        "decidedAlike": {"suggested": suggested, "decided": 7, "relabeled": 5, "kept": 2},
        "curve": study.error_probability(),
    }
