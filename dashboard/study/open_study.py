"""One study that is open in this process: what the pages and the routes both read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from skimage.measure import points_in_poly

from dashboard.shared.palette import STEPS
from dashboard.study.evidence import explained
from dashboard.study.pictures import PictureBook
from dashboard.views.decision_boundary.data import VIEWS, Boundary, bounded, scores_of
from dashboard.views.prototypes.data import RULES, role_codes
from dashboard.views.saliency.book import MapBook
from dashboard.views.saliency.series import FRAGILE_MAPS
from dashboard.views.saliency.wish import can_be_shaken
from margin_core.audit.audit import Audit, compute_map_positions, live_label_error_score
from margin_core.audit.overview import SUSPECT_THRESHOLD, Confusion
from margin_core.audit.stored_explanation import load_or_explain
from margin_core.errors import NotComputed
from margin_core.protocol import identity
from margin_core.review import Decision, ReviewSession, ReviewStore, reviewed_labels, study_key
from margin_core.review.estimates import (
    ErrorPosterior,
    ErrorProbabilities,
    ErrorProbabilityCurve,
    error_probability_curve,
    estimate_error_probabilities,
    fit_error_posterior,
)
from margin_core.review.refit import KEPT, Refit, refit
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks import Task
from margin_core.tasks.decision_boundary.slice import Slice, compute_slice
from margin_core.tasks.invertible import Surrogate, TrainedSurrogate, default_surrogate, fit_surrogate, is_trained
from margin_core.tasks.label_flips.live import LiveLabelErrorScore
from margin_core.values import UNLABELLED, Doubles, Explanation, Floats, Ints, Need

if TYPE_CHECKING:
    from margin_core.tasks.invertible import CounterfactualPath

NEIGHBOURS_SHOWN = 12
MODELS_SHOWN = 3
HISTORY_SHOWN = 10
LARGEST_GROUP = 60
NO_VALUE = 255
"""The byte of a point that a channel says nothing about."""

Kept = TypeVar("Kept")


class Recent(Generic[Kept]):
    """The last few values by key; safe for any number of threads."""

    def __init__(self, size: int) -> None:
        self._size, self._kept, self._lock = size, OrderedDict[str, Kept](), threading.Lock()

    def put(self, key: str, value: Kept) -> None:
        """Keep a value, and forget the one that was not used for longest."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def get(self, key: str) -> Kept | None:
        """Return a value, or None when it is not kept (any more)."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)


@dataclass(frozen=True, eq=False)
class Selection:
    """Some samples, and in words which.

    Attributes
    ----------
    rows : int array
    title : str
    is_ranked : bool
        Whether they are shown in this order; else the most suspect first.
    """

    rows: Ints
    title: str
    is_ranked: bool = False


@dataclass(frozen=True)
class Filter:
    """Which points stand out on the map; the others are greyed.

    Attributes
    ----------
    classes, splits, states : tuple
        Empty: all.
    lowest : float
        Least suspicion.
    fragile : float
        Least fragility of the map.
    """

    classes: tuple[int, ...] = ()
    splits: tuple[str, ...] = ()
    states: tuple[int, ...] = ()
    lowest: float = 0.0
    fragile: float = 0.0


class OpenStudy:
    """An audited study with its review.

    Parameters
    ----------
    audited : Audit
    database : str or Path
        The SQLite file that keeps the decisions, or the SQLAlchemy URL of a database.
    reviewer : str
        Who decides, where a decision does not say.
    """

    def __init__(self, audited: Audit, database: str | Path, reviewer: str) -> None:
        self.audited = audited
        self.study = audited.opened.study
        self.explanation = audited.explanation
        self.store = ReviewStore(database)
        self.live: LiveLabelErrorScore = live_label_error_score(audited)
        self._first = self.live.label_error_score
        self._refit: Refit | None = None
        rescorer = self.live if audited.task.method == "pooled" else None
        self.session = ReviewSession(
            self.study, self.explanation, self.store, reviewer,
            rescorer=rescorer, threshold=SUSPECT_THRESHOLD,
        )  # fmt: skip
        self.key = fingerprint(self.study.fingerprint, self.explanation.fingerprint, str(database))[:12]
        self.pictures = PictureBook(self.study, audited.opened.workspace)
        self.maps = MapBook(self.study, audited.opened.workspace)
        self._selections: Recent[Selection] = Recent(32)
        self._answers: Recent[Explanation] = Recent(16)
        self._boundaries: Recent[Boundary] = Recent(4)
        self._slices: Recent[Slice] = Recent(32)
        self._masks: Recent[NDArray[np.uint8]] = Recent(16)
        self._surrogates: Recent[TrainedSurrogate] = Recent(4)
        self._crossings: Recent[CounterfactualPath] = Recent(32)
        self._beliefs: Recent[ErrorPosterior] = Recent(1)
        self._refit_probabilities: Recent[ErrorProbabilities] = Recent(1)
        self._rank_of = np.empty(len(self.study), dtype=np.int64)
        self._rank_of[audited.explanation.rows] = np.arange(1, len(audited.explanation.rows) + 1)
        self._map: Floats | None = None

    # -- the map ---------------------------------------------------------------------------------

    @property
    def has_map(self) -> bool:
        """Whether the layout is there; it may still be in the making elsewhere."""
        return self.positions is not None

    @property
    def positions(self) -> Floats | None:
        """Map coordinates (n, 2), or None until they are laid out."""
        if self._map is None:
            try:
                self._map = compute_map_positions(self.audited)
            except NotComputed:
                return None
        return self._map

    # -- the answers to other questions ----------------------------------------------------------

    def answer(self, task: Task) -> Explanation | None:
        """Return what a task found in this study, or None until somebody has asked; it may be in the making elsewhere.

        Raises
        ------
        MissingPart
            The study lacks something the task needs.
        """
        key = identity(task, self.study)
        found = self._answers.get(key)
        if found is None:
            try:
                found = load_or_explain(task, self.audited.opened)
            except NotComputed:
                return None
            self._answers.put(key, found)
        return found

    def channel(self, name: str) -> NDArray[np.uint8]:
        """Give a byte a point: a class, a state, or a shade of a score; 255 where there is none.

        Raises
        ------
        KeyError
            There is no such channel.
        """
        return self.channels[name](self)

    @property
    def channels(self) -> dict[str, Callable[[OpenStudy], NDArray[np.uint8]]]:
        """Every channel that this study has, by name."""
        present = dict(CHANNELS)
        if "split" not in self.study.columns:
            del present["split"]
        if not self.can_walk(default_surrogate(self.study)):
            del present["margin"]
        if self.answer(RULES["coverage"]) is None:
            del present["typical"]
        if self.boundary("boundary") is None:
            del present["boundary"]
        if self.fragile_maps() is None:
            del present["fragility"]
        return present

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits, in order; empty when the study has none."""
        column = self.study.columns.get("split")
        return () if column is None else tuple(np.unique(column.astype(str)).tolist())

    def mask(self, key: str) -> NDArray[np.uint8] | None:
        """Return what `keep_mask` kept."""
        return self._masks.get(key)

    def keep_mask(self, chosen: Filter) -> str | None:
        """Work a filter out and return the key of its mask; None when everything stands out."""
        if chosen == Filter():
            return None
        key = fingerprint(chosen, self.version)[:16]
        if self._masks.get(key) is None:
            self._masks.put(key, self._matching(chosen).astype(np.uint8))
        return key

    def _matching(self, chosen: Filter) -> NDArray[np.bool_]:
        matching = np.ones(len(self.study), dtype=bool)
        if chosen.classes:
            matching &= np.isin(self.study.labels, chosen.classes)
        if chosen.splits:
            matching &= np.isin(self.study.columns["split"].astype(str), chosen.splits)
        if chosen.states:
            matching &= np.isin(self.state_codes(), chosen.states)
        if chosen.lowest > 0:
            matching &= self.session.scores >= chosen.lowest
        if chosen.fragile > 0 and (fragility := self.fragility) is not None:
            matching &= fragility >= chosen.fragile
        return matching

    def state_codes(self) -> NDArray[np.uint8]:
        """Give the review state of each sample as its place in `STATES`."""
        decided = self.session.states  # 0 open, 1 kept, 2 relabelled, 3 skipped, 4 excluded
        return np.where(decided == 0, self.session.open_suspects, decided + 1).astype(np.uint8)

    # -- learning from corrections ---------------------------------------------------------------

    @property
    def version(self) -> int:
        """Grows with every decision and every refit: whatever shows scores is fresh under the same number."""
        return self.session.version + self.session.swaps

    @property
    def learnt_from(self) -> int:
        """How many changed labels the ranking in use has learnt from; 0: it is the first."""
        return 0 if self._refit is None else self._refit.reviewed_labels.changed

    def learn(self, upto: int) -> None:
        """Take up the refit that was made of the decisions up to one.

        Raises
        ------
        NotComputed
            It is not in the workspace.
        """
        decisions = self.store.decisions(study_key(self.study))
        learnt_from = reviewed_labels(self.study, [one for one in decisions if (one.id or 0) <= upto])
        found = refit(self.audited, learnt_from)
        live = found.live()
        self.session.swap(live, labels=learnt_from.labels, scores=found.scores, suggested=found.suggested)
        self.live, self._refit = live, found

    def recall(self) -> int:
        """Take up the last refit that is remembered; return the decision up to which it learnt, 0 for none."""
        for due in reversed(self.session.refits_due[-KEPT:]):
            try:
                self.learn(due)
            except NotComputed:
                continue
            return due
        return 0

    # -- trust -----------------------------------------------------------------------------------

    @cached_property
    def error_probabilities(self) -> ErrorProbabilities:
        """How likely each label is wrong, stated before any review: by the first ranking, whatever was learnt since."""
        return estimate_error_probabilities(self._first, self.study.labels)

    def error_posterior(self) -> ErrorPosterior:
        """Say what is believed of each label after the reviews so far, by the ranking that the queue goes by."""
        version, found = str(self.version), self._refit
        kept = self._beliefs.get(version)
        if kept is None:
            kept = fit_error_posterior(
                self.error_probabilities if found is None else self._probabilities_of(found), self.session.reviews()
            )
            self._beliefs.put(version, kept)
        return kept

    def _probabilities_of(self, found: Refit) -> ErrorProbabilities:
        version = str(self.session.swaps)
        kept = self._refit_probabilities.get(version)
        if kept is None:
            kept = found.error_probabilities(self.study.labels)
            self._refit_probabilities.put(version, kept)
        return kept

    def curve(self) -> ErrorProbabilityCurve | None:
        """Say how likely a label of each score is wrong; None where the queue goes by another score."""
        if self.audited.task.method != "pooled":
            return None
        return error_probability_curve(self.error_posterior())

    # -- the boundaries of the model -------------------------------------------------------------

    def boundary(self, view: str) -> Boundary | None:
        """Return what lies between two classes, or None until somebody has asked; see `decision_boundary.data.VIEWS`.

        Raises
        ------
        MissingPart
            The study lacks something that takes.
        """
        found = self.answer(VIEWS[view])
        if found is None:
            return None
        kept = self._boundaries.get(view)
        if kept is None or kept.answer is not found:
            kept = bounded(self.study, found)
            self._boundaries.put(view, kept)
        return kept

    def slice(self, rows: Sequence[int], of: str) -> Slice:
        """Return the plane through three samples; what a linear model says there is worked out at once.

        Raises
        ------
        NotComputed
            The study's model has not been asked yet.
        MarginError
            No plane goes through these three; the message says why.
        """
        key = fingerprint(tuple(rows), of)
        kept = self._slices.get(key)
        if kept is None:
            run = Run(self.audited.opened.engine) if of == "inputs" else Run()
            kept = compute_slice(self.study, rows, of, run)
            self._slices.put(key, kept)
        return kept

    # -- fragile maps ----------------------------------------------------------------------------

    @property
    def fragility(self) -> Doubles | None:
        """How much of each sample's map small changes replace (n,), NaN where nobody knows; None until worked out."""
        found = self.fragile_maps()
        if found is None:
            return None
        values = np.full(len(self.study), np.nan)
        values[found.rows] = found.findings.evidence["value"]
        return values

    def fragile_maps(self) -> Explanation | None:
        """Rank the samples by how little those around them foretell their fragility; None until worked out."""
        return self.answer(FRAGILE_MAPS) if can_be_shaken(self.study) else None

    def fragility_reach(self) -> tuple[float, float]:
        """Give the fragility at which the colours of the map begin and end: few samples lie outside."""
        values = self.fragility
        assert values is not None  # it is worked out
        known = values[np.isfinite(values)]
        low, high = np.quantile(known, [0.02, 0.98]) if len(known) else (0.0, 1.0)
        return float(low), float(high)

    def most_fragile(self, most: int) -> Ints:
        """List the samples whose map is replaced most, the most fragile first."""
        values = self.fragility
        assert values is not None  # it is worked out
        order: Ints = np.argsort(-values, kind="stable")
        return order[np.isfinite(values[order])][:most]

    def unforetold_fragile(self, most: int) -> Ints:
        """List the samples whose map is more fragile than the samples around foretell, the least foretold first."""
        found = self.fragile_maps()
        assert found is not None  # it is worked out
        evidence = found.findings.evidence
        return found.rows[evidence["difference"] > 0][:most]

    # -- across a boundary -----------------------------------------------------------------------

    def can_walk(self, recipe: Surrogate) -> bool:
        """Whether an invertible classifier is trained already."""
        workspace = self.audited.opened.workspace
        return workspace is not None and is_trained(self.study, recipe, workspace)

    def surrogate(self, recipe: Surrogate) -> TrainedSurrogate:
        """Return an invertible classifier of this study.

        Raises
        ------
        NotComputed
            It is not trained yet.
        MarginError
            It cannot be trained on this study; the message says why.
        """
        key = fingerprint(recipe.parameters())
        kept = self._surrogates.get(key)
        if kept is None:
            kept = fit_surrogate(self.study, recipe, Run(self.audited.opened.engine))
            self._surrogates.put(key, kept)
        return kept

    def crossing(self, recipe: Surrogate, row: int, pair: tuple[int, int] | None) -> CounterfactualPath:
        """Return the path of a sample across a class boundary; errors as of `compute_counterfactual_path`."""
        key = fingerprint(recipe.parameters(), row, pair)
        kept = self._crossings.get(key)
        if kept is None:
            from margin_core.tasks.invertible import compute_counterfactual_path  # torch is slow to import

            kept = compute_counterfactual_path(self.study, self.surrogate(recipe), row, pair)
            self._crossings.put(key, kept)
        return kept

    def nearest_to_boundary(self, recipe: Surrogate, most: int) -> Ints:
        """List the samples nearest to a boundary, nearest first."""
        margins = np.abs(self.surrogate(recipe).margins)
        known = np.flatnonzero(np.isfinite(margins))
        few = known[np.argpartition(margins[known], min(most, len(known)) - 1)[:most]]
        nearest: Ints = few[np.argsort(margins[few], kind="stable")]
        return nearest

    def first_to_walk(self, recipe: Surrogate) -> int:
        """Choose the most suspect sample that can be walked: what parts it from its label is worth seeing."""
        ranked = self.explanation.rows
        found = ranked[np.isfinite(self.surrogate(recipe).margins[ranked])]
        return int(found[0]) if len(found) else int(self.nearest_to_boundary(recipe, 1)[0])

    def margin_reach(self) -> float:
        """Give the margin at which the colours of the map end, on either side: few lie beyond."""
        margins = np.abs(self.surrogate(default_surrogate(self.study)).margins)
        known = margins[np.isfinite(margins)]
        return float(np.quantile(known, 0.98)) if len(known) else 1.0

    # -- selections ------------------------------------------------------------------------------

    def select(self, rows: Ints | Sequence[int], title: str, *, is_ranked: bool = False) -> str:
        """Keep some samples under a key; shown in this order where they are ranked, else most suspect first."""
        kept = np.asarray(rows, dtype=np.int64)
        key = fingerprint(kept, title, is_ranked)[:16]
        self._selections.put(key, Selection(kept, title, is_ranked))
        return key

    def ordered(self, selection: Selection) -> Ints:
        """List the samples of a selection as they are shown."""
        return selection.rows if selection.is_ranked else self.session.by_score(selection.rows)

    def inside(self, polygon: Sequence[Sequence[float]], mask: str | None = None) -> Ints:
        """Find the samples within a polygon in map coordinates; with a mask, those that stand out."""
        laid = self.positions
        if laid is None or len(polygon) < 3:
            return np.empty(0, dtype=np.int64)
        outline = np.asarray(polygon, dtype=np.float64)
        low, high = outline.min(axis=0), outline.max(axis=0)
        eligible = ((laid >= low) & (laid <= high)).all(axis=1)
        matching = self.mask(mask) if mask else None
        near = np.flatnonzero(eligible if matching is None else eligible & (matching == 1))
        hit: NDArray[np.bool_] = points_in_poly(laid[near].astype(np.float64), outline)
        return near[hit]

    def with_code(self, channel: str, code: int) -> Ints:
        """Find the samples that a channel gives one class or state."""
        return np.flatnonzero(self.channel(channel) == code)

    def not_contradicted(self) -> Ints:
        """Find the labelled samples that were not suspect before review."""
        found = self.study.labels != UNLABELLED
        found[self.audited.overview.groups["suspects"]] = False
        return np.flatnonzero(found)

    def confused(self, pair: Confusion) -> Ints:
        """Find the samples behind a pair of the overview: suspects before review, most suspect first."""
        suspects: Ints = self.audited.overview.groups["suspects"]
        suggested = np.empty(len(self.study), dtype=np.int64)
        suggested[self.audited.explanation.rows] = self.explanation.findings.evidence["suggested"]
        confused: Ints = suspects[(self.study.labels[suspects] == pair.given) & (suggested[suspects] == pair.suggested)]
        return confused

    def neighbours(self, row: int) -> list[int]:
        """List the nearest neighbours of a sample, nearest first."""
        found = self.explanation.graph.neighbours[row]
        return [int(other) for other in found[found >= 0]]

    def find(self, text: str) -> Ints:
        """Find samples by a part of their id or file, or by the name of their class; upper and lower case are alike."""
        sought = text.casefold()
        named = np.array([sought == name.casefold() for name in self.study.class_names], dtype=bool)
        if named.any():
            return np.flatnonzero(np.isin(self.study.labels, np.flatnonzero(named)))
        columns = [self.study.ids, *(self.study.columns[name] for name in ("file",) if name in self.study.columns)]
        hits = [np.char.find(np.char.lower(column.astype(str)), sought) >= 0 for column in columns]
        return np.flatnonzero(np.any(hits, axis=0))

    def selection(self, key: str) -> Selection | None:
        """Return what `select` kept."""
        return self._selections.get(key)

    # -- what the browser shows ------------------------------------------------------------------

    def cards(self, rows: Sequence[int] | Ints) -> list[dict[str, Any]]:
        """Tell everything about some samples, as the review screen shows it."""
        wanted = np.asarray(rows, dtype=np.int64)
        if not len(wanted):
            return []
        labels = self.live.labels
        brief = self.brief(wanted)
        laid = self.positions
        cards = []
        for place, row in enumerate(wanted.tolist()):
            neighbours = self.explanation.graph.neighbours[row]
            neighbours = neighbours[neighbours >= 0]
            own = int(self.study.labels[row])
            voting = neighbours[labels[neighbours] != UNLABELLED]
            agree = int((labels[voting] == own).sum()) if own != UNLABELLED else 0
            opinion = self._opinion(row)
            shown = np.lexsort((np.arange(len(opinion)), -opinion))[:MODELS_SHOWN].tolist()
            if own != UNLABELLED and own not in shown:
                shown = [*shown[: MODELS_SHOWN - 1], own]
            decision = self.session.decision(row)
            card = brief[place] | {
                "agree": agree,
                "of": len(voting),
                "agreement": agree / max(len(voting), 1),
                "model": [{"class": int(c), "p": float(opinion[c])} for c in shown],
                "modelSays": self.opinion_in_words,
                "neighbours": [
                    {"row": int(other), "id": str(self.study.ids[other]), "label": int(labels[other])}
                    for other in neighbours[:NEIGHBOURS_SHOWN]
                ],
                "x": None if laid is None else float(laid[row, 0]),
                "y": None if laid is None else float(laid[row, 1]),
                "note": "" if decision is None else decision.note,
                "split": str(self.study.columns["split"][row]) if "split" in self.study.columns else "",
                **self.pictures.content(row),
            }
            cards.append(card)
        return cards

    def brief(self, rows: Sequence[int] | Ints) -> list[dict[str, Any]]:
        """Tell the little that a thumbnail needs."""
        wanted = np.asarray(rows, dtype=np.int64)
        scores, suggested = self.session.scores, self.session.suggested
        return [
            {
                "row": row,
                "id": str(self.study.ids[row]),
                "rank": int(self._rank_of[row]),
                "given": int(self.study.labels[row]),
                "suggested": int(suggested[row]),
                "score": float(scores[row]),
                "decision": self._decided(self.session.decision(row)),
            }
            for row in wanted.tolist()
        ]

    def why(self, row: int) -> dict[str, Any]:
        """Tell why a sample is suspect; see `dashboard.study.evidence`."""
        return explained(self, row)

    def _decided(self, decision: Decision | None) -> dict[str, Any] | None:
        if decision is None:
            return None
        return {
            "id": decision.id,
            "verdict": str(decision.verdict),
            "label": None if decision.new_label is None else self.session.number_of(decision.new_label),
            "reviewer": decision.reviewer,
            "at": decision.decided_at.isoformat(),
        }

    def history(self) -> list[dict[str, Any]]:
        """List the last ten decisions that hold, newest first, and those made by the same key as the tenth."""
        known = self.session.history(HISTORY_SHOWN + LARGEST_GROUP)
        end = min(HISTORY_SHOWN, len(known))
        while 0 < end < len(known) and _by_one_key(known[end - 1], known[end]):
            end += 1
        return [
            {
                "row": self.session.row_of(decision.sample_id),
                "id": decision.sample_id,
                "decision": decision.id,
                "verdict": str(decision.verdict),
                "from": self.session.number_of(decision.old_label),
                "label": None if decision.new_label is None else self.session.number_of(decision.new_label),
                "seq": decision.seq,
                "client": decision.client,
                "at": decision.decided_at.isoformat(),
            }
            for decision in known[:end]
        ]

    @property
    def opinion_in_words(self) -> str:
        """Where the probabilities on a card come from."""
        if not self.study.has(Need.PROBABILITIES):
            return f"a linear model on {self.study.features}, on samples it was not fitted on"
        return "the model, out of sample" if self.study.out_of_sample else "the model, perhaps trained on this label"

    def _opinion(self, row: int) -> NDArray[np.float64]:
        if self.study.has(Need.PROBABILITIES):
            return np.asarray(self.study.probabilities[row], dtype=np.float64)
        return np.asarray(np.exp(self.live.label_error_score.models[0][row]), dtype=np.float64)


