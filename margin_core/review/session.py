"""A review in progress: the queue, the decisions so far, and the scores that follow them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from margin_core.audit.overview import Confusion, count_confusions
from margin_core.errors import ReviewError
from margin_core.review.choice import Choice, Outcome, Refusal, to_decision
from margin_core.review.decision import CODES, OPEN, Decision, Verdict, study_key
from margin_core.review.estimates import RemainingErrors, Reviews
from margin_core.review.progress import ReviewProgress
from margin_core.review.replayed_log import ReplayedLog, to_rows
from margin_core.review.rescorer import Rescorer
from margin_core.review.review_scores import ReviewScores
from margin_core.review.state import Conflict
from margin_core.review.store import ReviewStore
from margin_core.tasks.label_flips.label_error_score import SUSPECT_THRESHOLD
from margin_core.values import UNLABELED, Doubles, Explanation, Ints, Study


class ReviewSession:
    """The live state behind a review screen; any number of threads may use it.

    It replays the log when it starts, then follows it: its own decisions and those that other sessions or
    processes write to the same database. When labels change, scores change with them and the queue is
    sorted anew, without computing everything again.

    The queue is: suspects by current score (ties by id), then the other findings in their own order, then what
    was skipped. Everything else that is decided has left it, until it is undone.

    Parameters
    ----------
    study : Study
    explanation : Explanation
        Its findings with role ``suspect`` are ranked by score; evidence ``suggested`` (class numbers), if
        there is any, makes the pairs of `confusions`.
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
        threshold: float = SUSPECT_THRESHOLD,
    ) -> None:
        self.study = study
        self.explanation = explanation
        self.reviewer = reviewer
        self.threshold = threshold
        self.store = store
        self.study_key = study_key(study)
        self._lock = RLock()
        self._log = ReplayedLog(study, explanation, rescorer, threshold)
        self.refresh()

    @property
    def version(self) -> int:
        """Grows by one with every row of the log that this session knows; goes on counting after a restart."""
        return len(self._log.state)

    @property
    def labels(self) -> Ints:
        """Labels with the corrections so far, (n,); a copy."""
        with self._lock:
            return self._log.labels.current.copy()

    @property
    def last_decision(self) -> int:
        """The id of the last row of the log that this session knows; 0 for none."""
        with self._lock:
            return self._log.state.last_id

    @property
    def given(self) -> Ints:
        """Labels before any correction, those given in the dashboard among them, (n,); a copy."""
        with self._lock:
            return self._log.labels.given.copy()

    @property
    def unlabeled(self) -> NDArray[np.bool_]:
        """Samples without a label that nobody has decided on, (n,); a copy."""
        with self._lock:
            found: NDArray[np.bool_] = (self._log.labels.given == UNLABELED) & (self._log.labels.codes == OPEN)
        return found

    @property
    def n_unlabeled(self) -> int:
        """Number of samples without a label that nobody has decided on."""
        return int(np.count_nonzero(self.unlabeled))

    @property
    def n_labeled(self) -> int:
        """Number of samples that have a label now."""
        with self._lock:
            return int(np.count_nonzero(self._log.labels.current != UNLABELED))

    @property
    def skipped_unlabeled(self) -> NDArray[np.bool_]:
        """Samples without a label that were skipped, (n,); a copy."""
        with self._lock:
            skipped = self._log.labels.codes == CODES[Verdict.SKIP]
            found: NDArray[np.bool_] = (self._log.labels.given == UNLABELED) & skipped
        return found

    @property
    def n_set_aside(self) -> int:
        """Number of samples without a given label that are skipped, excluded or decided in a review."""
        with self._lock:
            return int(np.count_nonzero((self._log.labels.given == UNLABELED) & (self._log.labels.codes != OPEN)))

    @property
    def scores(self) -> Doubles:
        """Current scores, (n,), larger = more suspect; 0 where the explanation has none; a copy."""
        with self._lock:
            return self._log.scores.values.copy()

    @property
    def suggested(self) -> Ints:
        """The most likely class of each sample other than its given label, (n,), as labels stand now; a copy.

        `UNLABELED` where the explanation suggests nothing.
        """
        with self._lock:
            return self._log.scores.suggested.copy()

    @property
    def states(self) -> NDArray[np.int8]:
        """The decision on each row, (n,): `OPEN` or a number of `CODES`; a copy."""
        with self._lock:
            return self._log.labels.codes.copy()

    @property
    def open_suspects(self) -> NDArray[np.bool_]:
        """Suspects that nobody has decided on, (n,); a copy."""
        with self._lock:
            return self._log.queue.open_suspects.copy()

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Decisions that replaced another reviewer's unseen, oldest first."""
        with self._lock:
            return self._log.state.conflicts

    @property
    def refits_due(self) -> tuple[int, ...]:
        """Ids of the decisions after which a refit of the models was due, oldest first; see `RefitSchedule`."""
        with self._lock:
            return self._log.schedule.due

    @property
    def n_refits(self) -> int:
        """The number of refits that have changed every score."""
        with self._lock:
            return self._log.n_refits

    def class_number(self, name: str | None) -> int:
        """Return the number of a class.

        Parameters
        ----------
        name : str or None

        Returns
        -------
        int
            `UNLABELED` for None.
        """
        return UNLABELED if name is None else self._log.labels.class_numbers[name]

    def decision(self, row: int) -> Decision | None:
        """Return the decision that holds for a row.

        Parameters
        ----------
        row : int

        Returns
        -------
        Decision or None
        """
        with self._lock:
            return self._log.state.current(str(self.study.ids[row]))

    def decisions(self) -> list[Decision]:
        """Return the decisions that hold.

        Returns
        -------
        list of Decision
            One a sample, oldest first.
        """
        with self._lock:
            return sorted(self._log.state.current_decisions().values(), key=lambda decision: decision.id or 0)

    def history(self, limit: int = 10) -> list[Decision]:
        """Return the last decisions that are not undone.

        Parameters
        ----------
        limit : int

        Returns
        -------
        list of Decision
            At most `limit`, newest first.
        """
        with self._lock:
            return list(islice(self._log.state.history(), limit))

    def progress(self) -> ReviewProgress:
        """Count what is decided and what is open.

        Returns
        -------
        ReviewProgress
        """
        with self._lock:
            n_open = int(np.count_nonzero(self._log.queue.open_suspects))
            return ReviewProgress.of(self._log.labels.counts, n_open, len(self.study))

    def confusions(self) -> list[Confusion]:
        """Count the open suspects by given label and suggestion.

        Returns
        -------
        list of Confusion
            Most frequent first; ties by class numbers.
        """
        with self._lock:
            rows = np.flatnonzero(self._log.queue.open_suspects & (self._log.scores.suggested != UNLABELED))
            given, suggested = self._log.labels.given[rows], self._log.scores.suggested[rows]
        return count_confusions(given, suggested)

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

        Returns
        -------
        int array (r,)
        """
        with self._lock:
            among = self._log.filtered(given, suggested, within)
            return self._log.queue.upcoming(limit, among=among, skip=skip, beyond=beyond)

    def upcoming_with_checks(
        self, limit: int, *, skip: Collection[int] = (), checks: bool = False
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """Return what the queue shows next: suspects, one place in ten a random check of the others.

        From the random checks follows how many errors are left at most (`remaining`). The queue ends with the last
        suspect, or goes on with random checks only, which lowers that bound soonest; then come those that were skipped.

        Parameters
        ----------
        limit : int
            At most this many.
        skip : collection of int
            Rows that the screen holds already.
        checks : bool
            Go on with random checks after the last suspect.

        Returns
        -------
        rows : int array (r,)
        sampled : bool array (r,)
            Which of them are random checks: not to be shown to whoever decides, and recorded as `Choice.sampled`.
        """
        with self._lock:
            return self._log.queue.upcoming_with_checks(
                limit, self._log.sampler, self._log.labels.codes, skip=skip, checks=checks
            )

    def reviews(self) -> Reviews:
        """Return what the decisions that hold say of the given labels.

        Returns
        -------
        Reviews
            In the order in which samples were first decided on.
        """
        with self._lock:
            return self._log.shown.reviews(self._log.labels.codes, self._log.labels.current)

    def remaining(self) -> RemainingErrors:
        """Compute bounds on the wrong labels left, from random checks alone; see `bound_remaining_errors`.

        Returns
        -------
        RemainingErrors
        """
        with self._lock:
            return self._log.shown.remaining()

    def checks_needed(self, max_remaining: int) -> int | None:
        """Compute how many more random checks, all of them right, leave at most so many errors.

        Parameters
        ----------
        max_remaining : int

        Returns
        -------
        int or None
            None when open suspects and skipped samples alone are more.
        """
        with self._lock:
            return self._log.shown.checks_needed(max_remaining)

    def sort_by_score(self, rows: Iterable[int] | Ints) -> Ints:
        """Sort rows by current score, whatever was decided on them.

        Parameters
        ----------
        rows : iterable of int

        Returns
        -------
        int array (r,)
            Most suspect first, ties by id.
        """
        chosen = to_rows(rows)
        with self._lock:
            return self._log.scores.sort(chosen, self.study.ids)

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
            first_conflict = len(self._log.state.conflicts)
            refused: list[Refusal] = []
            batch: dict[int, Decision] = {}
            rows: set[int] = set()
            for choice in choices:
                if self._log.state.has(client, choice.seq) or choice.seq in batch:
                    continue
                if choice.verdict is Verdict.UNDO and choice.row in rows:
                    # The decision that it undoes is in this very batch, and has no id before it is recorded.
                    changed.append(self._record(batch))
                    rows.clear()
                try:
                    batch[choice.seq] = self._decision(choice, client)
                    rows.add(choice.row)
                except ReviewError as error:
                    refused.append(Refusal(choice.seq, str(error)))
            changed.append(self._record(batch))
            return Outcome(
                recorded=tuple(choice.seq for choice in choices if self._log.state.has(client, choice.seq)),
                refused=tuple(refused),
                conflicts=tuple(
                    conflict
                    for conflict in self._log.state.conflicts[first_conflict:]
                    if conflict.decision.client == client
                ),
                changed=np.unique(np.concatenate(changed)),
                version=self.version,
            )

    def refresh(self) -> Ints:
        """Read what others have written to the log, and bring labels, scores and queue up to date.

        Returns
        -------
        int array
            The rows that changed.
        """
        with self._lock:
            news = self.store.decisions(self.study_key, after=self._log.state.last_id)
            if not news:
                return np.empty(0, np.int64)
            return self._log.add(news)

    def apply_refit(self, rescorer: Rescorer, *, labels: Ints, scores: Doubles, suggested: Ints) -> None:
        """Replace the models behind the ranking: all scores, suggestions and places in the queue change at once.

        Decisions that were made while the models were fitted are not lost: whatever they touch is scored anew. The
        random checks, and the bound that rests on them (`remaining`), go on as before.

        Parameters
        ----------
        rescorer : Rescorer
            Nobody else's from now on.
        labels : int array (n,)
            The labels that it stands at; `UNLABELED` for a sample that is excluded.
        scores : float array (n,)
            Its scores of all samples at these labels.
        suggested : int array (n,)
            Its suggestions at these labels, instead of the given ones.

        Notes
        -----
        A million samples: others wait for 0.1 s at the end; what is scored anew before that holds nobody up.
        """
        refitted = ReviewScores(np.array(scores, float), np.array(suggested, np.int64), rescorer)
        with self._lock:
            votes = self._log.labels.votes()
        refitted.catch_up(labels, votes, self._log.labels.given)
        with self._lock:
            refitted.catch_up(votes, self._log.labels.votes(), self._log.labels.given)
            self._log.replace_scores(refitted)

    def _record(self, batch: dict[int, Decision]) -> Ints:
        self.store.append(list(batch.values()))
        batch.clear()
        return self.refresh()

    def _decision(self, choice: Choice, client: str) -> Decision:
        n = len(self.study)
        if not 0 <= choice.row < n:
            raise ReviewError(f"There is no row {choice.row}; study '{self.study.name}' has rows 0 to {n - 1}.")
        return to_decision(
            choice,
            self.study,
            self._log.state,
            given=int(self._log.labels.given[choice.row]),
            key=self.study_key,
            task=choice.task or self.explanation.task,
            explanation=self.explanation.fingerprint,
            reviewer=self.reviewer,
            score=self._log.scores.values[choice.row],
            client=client,
        )
