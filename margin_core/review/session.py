"""A review in progress: what the screen asks and what it is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from threading import RLock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ReviewError
from margin_core.review.check_sampler import CheckSampler
from margin_core.review.decision import Decision, Verdict, label_name, study_key
from margin_core.review.estimates import RandomChecks, RemainingErrors, RemainingErrorsTracker, Reviews
from margin_core.review.estimates.reviews import OUTCOMES as OUTCOME_OF
from margin_core.review.estimates.reviews import UNKNOWN
from margin_core.review.ranking import ABSENT, Ranking
from margin_core.review.refit_schedule import RefitSchedule
from margin_core.review.state import Conflict, ReviewState
from margin_core.review.store import ReviewStore
from margin_core.values import UNLABELLED, Doubles, Explanation, Ints, Study

OPEN = 0
CODES = {Verdict.KEEP: 1, Verdict.RELABEL: 2, Verdict.SKIP: 3, Verdict.EXCLUDE: 4}
"""How `ReviewSession.states` numbers what was decided; `OPEN` (0) is undecided."""

SETTLED = (CODES[Verdict.KEEP], CODES[Verdict.RELABEL])
"""Those after which the right class is known."""

OUTCOMES = np.array([UNKNOWN, *(OUTCOME_OF[verdict] for verdict in CODES)], np.int64)
"""What each of these numbers says of the given label."""


class Rescorer(Protocol):
    """Brings scores up to date after labels changed, without computing them all again."""

    def update(self, rows: Ints, labels: Ints) -> tuple[Ints, Doubles]:
        """Give samples new labels and return what changes by it.

        Parameters
        ----------
        rows : int array (r,)
            Rows of the study, each once.
        labels : int array (r,)
            `UNLABELLED` for a sample that is excluded: it no longer has a say.

        Returns
        -------
        changed : int array (q,)
            Rows whose score may have changed, each once.
        scores : float array (q,)
            Their scores, exactly as if everything were computed again.
        """
        ...

    def suggestions(self, rows: Ints, given: Ints) -> Ints:
        """Say what each sample is likeliest to be instead of its given label, as labels stand now.

        Parameters
        ----------
        rows : int array (r,)
        given : int array (r,)
            `UNLABELLED` for a sample without a label: then what it is likeliest to be.

        Returns
        -------
        int array (r,)
            Class numbers.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a reviewer chose, as a screen sends it: rows and class numbers.

    Attributes
    ----------
    seq : int
        The client's number for it; sent again with the same number, it is recorded once.
    row : int
    verdict : Verdict
    label : int or None
        The class, for ``relabel``; a relabel to the label that is given is recorded as ``keep``.
    note : str
    score : float or None
        The score on screen; default: the current one.
    at : datetime or None
        When, with a time zone; default: now.
    reviewer : str or None
        Default: the session's.
    undoes : int or None
        For ``undo``: which decision; default: the reviewer's last on this row.
    based_on : int or None
        The id of the decision on this row that was on screen.
    sampled : bool
        Whether the row was drawn at random rather than by rank.
    """

    seq: int
    row: int
    verdict: Verdict
    label: int | None = None
    note: str = ""
    score: float | None = None
    at: datetime | None = None
    reviewer: str | None = None
    undoes: int | None = None
    based_on: int | None = None
    sampled: bool = False


@dataclass(frozen=True)
class Refusal:
    """A choice that was not recorded, and why."""

    seq: int
    reason: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of a batch of choices.

    Attributes
    ----------
    recorded : tuple of int
        Numbers that are in the log, now or since an earlier sending.
    refused : tuple of Refusal
        Choices that make no sense; sending them again does not help.
    conflicts : tuple of Conflict
        Choices of this batch that replaced another reviewer's decision unseen. They are recorded.
    changed : int array
        Rows whose label, verdict or score changed, those decided by others meanwhile included.
    version : int
        The session's, afterwards.
    """

    recorded: tuple[int, ...]
    refused: tuple[Refusal, ...]
    conflicts: tuple[Conflict, ...]
    changed: Ints
    version: int


@dataclass(frozen=True)
class Progress:
    """How far the review is.

    Attributes
    ----------
    suspects : int
        Rows decided plus suspects still open: what `decided` is out of.
    decided, relabelled, kept, excluded, skipped : int
        Rows by the decision that holds; `decided` is the sum of the other four.
    total : int
        All samples.
    """

    suspects: int
    decided: int
    relabelled: int
    kept: int
    excluded: int
    skipped: int
    total: int


