"""What a report is about, gathered from an opened study."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version

from margin_core.audit.audit import Audit, audit
from margin_core.audit.overview import Overview
from margin_core.review import Decision, ReviewSession, ReviewStore, Verdict, study_key
from margin_core.review.estimates import LabelErrorEstimate
from margin_core.review.export.labels import current_decisions
from margin_core.review.queue_posterior import fit_queue_posterior
from margin_core.storage.engine import Run
from margin_core.study import Opened
from margin_core.study.notes import texts_of
from margin_core.tasks import LabelFlips, Task
from margin_core.values import Explanation, Need, Study

MAX_FINDINGS = 100
"""Findings of each task that a report shows unless more or fewer are asked for."""

PACKAGES = ("numpy", "scipy", "scikit-learn", "faiss-cpu", "torch", "umap-learn", "pillow")
"""Packages that numbers and pictures depend on; their versions are part of the provenance."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Report:
    """Everything that is in a report, before it is written.

    Attributes
    ----------
    study : Study
    explanations : tuple of Explanation
        One for each task, in the order of the document.
    made_at : datetime
        With a time zone. It is given and not read off a clock, so that the same input makes the same file.
    program_version : str
        Of MARGIN.
    source : str
        What was opened.
    notes : tuple of str
        What was left out, replaced or could not be read, a sentence each.
    overview : Overview or None
        None where labels or features are missing.
    estimate : LabelErrorEstimate or None
        None where labels or features are missing.
    decisions : tuple of Decision
        Those that hold, oldest first.
    log_entries : int
        Rows of the log, undone decisions and undos included.
    max_findings : int
        Findings of each task that are shown.
    versions : mapping of str to str
        Of what the numbers depend on.
    """

    study: Study
    explanations: tuple[Explanation, ...]
    made_at: datetime
    program_version: str
    source: str = ""
    notes: tuple[str, ...] = ()
    overview: Overview | None = None
    estimate: LabelErrorEstimate | None = None
    decisions: tuple[Decision, ...] = ()
    log_entries: int = 0
    max_findings: int = MAX_FINDINGS
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def decided(self) -> int:
        """Samples that are decided on; a skipped one is not."""
        return sum(decision.verdict is not Verdict.SKIP for decision in self.decisions)


def collect_report(
    opened: Opened,
    tasks: Sequence[Task],
    explanations: Sequence[Explanation],
    store: ReviewStore,
    *,
    made_at: datetime,
    program_version: str,
    max_findings: int = MAX_FINDINGS,
    run: Run | None = None,
) -> Report:
    """Collect what is known of an opened study: findings, estimate, decisions and provenance.

    Parameters
    ----------
    opened : Opened
    tasks : sequence of Task
        The recipes of `explanations`. The estimate of errors goes by the `LabelFlips` among them, else by the default.
    explanations : sequence of Explanation
        Of this study.
    store : ReviewStore
        The log of its decisions.
    made_at : datetime
        With a time zone.
    program_version : str
    max_findings : int
        Findings of each task that are shown.
    run : Run, optional
        Receives the progress.

    Returns
    -------
    Report
    """
    run = run or Run()
    study = opened.study
    log = store.decisions(study_key(study))
    audited = None
    if study.has(Need.LABELS) and study.has(Need.EMBEDDING):
        recipe = next((task for task in tasks if isinstance(task, LabelFlips)), None)
        audited = audit(opened, recipe, run.part(0.0, 0.5).progress)
    return Report(
        study=study,
        explanations=tuple(explanations),
        made_at=made_at,
        program_version=program_version,
        source=str(opened.source),
        notes=texts_of(opened.notes),
        overview=None if audited is None else audited.overview,
        estimate=None if audited is None else _estimate(audited, store, run.part(0.5, 1.0)),
        decisions=tuple(sorted(current_decisions(study, log).values(), key=lambda one: one.id or 0)),
        log_entries=len(log),
        max_findings=max_findings,
        versions={"Python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    )


def _estimate(audited: Audit, store: ReviewStore, run: Run) -> LabelErrorEstimate:
    """Estimate how many labels are wrong by the ranking that the queue goes by, as the dashboard does."""
    study, found = audited.opened.study, audited.explanation
    session = ReviewSession(study, found, store, reviewer="")
    return LabelErrorEstimate(study=study, explanation=found, posterior=fit_queue_posterior(audited, session, run))
