"""What a log of decisions amounts to, row by row: labels, scores, the queue, and what was shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from margin_core.errors import ReviewError
from margin_core.review.check_sampler import CheckSampler
from margin_core.review.current_labels import CurrentLabels
from margin_core.review.decision import Decision, Verdict, is_label_given
from margin_core.review.estimates import RandomChecks
from margin_core.review.queue import ReviewQueue
from margin_core.review.refit_schedule import RefitSchedule
from margin_core.review.rescorer import Rescorer
from margin_core.review.review_scores import ReviewScores
from margin_core.review.shown_samples import ShownSamples
from margin_core.review.state import ReviewState
from margin_core.values import UNLABELED, Explanation, Ints, Study


class ReplayedLog:
    """The parts of a review that follow from its log, kept up to date together.

    It reads no database and takes no lock; `margin_core.review.ReviewSession` does both.

    Parameters
    ----------
    study : Study
    explanation : Explanation
        Of this study.
    rescorer : Rescorer or None
    threshold : float
        From this score on a finding with role ``suspect`` is one.

    Attributes
    ----------
    state : ReviewState
        The decisions by sample.
    labels : CurrentLabels
    scores : ReviewScores
    queue : ReviewQueue
    sampler : CheckSampler
    shown : ShownSamples
    schedule : RefitSchedule
    n_refits : int
        How often `replace_scores` was called.

    Raises
    ------
    ReviewError
        The explanation is of other samples.
    """

    def __init__(self, study: Study, explanation: Explanation, rescorer: Rescorer | None, threshold: float) -> None:
        findings, rows = explanation.findings, rows_of_findings(study, explanation)
        by_id = np.argsort(study.ids, kind="stable")
        self._study = study
        self.state = ReviewState()
        self.labels = CurrentLabels(study)
        self.scores = ReviewScores.from_findings(findings, rows, len(study), rescorer)
        self.queue = ReviewQueue.from_findings(findings, rows, by_id, threshold)
        self._place(np.arange(len(study)))
        unflagged = (self.labels.given != UNLABELED) & ~self.queue.open_suspects
        self.sampler = CheckSampler(RandomChecks(key=study.fingerprint), by_id, unflagged)
        self.shown = ShownSamples(self.labels.given, unflagged)
        self.schedule, self.n_refits = RefitSchedule(), 0
        self._labeled_here: set[str] = set()

    def add(self, decisions: Sequence[Decision]) -> Ints:
        """Update everything to more rows of the log.

        Parameters
        ----------
        decisions : sequence of Decision
            At least one, in the order of the log.

        Returns
        -------
        int array (r,)
            The rows of the study that changed.
        """
        row_of = self._study.row_of
        for decision in decisions:
            self.state.add(decision)
            self.schedule.add(decision, self.state.current(decision.sample_id))
            if is_label_given(decision):
                self._labeled_here.add(decision.sample_id)
            elif decision.verdict is not Verdict.UNDO:
                self.shown.add(row_of[decision.sample_id], decision.sampled)
            if decision.sample_id in self._labeled_here:
                self.labels.give(row_of[decision.sample_id], self.state.label_given(decision.sample_id))
        rows = np.unique([row_of[decision.sample_id] for decision in decisions])
        moved, votes = self.labels.update(
            rows, [self.state.current(sample_id) for sample_id in self._study.ids[rows].tolist()]
        )
        self.shown.update(dict(zip(rows.tolist(), self.labels.codes[rows].tolist(), strict=True)))
        rows = np.union1d(rows, self.scores.update(moved, votes, self.labels.given))
        self._place(rows)
        return rows

    def replace_scores(self, scores: ReviewScores) -> None:
        """Replace all scores and suggestions, and put every row in its new place.

        Parameters
        ----------
        scores : ReviewScores
            Of all samples, at the labels as they stand.
        """
        self.scores = scores
        self.n_refits += 1
        self._place(np.arange(len(self._study)))

    def filtered(self, given: int | None, suggested: int | None, within: Iterable[int] | Ints | None) -> Ints | None:
        """Return the rows of one given label, one suggestion, or a selection.

        Parameters
        ----------
        given, suggested : int or None
            Class numbers; None: any.
        within : rows or None
            None: all.

        Returns
        -------
        int array (r,) or None
            Each once; None where nothing is asked for.
        """
        if within is None and given is None and suggested is None:
            return None
        rows = np.arange(len(self._study)) if within is None else np.unique(to_rows(within))
        if given is not None:
            rows = rows[self.labels.given[rows] == given]
        if suggested is not None:
            rows = rows[self.scores.suggested[rows] == suggested]
        return rows

    def _place(self, rows: Ints) -> None:
        self.queue.place(rows, self.labels.codes[rows], self.scores.values[rows])


def rows_of_findings(study: Study, explanation: Explanation) -> Ints:
    """Return the row of a study that each finding of an explanation is about.

    Parameters
    ----------
    study : Study
    explanation : Explanation
        Of this study, or of one with the same samples in another order.

    Returns
    -------
    int array (f,)

    Raises
    ------
    ReviewError
        A finding is about a sample that the study does not have.
    """
    ids, rows = explanation.findings.ids, explanation.rows
    if rows.max(initial=-1) < len(study) and np.array_equal(study.ids[rows], ids):
        return rows
    try:
        return np.array([study.row_of[sample_id] for sample_id in ids.tolist()], np.int64)
    except KeyError as missing:
        raise ReviewError(
            f"The explanation is of another study than '{study.name}': sample {missing} is not in it. "
            "Explain this study first."
        ) from None


def to_rows(rows: Iterable[int] | Ints) -> Ints:
    """Return rows as an array.

    Parameters
    ----------
    rows : iterable of int

    Returns
    -------
    int array (r,)
    """
    return rows if isinstance(rows, np.ndarray) else np.fromiter(rows, np.int64)