def _by_one_key(one: Decision, other: Decision) -> bool:
    """Say whether two decisions were made at once: a group is decided by one key of one tab."""
    return (one.client, one.decided_at) == (other.client, other.decided_at)


def _shades(values: NDArray[Any]) -> NDArray[np.uint8]:
    known = np.isfinite(values)
    shade = np.round(np.clip(np.where(known, values, 0), 0, 1) * (STEPS - 1))
    return np.where(known, shade, NO_VALUE).astype(np.uint8)


def _class_bytes(labels: Ints) -> NDArray[np.uint8]:
    return np.where((labels < 0) | (labels >= NO_VALUE), NO_VALUE, labels).astype(np.uint8)


def _given(opened: OpenStudy) -> NDArray[np.uint8]:
    return _class_bytes(opened.study.labels)


def _now(opened: OpenStudy) -> NDArray[np.uint8]:
    return _class_bytes(opened.session.labels)


def _predicted(opened: OpenStudy) -> NDArray[np.uint8]:
    return _class_bytes(opened.live.label_error_score.probabilities(opened.live.labels).argmax(axis=1))


def _suspicion(opened: OpenStudy) -> NDArray[np.uint8]:
    return _shades(opened.session.scores)


def _influence(opened: OpenStudy) -> NDArray[np.uint8]:
    return _shades(opened.explanation.influence.scores)


