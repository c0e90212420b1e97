"""A made-up study as a server sees it: it keeps the promises of a real one, so that a test can look at what arrived.

Every decision is recorded once, in order, refusals are named, and there is a new order after each.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from browser.fake_payloads import TEXT, VALUES, card_of, error_curve_of, evidence_of, light_card_of
from dashboard.shared.components import ClassEntry, class_entries

OKABE_ITO = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#f0e442",
    "#8c564b",
    "#7f7f7f",
    "#5e3c99",
)
WORDS = ("aeroplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "lorry with a long trailer")
VERDICT_FIELD = {"relabel": "relabeled", "keep": "kept", "exclude": "excluded", "skip": "skipped"}


@dataclass
class FakeStudy:
    """Ten classes in ten clouds; ``suspects`` rows are labeled wrongly and ranked by ``score``."""

    n: int
    suspects: int
    class_names: tuple[str, ...] = tuple("0123456789")
    kind: str = "picture"
    has_columns: bool = False
    checks: int | None = None
    refused: dict[int, str] = field(default_factory=dict)
    record: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(7)
        self.truth = rng.integers(0, 10, self.n)
        angle = 2 * np.pi * np.arange(10) / 10
        centers = np.c_[np.cos(angle), np.sin(angle)] * np.where(np.arange(10) % 2, 0.35, 0.75)[:, None]
        scatter = rng.normal(0, 0.085, (self.n, 2)) * rng.uniform(0.5, 1.6, (self.n, 1))
        self.points = np.clip(centers[self.truth] + scatter, -1, 1).astype("<f4")
        self.score = rng.uniform(0, 0.45, self.n)
        flipped = rng.choice(self.n, self.suspects, replace=False)
        self.given = self.truth.copy()
        self.given[flipped] = (self.truth[flipped] + rng.choice([1, 5], self.suspects)) % 10
        self.score[flipped] = np.sort(rng.uniform(0.6, 0.995, self.suspects))[::-1]
        self.suspect = np.zeros(self.n, bool)
        self.suspect[flipped] = True
        self.version = 0
        self.made: dict[int, list[dict[str, Any]]] = {}
        self.order: list[dict[str, Any]] = []
        self.seen: set[tuple[str, int]] = set()
        self.lock = threading.Lock()
        self.tells = threading.Event()
        self.tells.set()

    @property
    def classes(self) -> list[ClassEntry]:
        return class_entries(self.class_names, OKABE_ITO)

    @property
    def excerpt(self) -> str:
        return {"text": TEXT, "values": "\n".join(map(" ".join, VALUES))}.get(self.kind, "")

    def decided(self, row: int) -> dict[str, Any] | None:
        made = self.made.get(row)
        return made[-1] if made else None

    def open_rows(self, given: int | None = None, suggested: int | None = None) -> list[int]:
        rows = np.flatnonzero(self.suspect)
        rows = rows[np.argsort(-self.score[rows], kind="stable")]
        return [
            int(row)
            for row in rows
            if not self.made.get(int(row))
            and (given is None or self.given[row] == given)
            and (suggested is None or self.truth[row] == suggested)
        ]

    def card(self, row: int, rank: int = 1) -> dict[str, Any]:
        return card_of(self, row, rank)

    def light_card(self, row: int, rank: int) -> dict[str, Any]:
        return light_card_of(self, row, rank)

    def error_probability(self) -> dict[str, Any]:
        return error_curve_of(self)

    def evidence(self, row: int) -> dict[str, Any]:
        return evidence_of(self, row)

    def progress(self) -> dict[str, int]:
        now = [made[-1]["verdict"] for made in self.made.values() if made]
        counts = {name: now.count(verdict) for verdict, name in VERDICT_FIELD.items()}
        decided = len(now) - counts["skipped"]
        return {"open": len(self.open_rows()), "decided": decided, "total": self.n, **counts, **self.left()}

    def left(self) -> dict[str, Any]:
        """The bound of what is left, where this study has one: it reaches the goal of 5 after so many checks."""
        if self.checks is None:
            return {}
        drawn = sum(1 for row, made in self.made.items() if made and not self.suspect[row])
        more = max(self.checks - drawn, 0)
        found = {"found": 3, "lower": 0, "upper": 5 + 10 * more, "sampled": drawn}
        return {
            "remaining": {
                **found,
                "informative": found["upper"] <= self.n / 5,
                "labeled": self.n,
                "goal": 5,
                "checks": more,
            }
        }

    def history(self) -> list[dict[str, Any]]:
        live = [one for one in self.order if any(one is made for made in self.made.get(one["row"], []))][::-1]
        end = min(10, len(live))
        while 0 < end < len(live) and live[end]["at"] == live[end - 1]["at"]:
            end += 1
        return [
            {
                "row": one["row"],
                "id": one["id"],
                "excerpt": self.excerpt,
                "verdict": one["verdict"],
                "given": int(self.given[one["row"]]),
                "label": one["label"],
                "seq": one["seq"],
                "client": one["client"],
                "at": one["at"],
                "decision": one["decision"],
            }
            for one in live[:end]
        ]

    def other_rows(self) -> list[int]:
        """Undecided samples that nobody suspects, most suspect first."""
        rows = np.flatnonzero(~self.suspect)
        rows = rows[np.argsort(-self.score[rows], kind="stable")]
        return [int(row) for row in rows if not self.made.get(int(row))]

    def skipped_rows(self) -> list[int]:
        return [row for row, made in self.made.items() if made and made[-1]["verdict"] == "skip"]

    def queue(
        self,
        limit: int,
        given: int | None = None,
        suggested: int | None = None,
        skip: Sequence[int] = (),
        beyond: bool = False,
    ) -> dict[str, Any]:
        """Suspects, on request the others, then what was skipped."""
        upcoming = self.open_rows(given, suggested)
        if given is None:
            upcoming += (self.other_rows() if beyond else []) + self.skipped_rows()
        rows = [row for row in upcoming if row not in set(skip)][:limit]
        return {
            "version": self.version,
            "progress": self.progress(),
            "history": self.history(),
            "cards": [self.card(row, rank) for rank, row in enumerate(rows, start=1)],
        }

    def decide(self, client: str, decisions: list[dict[str, Any]], beyond: bool = False) -> dict[str, Any]:
        recorded, refused = [], []
        for one in decisions:
            if one["row"] in self.refused:
                refused.append({"seq": one["seq"], "reason": self.refused[one["row"]]})
                continue
            recorded.append(one["seq"])
            if (client, one["seq"]) in self.seen:
                continue
            self.seen.add((client, one["seq"]))
            self.record.append({**one, "client": client})
            self.apply({**one, "client": client, "decision": len(self.record)})
        return {"recorded": recorded, "refused": refused, **self.queue(12, beyond=beyond)}

    def apply(self, one: dict[str, Any]) -> None:
        self.version += 1
        made = self.made.setdefault(one["row"], [])
        if one["verdict"] == "undo":
            if made:
                made.pop()
            return
        made.append(one)
        self.order.append(one)
        rows = np.flatnonzero(self.suspect)
        touched = np.random.default_rng(self.version).choice(rows, 3)
        self.score[touched] = np.clip(self.score[touched] + 0.004, 0, 1)

    def groups(self) -> list[dict[str, int]]:
        counts: dict[tuple[int, int], int] = {}
        for row in self.open_rows():
            pair = (int(self.given[row]), int(self.truth[row]))
            counts[pair] = counts.get(pair, 0) + 1
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [{"given": given, "suggested": suggested, "count": count} for (given, suggested), count in ranked]

    def channel(self, name: str) -> bytes:
        if name == "score":
            return np.clip(self.score * 254, 0, 254).astype(np.uint8).tobytes()
        labels = self.given.astype(np.uint8)
        if name == "corrected":
            labels = self.truth.astype(np.uint8)
        return labels.tobytes()
