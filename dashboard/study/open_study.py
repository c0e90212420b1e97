"""One study that is open in this process. What a view computes of it stands in that view's folder."""

from __future__ import annotations

from pathlib import Path

from dashboard.study.memory import Memory
from dashboard.study.pictures import PictureBook
from margin_core.audit.audit import Audit, compute_map_positions, live_label_error_score
from margin_core.audit.stored_explanation import load_or_explain
from margin_core.audit.study_graph import on_study_graph
from margin_core.errors import NotComputed
from margin_core.protocol import identity
from margin_core.review import ReviewSession, ReviewStore
from margin_core.review.refit import MAX_STORED, Refit, refit
from margin_core.review.reviewed_labels import read_reviewed_labels
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks import Task
from margin_core.tasks.label_flips.label_error_score import SUSPECT_THRESHOLD, LabelErrorScore
from margin_core.tasks.label_flips.live_label_error_score import LiveLabelErrorScore
from margin_core.values import Explanation, Floats


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
    live : LiveLabelErrorScore
        The label error scores, kept up to date with the decisions.
    first_scores : LabelErrorScore
        Those before any refit.
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
        self.live: LiveLabelErrorScore = live_label_error_score(audited)
        self.first_scores: LabelErrorScore = self.live.label_error_score
        self.refit: Refit | None = None
        rescorer = self.live if audited.task.method == "pooled" else None
        self.session = ReviewSession(
            self.study, self.explanation, self.store, reviewer,
            rescorer=rescorer, threshold=SUSPECT_THRESHOLD,
        )  # fmt: skip
        self.key = fingerprint(self.study.fingerprint, self.explanation.fingerprint, str(database))[:12]
        self.pictures = PictureBook(self.study, audited.opened.workspace)
        self.memory = Memory()

    @property
    def version(self) -> int:
        """Grows with every decision and every refit: whatever shows scores is fresh under the same number."""
        return self.session.version + self.session.n_refits

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
        self.live, self.refit = live, found

    def apply_last_refit(self) -> int:
        """Use the last refit that is in the workspace; return the decision up to which it was made, 0 for none."""
        for due in reversed(self.session.refits_due[-MAX_STORED:]):
            try:
                self.apply_refit(due)
            except NotComputed:
                continue
            return due
        return 0