@dataclass(frozen=True)
class Group:
    """Open suspects with the same given label and the same suggestion, both as class numbers."""

    given: int
    suggested: int
    count: int


class ReviewSession:
    """The live state behind a review screen; any number of threads may use it.

    It replays the log when it starts, then follows it: its own decisions and those that other sessions or
    processes write to the same database. When labels change, scores change with them and the queue is
    ranked anew, without computing everything again.

    The queue is: suspects by current score (ties by id), then the other findings in their own order, then what
    was skipped. Everything else that is decided has left it, until it is undone.

    Parameters
    ----------
    study : Study
    explanation : Explanation
        Its findings with role ``suspect`` are ranked by score; evidence ``suggested`` (class numbers), if
        there is any, makes the groups.
    store : ReviewStore
    reviewer : str
        Who decides, where a choice does not say.
    rescorer : Rescorer, optional
        Without one, scores and suggestions stay as they are.
    threshold : float
        A finding with role ``suspect`` and at least this score counts as a suspect.

    Raises
    ------
    ReviewError
        The explanation is of other samples, or the log cannot be read.

    Notes
    -----
    100,000 samples: opened in 0.1 s; `decide` and `upcoming` together about 1.5 ms beside the wait for the disk and
    the rescorer. A million: 3 s and 3 ms.
    """

    def __init__(
        self,
        study: Study,
        explanation: Explanation,
        store: ReviewStore,
        reviewer: str,
        *,
        rescorer: Rescorer | None = None,
        threshold: float = 0.5,
    ) -> None:
        self.study = study
        self.explanation = explanation
        self.reviewer = reviewer
        self.threshold = threshold
        self._store = store
        self._key = study_key(study)
        self._rescorer = rescorer
        self._lock = RLock()
        n = len(study)
        self._number_of = {name: number for number, name in enumerate(study.class_names)}
        given = study.maybe_labels
        self._given = given if given is not None else np.full(n, UNLABELLED, np.int64)
        self._labels = np.array(self._given)
        self._codes = np.zeros(n, np.int8)
        self._counts = np.zeros(len(CODES) + 1, np.int64)
        rows = self._rows_of_findings()
        findings = explanation.findings
        self._scores = np.zeros(n)
        self._scores[rows] = np.nan_to_num(findings.scores)
        self._suspect = np.zeros(n, bool)
        self._suspect[rows] = findings.roles == "suspect"
        # Findings that are no suspects follow in the order in which the task gives them.
        self._after = np.full(n, ABSENT)
        self._after[rows] = -np.arange(len(rows), dtype=float)
        self._suggested = np.full(n, UNLABELLED, np.int64)
        if "suggested" in findings.evidence:
            self._suggested[rows] = findings.evidence["suggested"]
        order = np.argsort(study.ids, kind="stable")
        self._suspects, self._below, self._others, self._skipped = (Ranking(order) for _ in range(4))
        self._open_suspect = np.zeros(n, bool)
        self._place(np.arange(n))
        self._draws = CheckSampler(
            RandomChecks(key=study.fingerprint), order, (self._given != UNLABELLED) & ~self._open_suspect
        )
        # Labelled samples in the order of their first decisions, and whether each was there by chance.
        self._shown: dict[int, bool] = {}
        self._tally = RemainingErrorsTracker(self._given, self._draws.unflagged)
        self._state = ReviewState()
        self._lessons, self._swaps = RefitSchedule(), 0
        self.refresh()

    @cached_property
    def _row_of(self) -> dict[str, int]:
        # Made when it is first asked for: with a million samples it takes half a second, and a log may be empty.
        return {sample_id: row for row, sample_id in enumerate(self.study.ids.tolist())}

    def _rows_of_findings(self) -> Ints:
        findings, known = self.explanation.findings, self.explanation.rows
        if known.max(initial=-1) < len(self.study) and np.array_equal(self.study.ids[known], findings.ids):
            return known
        try:
            rows = [self._row_of[sample_id] for sample_id in findings.ids.tolist()]
        except KeyError as missing:
            raise ReviewError(
                f"The explanation is of another study than '{self.study.name}': sample {missing} is not in it. "
                "Explain this study first."
            ) from None
        return np.array(rows, np.int64)

    @property
    def version(self) -> int:
        """Grows by one with every row of the log that this session knows; goes on counting after a restart."""
        return len(self._state)

    @property
    def labels(self) -> Ints:
        """Labels with the corrections so far, (n,); a copy."""
        with self._lock:
            return self._labels.copy()

    @property
    def scores(self) -> Doubles:
        """Current scores, (n,), larger = more suspect; 0 where the explanation has none; a copy."""
        with self._lock:
            return self._scores.copy()

    @property
    def suggested(self) -> Ints:
        """What each sample is likeliest to be instead of its given label, (n,), as labels stand now; a copy.

        `UNLABELLED` where the explanation suggests nothing.
        """
        with self._lock:
            return self._suggested.copy()

    @property
    def states(self) -> NDArray[np.int8]:
        """What was decided on each row, (n,): `OPEN` or a number of `CODES`; a copy."""
        with self._lock:
            return self._codes.copy()

    @property
    def open_suspects(self) -> NDArray[np.bool_]:
        """Suspects that nobody has decided on, (n,); a copy."""
        with self._lock:
            return self._open_suspect.copy()

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Decisions that replaced another reviewer's unseen, oldest first."""
        with self._lock:
            return self._state.conflicts

    @property
    def refits_due(self) -> tuple[int, ...]:
        """Ids of the decisions after which a refit of the models was due, oldest first; see `RefitSchedule`."""
        with self._lock:
            return self._lessons.due

    @property
    def swaps(self) -> int:
        """How often `swap` has changed every score."""
        with self._lock:
            return self._swaps

    def row_of(self, sample_id: str) -> int:
        """Return the row of a sample."""
        return self._row_of[sample_id]

    def number_of(self, name: str | None) -> int:
        """Return the number of a class; `UNLABELLED` for None."""
        return UNLABELLED if name is None else self._number_of[name]

    def decision(self, row: int) -> Decision | None:
        """Return the decision that holds for a row."""
        with self._lock:
            return self._state.current(str(self.study.ids[row]))

    def decisions(self) -> list[Decision]:
        """Return the decisions that hold, one a sample, oldest first."""
        with self._lock:
            return sorted(self._state.standing().values(), key=lambda decision: decision.id or 0)

    def history(self, limit: int = 10) -> list[Decision]:
        """Return the last decisions that are not undone, newest first."""
        with self._lock:
            return list(islice(self._state.history(), limit))

    def progress(self) -> Progress:
        """Count what is decided and what is open."""
        with self._lock:
            by = {verdict: int(self._counts[code]) for verdict, code in CODES.items()}
            still_open = int(np.count_nonzero(self._open_suspect))
        decided = sum(by.values())
        return Progress(
            suspects=decided + still_open,
            decided=decided,
            relabelled=by[Verdict.RELABEL],
            kept=by[Verdict.KEEP],
            excluded=by[Verdict.EXCLUDE],
            skipped=by[Verdict.SKIP],
            total=len(self.study),
        )

    def groups(self) -> list[Group]:
        """List the pairs (given label, suggestion) among open suspects, most frequent first."""
        with self._lock:
            rows = np.flatnonzero(self._open_suspect & (self._suggested != UNLABELLED))
            # One number a pair; both parts are at least UNLABELLED, so shifted they are not negative.
            wide = len(self.study.class_names) + 1
            pairs = (self._given[rows] - UNLABELLED) * wide + self._suggested[rows] - UNLABELLED
        counts = np.bincount(pairs)
        kinds = np.flatnonzero(counts)
        kinds = kinds[np.argsort(-counts[kinds], kind="stable")]
        return [
            Group(given + UNLABELLED, suggested + UNLABELLED, count)
            for given, suggested, count in zip(
                (kinds // wide).tolist(), (kinds % wide).tolist(), counts[kinds].tolist(), strict=True
            )
        ]

    def upcoming(
        self,
        limit: int,
        *,
        given: int | None = None,
        suggested: int | None = None,
        within: Iterable[int] | Ints | None = None,
        skip: Collection[int] = (),
        beyond: bool = False,
    ) -> Ints:
        """Return the rows to decide on next, first one first: open suspects, then those that were skipped.

        Parameters
        ----------
        limit : int
            At most this many.
        given, suggested : int, optional
            Only rows with this given label, with this suggestion (class numbers).
        within : rows, optional
            Only these rows.
        skip : collection of int
            Rows that the screen holds already.
        beyond : bool
            Go on with the samples that are not suspect, before those that were skipped.
        """
        between = (self._below, self._others) if beyond else ()
        rankings = (self._suspects, *between, self._skipped)
        with self._lock:
            among = self._filtered(given, suggested, within)
            wanted = limit + len(skip)
            rows: list[int] = []
            for ranking in rankings:
                left = wanted - len(rows)
                rows += (ranking.best(left) if among is None else ranking.best_among(among, left)).tolist()
        held = set(skip)
        return np.array([row for row in rows if row not in held][:limit], np.int64)

    def mixed(self, limit: int, *, skip: Collection[int] = (), checks: bool = False) -> tuple[Ints, NDArray[np.bool_]]:
        """Return what the queue shows next: suspects, one place in ten a random sample of the others.

        From the random ones follows how many errors are left at most (`remaining`). The queue ends with the last
        suspect, or goes on with random samples only, which lowers that bound soonest; then come those that were
        skipped.

        Parameters
        ----------
        limit : int
            At most this many.
        skip : collection of int
            Rows that the screen holds already.
        checks : bool
            Go on with random samples after the last suspect.

        Returns
        -------
        rows : int array (r,)
        drawn : bool array (r,)
            Which of them are there by chance; to be told to nobody who decides, and kept as `Choice.sampled`.
        """
        wanted = limit + len(skip)
        with self._lock:
            position = int(self._counts[1:].sum())
            undecided = self._codes == OPEN
            rows, drawn = self._draws.mix(self._suspects.best(wanted), undecided, position=position, limit=wanted)
            if checks:
                more = self._draws.next(undecided, wanted - len(rows), without=rows)
                rows, drawn = np.concatenate([rows, more]), np.concatenate([drawn, np.ones(len(more), bool)])
            again = self._skipped.best(wanted - len(rows))
        rows, drawn = np.concatenate([rows, again]), np.concatenate([drawn, np.zeros(len(again), bool)])
        fresh = ~np.isin(rows, list(skip))
        return rows[fresh][:limit], drawn[fresh][:limit]

    def reviews(self) -> Reviews:
        """Return what the decisions that hold say of the given labels, in the order in which they were first made."""
        with self._lock:
            # One whose decision was undone has been shown all the same: of it nothing is known.
            rows = np.fromiter(self._shown, np.int64, len(self._shown))
            codes = self._codes[rows]
            return Reviews(
                rows=rows,
                outcomes=OUTCOMES[codes],
                true_labels=np.where(np.isin(codes, SETTLED), self._labels[rows], UNLABELLED),
                sampled=np.fromiter(self._shown.values(), bool, len(self._shown)),
            )

    def remaining(self) -> RemainingErrors:
        """Bound how many wrong labels are left, from random samples alone; see `bound_remaining_errors`."""
        with self._lock:
            return self._tally.remaining()

    def checks_needed(self, max_remaining: int) -> int | None:
        """Count how many more random samples, all of them right, leave at most so many errors."""
        with self._lock:
            return self._tally.checks_needed(max_remaining)

    def by_score(self, rows: Iterable[int] | Ints) -> Ints:
        """Sort rows by current score, most suspect first, ties by id, whatever was decided on them."""
        chosen = _as_rows(rows)
        with self._lock:
            return chosen[np.lexsort((self.study.ids[chosen], -self._scores[chosen]))]

    def _filtered(self, given: int | None, suggested: int | None, within: Iterable[int] | Ints | None) -> Ints | None:
        if within is None and given is None and suggested is None:
            return None
        rows = np.arange(len(self.study)) if within is None else np.unique(_as_rows(within))
        if given is not None:
            rows = rows[self._given[rows] == given]
        if suggested is not None:
            rows = rows[self._suggested[rows] == suggested]
        return rows

    def decide(self, choices: Sequence[Choice], *, client: str) -> Outcome:
        """Record choices, in order, and bring labels, scores and queue up to date.

        Parameters
        ----------
        choices : sequence of Choice
        client : str
            Who sends them: one name for each browser tab, whose numbers it keeps apart.

        Returns
        -------
        Outcome
            A choice that makes no sense is refused by itself and holds nothing up.

        Raises
        ------
        ReviewError
            The store could not write. What is in the log stays there; send all of them again.
        """
        with self._lock:
            changed = [np.empty(0, np.int64)]
            if any(choice.verdict is Verdict.UNDO for choice in choices):
                changed.append(self.refresh())  # Another session may have undone it already.
            first_conflict = len(self._state.conflicts)
            refused: list[Refusal] = []
            batch: dict[int, Decision] = {}
            rows: set[int] = set()
            for choice in choices:
                if self._state.has(client, choice.seq) or choice.seq in batch:
                    continue
                if choice.verdict is Verdict.UNDO and choice.row in rows:
                    # What it takes back is in this very batch, and has no id before it is recorded.
                    changed.append(self._record(batch))
                    rows.clear()
                try:
                    batch[choice.seq] = self._decision(choice, client)
                    rows.add(choice.row)
                except ReviewError as error:
                    refused.append(Refusal(choice.seq, str(error)))
            changed.append(self._record(batch))
            return Outcome(
                recorded=tuple(choice.seq for choice in choices if self._state.has(client, choice.seq)),
                refused=tuple(refused),
                conflicts=tuple(
                    conflict
                    for conflict in self._state.conflicts[first_conflict:]
                    if conflict.decision.client == client
                ),
                changed=np.unique(np.concatenate(changed)),
                version=self.version,
            )

    def refresh(self) -> Ints:
        """Take in what others have written to the log; return the rows that changed."""
        with self._lock:
            news = self._store.decisions(self._key, after=self._state.last_id)
            if not news:
                return np.empty(0, np.int64)
            for decision in news:
                self._state.add(decision)
                self._lessons.add(decision, self._state.current(decision.sample_id))
                row = self._row_of[decision.sample_id]
                if decision.verdict is not Verdict.UNDO and self._given[row] != UNLABELLED:
                    self._shown.setdefault(row, decision.sampled)
            touched = np.unique([self._row_of[decision.sample_id] for decision in news])
            return self._follow(touched)

    def swap(self, rescorer: Rescorer, *, labels: Ints, scores: Doubles, suggested: Ints) -> None:
        """Take over newly fitted models: all scores, suggestions and places in the queue change at once.

        Decisions that were made while they were fitted are not lost: who is touched by them is scored anew. What was
        drawn at random, and the bound that rests on it (`remaining`), go on as before.

        Parameters
        ----------
        rescorer : Rescorer
            Nobody else's from now on.
        labels : int array (n,)
            The labels that it stands at; `UNLABELLED` for a sample that is excluded.
        scores : float array (n,)
            Its scores of all samples at these labels.
        suggested : int array (n,)
            Its suggestions at these labels, instead of the given ones.

        Notes
        -----
        A million samples: others wait for 0.1 s at the end; what is scored anew before that holds nobody up.
        """
        scores, suggested = np.array(scores, float), np.array(suggested, np.int64)
        with self._lock:
            votes = self._votes()
        self._catch_up(rescorer, np.array(labels), votes, scores, suggested)
        with self._lock:
            self._catch_up(rescorer, votes, self._votes(), scores, suggested)
            self._rescorer, self._scores, self._suggested = rescorer, scores, suggested
            self._swaps += 1
            self._place(np.arange(len(self.study)))

    def _catch_up(self, rescorer: Rescorer, stood: Ints, stand: Ints, scores: Doubles, suggested: Ints) -> None:
        """Lead a rescorer from some labels to others, and correct its scores and suggestions in place."""
        rows = np.flatnonzero(stand != stood)
        if len(rows):
            changed, fresh = rescorer.update(rows, stand[rows])
            scores[changed], suggested[changed] = fresh, rescorer.suggestions(changed, self._given[changed])

    def _votes(self) -> Ints:
        """Give the labels with which samples are heard now, (n,)."""
        return np.where(self._codes == CODES[Verdict.EXCLUDE], UNLABELLED, self._labels)

    def _record(self, batch: dict[int, Decision]) -> Ints:
        self._store.append(list(batch.values()))
        batch.clear()
        return self.refresh()

    def _decision(self, choice: Choice, client: str) -> Decision:
        n, c = len(self.study), len(self.study.class_names)
        if not 0 <= choice.row < n:
            raise ReviewError(f"There is no row {choice.row}; study '{self.study.name}' has rows 0 to {n - 1}.")
        sample_id = str(self.study.ids[choice.row])
        reviewer = self.reviewer if choice.reviewer is None else choice.reviewer
        given = int(self._given[choice.row])
        verdict, label, undoes = choice.verdict, None, None
        match verdict:
            case Verdict.RELABEL:
                if choice.label is None or not 0 <= choice.label < c:
                    raise ReviewError(
                        f"Sample '{sample_id}' cannot be relabelled to class number {choice.label}; "
                        f"there are classes 0 to {c - 1}."
                    )
                label = choice.label
                if label == given:
                    verdict = Verdict.KEEP
            case Verdict.KEEP:
                label = given
            case Verdict.UNDO:
                target = self._state.to_undo(sample_id, reviewer=reviewer, decision_id=choice.undoes)
                undoes = target.id
        score = self._scores[choice.row] if choice.score is None else choice.score
        return Decision(
            study=self._key,
            study_fingerprint=self.study.fingerprint,
            task=self.explanation.task,
            sample_id=sample_id,
            verdict=verdict,
            old_label=label_name(self.study, given),
            new_label=None if label is None else label_name(self.study, label),
            reviewer=reviewer,
            note=choice.note,
            explanation=self.explanation.fingerprint,
            score=float(score) if np.isfinite(score) else None,
            decided_at=choice.at or datetime.now(UTC),
            client=client,
            seq=choice.seq,
            undoes=undoes,
            based_on=choice.based_on,
            sampled=choice.sampled,
        )

    def _follow(self, rows: Ints) -> Ints:
        """Take over what now holds for rows: verdicts, labels, scores, places in the queue."""
        labels = self._given[rows]
        votes_before = np.where(self._codes[rows] == CODES[Verdict.EXCLUDE], UNLABELLED, self._labels[rows])
        codes = np.zeros(len(rows), np.int8)
        for i, row in enumerate(rows.tolist()):
            decision = self._state.current(str(self.study.ids[row]))
            if decision is not None:
                codes[i] = CODES[decision.verdict]
                if decision.new_label is not None:
                    labels[i] = self._number_of[decision.new_label]
        self._counts += np.bincount(codes, minlength=len(self._counts))
        self._counts -= np.bincount(self._codes[rows], minlength=len(self._counts))
        self._codes[rows], self._labels[rows] = codes, labels
        self._tell_tally(dict(zip(rows.tolist(), OUTCOMES[codes].tolist(), strict=True)))
        votes = np.where(codes == CODES[Verdict.EXCLUDE], UNLABELLED, labels)
        voted = votes != votes_before
        if self._rescorer is not None and voted.any():
            changed, scores = self._rescorer.update(rows[voted], votes[voted])
            self._scores[changed] = scores
            self._suggested[changed] = self._rescorer.suggestions(changed, self._given[changed])
            rows = np.union1d(rows, changed)
        self._place(rows)
        return rows

    def _tell_tally(self, says: dict[int, int]) -> None:
        """Tell what decisions now say of rows: answers that changed, then new ones in the order of showing."""
        fresh = [row for row in islice(reversed(self._shown), len(says)) if row in says]
        for row in says.keys() - set(fresh):
            self._tally.update(row, says[row], self._shown.get(row, False))
        for row in reversed(fresh):
            self._tally.update(row, says[row], self._shown[row])

    def _place(self, rows: Ints) -> None:
        undecided = self._codes[rows] == OPEN
        skipped = self._codes[rows] == CODES[Verdict.SKIP]
        suspect, scores = self._suspect[rows], self._scores[rows]
        over = scores >= self.threshold
        self._suspects.put(rows, np.where(undecided & suspect & over, scores, ABSENT))
        self._below.put(rows, np.where(undecided & suspect & ~over, scores, ABSENT))
        self._others.put(rows, np.where(undecided & ~suspect, self._after[rows], ABSENT))
        self._skipped.put(rows, np.where(skipped, scores, ABSENT))
        self._open_suspect[rows] = undecided & suspect & over


def _as_rows(rows: Iterable[int] | Ints) -> Ints:
    return rows if isinstance(rows, np.ndarray) else np.fromiter(rows, np.int64)
