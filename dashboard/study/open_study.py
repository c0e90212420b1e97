"""One study that is open in this process. What a view computes of it stands in that view's folder."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np

from dashboard.study.memory import Memory
from dashboard.study.pictures import PictureBook
from margin_core.audit.audit import Audit, compute_map_positions, live_label_error_score, ranking_of
from margin_core.audit.stored_explanation import load_or_explain
from margin_core.audit.study_graph import on_study_graph
from margin_core.errors import NotComputed
from margin_core.protocol import identity
from margin_core.review import ReviewSession, ReviewStore, Verdict
from margin_core.review.decision import CODES
from margin_core.review.label_curve import AccuracyPoint
from margin_core.review.refit import MAX_STORED, Refit, refit
from margin_core.review.reviewed_labels import read_reviewed_labels
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks import Task
from margin_core.tasks.label_flips.label_error_score import SUSPECT_THRESHOLD, LabelErrorScore
from margin_core.tasks.label_flips.live_label_error_score import LiveLabelErrorScore
from margin_core.values import UNLABELED, Explanation, Floats, Ints, Need


class OpenStudy:
    """An audited study with its review.

    Parameters
    ----------
    audited : Audit
    database : str or Path
        The SQLite file that keeps the decisions, or the SQLAlchemy URL of a database.
    reviewer : str
        Who decides, where a decision does not say.

    Attributes
    ----------
    study : Study
    explanation : Explanation
        The ranking of the labels that the study was opened with.
    session : ReviewSession
        The queue and the decisions.
    refit : Refit or None
        The refit in use; None while it is the first ranking.
    memory : Memory
        What views have computed of this study.
    key : str
        Short name of the study in addresses.
    """

    def __init__(self, audited: Audit, database: str | Path, reviewer: str) -> None:
        self.audited = audited
        self.study = audited.opened.study
        self.explanation = audited.explanation
        self.store = ReviewStore(database)
        self._live = live_label_error_score(audited) if self.study.has(Need.LABELS) else None
        self._first_scores = None if self._live is None else self._live.label_error_score
        self.refit: Refit | None = None
        rescorer = self._live if audited.task.method == "pooled" else None
        self.session = ReviewSession(
            self.study, self.explanation, self.store, reviewer,
            rescorer=rescorer, threshold=SUSPECT_THRESHOLD,
        )  # fmt: skip
        # That of the study as it was read: labels that are given here do not change its address.
        read = audited.opened.source_study
        ranking = identity(ranking_of(audited.task, read), read)
        self.key = fingerprint(read.fingerprint, ranking, str(database))[:12]
        self.pictures = PictureBook(self.study, audited.opened.workspace)
        self.memory = Memory()
        self.n_before = 0

    def follow(self, before: OpenStudy) -> None:
        """Replace the same study with fewer labels: what was selected there is known here, too."""
        for kind in ("selection", "batch", "batch_on_screen"):
            self.memory.take_over(before.memory, kind)
        self.n_before = before.n_before + before.session.n_refits + 1

    @property
    def has_scores(self) -> bool:
        """Whether any sample has a label, so that there are label error scores."""
        return self._live is not None

    @property
    def live(self) -> LiveLabelErrorScore:
        """The label error scores, kept up to date with the decisions.

        Raises
        ------
        MissingPart
            No sample has a label.
        """
        if self._live is None:
            self.study.require(Need.LABELS)
        return cast("LiveLabelErrorScore", self._live)

    @property
    def first_scores(self) -> LabelErrorScore:
        """The label error scores before any refit, where there are labels."""
        return cast("LabelErrorScore", self._first_scores)

    @property
    def is_behind(self) -> bool:
        """Whether samples were given labels since the models were fitted."""
        labels = self.study.maybe_labels
        given = self.session.given
        return bool((given != (UNLABELED if labels is None else labels)).any())

    @property
    def n_labels_given(self) -> int:
        """Number of samples whose label was given here, the source having none, and that no review changed."""
        labels, given = self.audited.opened.source_study.maybe_labels, self.session.given
        is_given = (given != UNLABELED) & ((UNLABELED if labels is None else labels) == UNLABELED)
        changed = np.isin(self.session.states, (CODES[Verdict.RELABEL], CODES[Verdict.EXCLUDE]))
        return int(np.count_nonzero(is_given & ~changed))

    @property
    def probe_accuracy(self) -> AccuracyPoint | None:
        """How many labels the cross-validated linear probe predicts; None where there are none."""
        if self._live is None:
            return None
        labeled = np.flatnonzero(self.study.labels != UNLABELED)
        predicted = self._live.label_error_score.models[0].argmax()[labeled]
        return AccuracyPoint(len(labeled), int((predicted == self.study.labels[labeled]).sum()))

    @property
    def votes(self) -> Ints:
        """The labels with which samples vote now, (n,); none for an excluded one."""
        return self.session.labels if self._live is None else self._live.labels

    @property
    def version(self) -> int:
        """Grows with every decision and every refit: whatever shows scores is fresh under the same number."""
        return self.session.version + self.session.n_refits + self.n_before

    # -- answers ---------------------------------------------------------------------------------

    @property
    def positions(self) -> Floats | None:
        """Map coordinates (n, 2), or None while they are being laid out elsewhere."""
        try:
            return self.memory.recall("positions", "", lambda: compute_map_positions(self.audited))
        except NotComputed:
            return None

    def answer(self, task: Task) -> Explanation | None:
        """Return what a task found in this study, or None until it is in the workspace.

        Raises
        ------
        MissingPart
            The study lacks something the task needs.
        """
        task = on_study_graph(task, self.study)
        key = identity(task, self.study)
        try:
            return self.memory.recall("answer", key, lambda: load_or_explain(task, self.audited.opened))
        except NotComputed:
            return None

    # -- refits ----------------------------------------------------------------------------------

    @property
    def refit_corrections(self) -> int:
        """Number of changed labels that the scores in use are fitted on; 0 for the first ranking."""
        return 0 if self.refit is None else self.refit.reviewed_labels.changed

    def apply_refit(self, upto: int) -> None:
        """Use the refit that was made of the decisions up to one.

        Raises
        ------
        NotComputed
            It is not in the workspace.
        """
        labels = read_reviewed_labels(self.study, self.store, upto)
        found = refit(self.audited, labels)
        live = found.live()
        self.session.apply_refit(live, labels=labels.labels, scores=found.scores, suggested=found.suggested)
        self._live, self.refit = live, found

    def apply_last_refit(self) -> int:
        """Use the last refit that is in the workspace; return the decision up to which it was made, 0 for none."""
        for due in reversed(self.session.refits_due[-MAX_STORED:]):
            try:
                self.apply_refit(due)
            except NotComputed:
                continue
            return due
        return 0