def _state(opened: OpenStudy) -> NDArray[np.uint8]:
    return opened.state_codes()


def _split(opened: OpenStudy) -> NDArray[np.uint8]:
    _, number = np.unique(opened.study.columns["split"].astype(str), return_inverse=True)
    return _class_bytes(number.astype(np.int64))


def _margin(opened: OpenStudy) -> NDArray[np.uint8]:
    reach = opened.margin_reach() or 1.0
    # Turned round: high shades lie on top of the map, and what is against its label must not be covered.
    return _shades(0.5 - 0.5 * opened.surrogate(default_surrogate(opened.study)).margins / reach)


def _typical(opened: OpenStudy) -> NDArray[np.uint8]:
    found = opened.answer(RULES["coverage"])
    assert found is not None  # or there is no such channel
    return role_codes(found, len(opened.study))


def _boundary(opened: OpenStudy) -> NDArray[np.uint8]:
    found = opened.boundary("boundary")
    assert found is not None  # or there is no such channel
    return _shades(scores_of(found))


def _fragility(opened: OpenStudy) -> NDArray[np.uint8]:
    values = opened.fragility
    assert values is not None  # or there is no such channel
    low, high = opened.fragility_reach()
    return _shades((values - low) / max(high - low, np.finfo(float).tiny))


CHANNELS: dict[str, Callable[[OpenStudy], NDArray[np.uint8]]] = {
    "given": _given,
    "now": _now,
    "predicted": _predicted,
    "suspicion": _suspicion,
    "influence": _influence,
    "state": _state,
    "split": _split,
    "margin": _margin,
    "typical": _typical,
    "boundary": _boundary,
    "fragility": _fragility,
}
"""What the map can be coloured by."""
