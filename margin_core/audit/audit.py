"""The label ranking of an opened study with its overview, computed once and stored in its workspace."""

from __future__ import annotations

from dataclasses import dataclass, replace

from margin_core.audit.overview import Overview, compute_overview
from margin_core.audit.sample_graph import SampleGraph
from margin_core.audit.stored_explanation import load_or_explain
from margin_core.audit.study_graph import on_study_graph
from margin_core.graph import build
from margin_core.projection import compute_map
from margin_core.storage.engine import Progress, Run, silent
from margin_core.storage.fingerprint import fingerprint
from margin_core.study import Opened
from margin_core.study.notes import assumption, in_order
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.live_label_error_score import LiveLabelErrorScore
from margin_core.tasks.label_flips.plausibility import check_probabilities
from margin_core.values import Explanation, Floats, Need, Study

VERSION = 2
"""Raised whenever the overview of the same ranking changes."""


@dataclass(frozen=True, eq=False)
class Audit:
    """A study with its label ranking.

    Parameters
    ----------
    opened : Opened
        Its notes say too whether its probabilities look in-sample.
    task : LabelFlips
        The recipe of the ranking.
    explanation : Explanation
        The ranking: every labeled sample, most suspect first; of a study without any label, its `SampleGraph`.
    overview : Overview
    """

    opened: Opened
    task: LabelFlips
    explanation: Explanation
    overview: Overview


def audit(opened: Opened, task: LabelFlips | None = None, progress: Progress = silent) -> Audit:
    """Rank the labels of an opened study and compute its overview.

    Parameters
    ----------
    opened : Opened
        With a workspace, the ranking is stored there, and every heavy step on the way to it.
    task : LabelFlips, optional
        Default ``LabelFlips()``, on the graph of the study where that brings one.
    progress : callable
        ``progress(fraction, text)``, fraction in [0, 1].

    Returns
    -------
    Audit
        Of a study without any label, its graph, duplicates and unreadable samples.

    Raises
    ------
    MissingPart
        The study has no embedding.
    NotComputed
        It is not stored, and nothing may be computed here.

    Notes
    -----
    100,000 samples that were ranked before: 0.1 s.
    """
    task = on_study_graph(LabelFlips(), opened.study) if task is None else task
    study, run = opened.study, Run(opened.engine, progress)
    explanation = load_or_explain(ranking_of(task, study), opened, progress)
    stored = run.step(
        "overview",
        fingerprint(VERSION, explanation.fingerprint, task.version, build.VERSION),
        lambda: compute_overview(study, explanation).to_arrays(),
    )
    note = check_probabilities(study, explanation.steps.graph) if study.has(Need.LABELS) else None
    opened = opened if note is None else replace(opened, notes=in_order((*opened.notes, assumption(note))))
    return Audit(opened, task, explanation, Overview.from_arrays(stored))


def ranking_of(task: LabelFlips, study: Study) -> LabelFlips | SampleGraph:
    """Return the task that an audit runs.

    Parameters
    ----------
    task : LabelFlips
    study : Study

    Returns
    -------
    LabelFlips or SampleGraph
        Of a study without any label, its graph alone.
    """
    return task if study.has(Need.LABELS) else SampleGraph(graph=task.graph, splits=task.splits)


def compute_map_positions(audited: Audit, progress: Progress = silent) -> Floats:
    """Compute the 2-D embedding map of a study; see `margin_core.projection.compute_map`.

    Parameters
    ----------
    audited : Audit
    progress : callable
        ``progress(fraction, text)``, fraction in [0, 1].

    Returns
    -------
    float array (n, 2)
        For looking only: no score comes from it.
    """
    progress(0.0, f"Laying out the map of {len(audited.opened.study):,} samples")
    found = audited.explanation
    laid = compute_map(audited.task.graph, found.domain, found.graph, Run(audited.opened.engine, progress))
    progress(1.0, "Done")
    return laid


def live_label_error_score(audited: Audit) -> LiveLabelErrorScore:
    """Return label error scores that follow corrections, starting from the labels as given.

    Parameters
    ----------
    audited : Audit
        Of a study with labels.

    Returns
    -------
    LiveLabelErrorScore
    """
    study, steps = audited.opened.study, audited.explanation.steps
    return LiveLabelErrorScore(
        audited.task.fit_label_error_score(study, steps, Run(audited.opened.engine)), study.labels
    )
