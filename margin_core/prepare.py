"""Everything the screens and the command line need of a source, computed once and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from margin_core import protocol
from margin_core.archive import sparse_from_arrays, sparse_to_arrays
from margin_core.engine import Engine, Progress, Run, ThisMachine
from margin_core.engine.run import silent
from margin_core.fingerprint import fingerprint
from margin_core.graph import build_graph, knn
from margin_core.interpretation.live import LiveSuspicion
from margin_core.overview import Overview, overview
from margin_core.projection import lay_out
from margin_core.study import Opened
from margin_core.tasks import LabelFlips, Steps, label_flips
from margin_core.types import Explanation, Findings, Floats, Influence, Ints, SignalValues, Study

VERSION = 1
"""Raised whenever the same ranking would be kept or summed up otherwise."""


@dataclass(frozen=True, eq=False)
class Audit:
    """A study with its label ranking.

    Attributes
    ----------
    opened : Opened
    task : LabelFlips
    explanation : Explanation
    overview : Overview
    rows : int array (q,)
        The sample of each finding, in the order of the findings.
    """

    opened: Opened
    task: LabelFlips
    explanation: Explanation
    overview: Overview
    rows: Ints


def audit(opened: Opened, task: LabelFlips | None = None, progress: Progress = silent) -> Audit:
    """Rank the labels of an opened study and sum it up.

    Parameters
    ----------
    opened : Opened
        With a workspace, the ranking is remembered there, and every heavy step on the way to it.
    task : LabelFlips, optional
    progress : callable

    Notes
    -----
    100,000 samples that were ranked before: 0.1 s.
    """
    task = task or LabelFlips()
    study, run = opened.study, Run(engine_of(opened), progress)

    def rank_and_sum_up() -> dict[str, np.ndarray]:
        found = protocol.explain(task, study, engine=run.engine, progress=progress)
        return _to_arrays(study, found) | overview(study, found).to_arrays()

    # The versions of whatever can change a ranking, since here its outcome is kept and not only its heavy parts.
    versions = (VERSION, protocol.VERSION, label_flips.VERSION, knn.VERSION)
    identity = protocol.identity(task, study)
    kept = run.step("ranking", fingerprint(versions, identity), rank_and_sum_up)
    domain = task.domain(study)
    graph = build_graph(task.graph, domain, run)
    explanation = Explanation(
        task=task.name,
        parameters=task.parameters(),
        study_name=study.name,
        study_fingerprint=study.fingerprint,
        domain=domain,
        graph=graph,
        signal=task.function(study, domain, graph),
        influence=Influence(scores=kept["influence"], high_pass=_values_from_arrays("high_pass", kept)),
        findings=_findings(study, kept),
        fingerprint=identity,
    )
    return Audit(opened, task, explanation, Overview.from_arrays(kept), kept["rows"].astype(np.int64))


def positions(audited: Audit, progress: Progress = silent) -> Floats:
    """Lay the map out, (n, 2); see `margin_core.projection.lay_out`."""
    progress(0.0, f"Laying out the map of {len(audited.opened.study):,} samples")
    found = audited.explanation
    laid = lay_out(audited.task.graph, found.domain, found.graph, Run(engine_of(audited.opened), progress))
    progress(1.0, "Done")
    return laid


def live_suspicion(audited: Audit) -> LiveSuspicion:
    """Give scores that follow corrections, starting from the labels as given."""
    study, found = audited.opened.study, audited.explanation
    steps = Steps(found.domain, found.graph, found.signal, found.influence)
    return LiveSuspicion(audited.task.suspicion(study, steps, Run(engine_of(audited.opened))), study.labels)


def engine_of(opened: Opened) -> Engine:
    """Give the engine that remembers this study's steps, or one that remembers nothing."""
    return opened.workspace or ThisMachine()


def _to_arrays(study: Study, found: Explanation) -> dict[str, np.ndarray]:
    """Take the outcome of a ranking apart; what follows from the study and its graph at once is left out."""
    row_of = {sample: row for row, sample in enumerate(study.ids.tolist())}
    findings = found.findings
    return {
        "rows": np.array([row_of[sample] for sample in findings.ids.tolist()], dtype=np.int32),
        "scores": findings.scores,
        "influence": found.influence.scores,
        "evidence": np.array(list(findings.evidence)),
        **_values_to_arrays("high_pass", found.influence.high_pass),
        **_column_to_arrays("roles", findings.roles),
        **{
            part: array
            for name, values in findings.evidence.items()
            for part, array in _column_to_arrays(f"evidence.{name}", values).items()
        },
    }


def _findings(study: Study, kept: Mapping[str, np.ndarray]) -> Findings:
    return Findings(
        ids=study.ids[kept["rows"]],
        scores=kept["scores"],
        roles=_column_from_arrays("roles", kept),
        evidence={name: _column_from_arrays(f"evidence.{name}", kept) for name in kept["evidence"].tolist()},
    )


def _column_to_arrays(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """Keep a column of text as its different texts and their numbers: ids as text would fill the disk."""
    if values.dtype.kind != "U":
        return {name: values}
    texts, numbers = np.unique(values, return_inverse=True)
    return {f"{name}.texts": texts, f"{name}.numbers": numbers.reshape(values.shape).astype(np.int32)}


def _column_from_arrays(name: str, kept: Mapping[str, np.ndarray]) -> np.ndarray:
    return kept[name] if name in kept else np.asarray(kept[f"{name}.texts"])[kept[f"{name}.numbers"]]


def _values_to_arrays(name: str, values: SignalValues) -> dict[str, np.ndarray]:
    return sparse_to_arrays(name, values) if isinstance(values, sparse.csr_array) else {name: values}


def _values_from_arrays(name: str, kept: Mapping[str, np.ndarray]) -> SignalValues:
    return kept[name] if name in kept else sparse_from_arrays(name, kept)
