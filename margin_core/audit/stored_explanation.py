"""The explanation of an opened study by any task, computed once and stored in its workspace."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from margin_core import protocol
from margin_core.graph import build, build_graph
from margin_core.storage.archive import values_from_arrays, values_to_arrays
from margin_core.storage.engine import Progress, Run, silent
from margin_core.storage.fingerprint import fingerprint
from margin_core.study import Opened
from margin_core.tasks import Task
from margin_core.values import Domain, Explanation, Findings, Influence, Steps

VERSION = 2
"""Raised whenever the same explanation would be stored in another form."""


def load_or_explain(task: Task, opened: Opened, progress: Progress = silent) -> Explanation:
    """Return the explanation of an opened study by a task, from its workspace if it is stored there.

    Parameters
    ----------
    task : Task
    opened : Opened
        With a workspace, the explanation is stored there, and every heavy step on the way to it.
    progress : callable
        ``progress(fraction, text)``, fraction in [0, 1].

    Returns
    -------
    Explanation
        As `margin_core.explain` gives it.

    Raises
    ------
    MissingPart
        The study lacks something the task needs.
    NotComputed
        It is not stored, and nothing may be computed here.

    Notes
    -----
    100,000 samples that were ranked before: 0.1 s.
    """
    study, run = opened.study, Run(opened.engine, progress)
    task.check(study)

    def compute() -> dict[str, np.ndarray]:
        return _to_arrays(protocol.explain(task, study, engine=run.engine, progress=progress))

    # The versions of whatever can change an explanation, since it is stored itself and not only its heavy parts.
    versions = (VERSION, protocol.VERSION, task.version, build.VERSION)
    stored = run.step("answer", fingerprint(versions, protocol.identity(task, study)), compute)
    domain = task.domain(study, run)
    graph = build_graph(task.graph, domain, run)
    signal = task.function(study, domain, graph, run)
    influence = Influence(scores=stored["influence"], high_pass=values_from_arrays("high_pass", stored))
    return Explanation(
        task=task.name,
        parameters=task.parameters(),
        study_name=study.name,
        study_fingerprint=study.fingerprint,
        steps=Steps(domain, graph, signal, influence),
        findings=_findings(domain, stored),
        nodes=stored["nodes"].astype(np.int64),
        fingerprint=protocol.identity(task, study),
    )


def _to_arrays(found: Explanation) -> dict[str, np.ndarray]:
    """Return an explanation as arrays; what follows from the study and its graph at once is left out."""
    findings = found.findings
    return {
        "nodes": found.nodes.astype(np.int32),
        "scores": findings.scores,
        "influence": found.influence.scores,
        "evidence": np.array(list(findings.evidence), dtype=str),
        "maps": np.array(list(findings.maps), dtype=str),
        **values_to_arrays("high_pass", found.influence.high_pass),
        **_column_to_arrays("roles", findings.roles),
        **{
            part: array
            for name, values in findings.evidence.items()
            for part, array in _column_to_arrays(f"evidence.{name}", values).items()
        },
        **{f"maps.{name}": values for name, values in findings.maps.items()},
    }


def _findings(domain: Domain, stored: Mapping[str, np.ndarray]) -> Findings:
    return Findings(
        ids=domain.ids[stored["nodes"]],
        scores=stored["scores"],
        roles=_column_from_arrays("roles", stored),
        evidence={name: _column_from_arrays(f"evidence.{name}", stored) for name in stored["evidence"].tolist()},
        maps={name: stored[f"maps.{name}"] for name in stored["maps"].tolist()},
    )


def _column_to_arrays(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """Return a column of text as its different texts and their numbers: ids as text would fill the disk."""
    if values.dtype.kind != "U":
        return {name: values}
    texts, numbers = np.unique(values, return_inverse=True)
    return {f"{name}.texts": texts, f"{name}.numbers": numbers.reshape(values.shape).astype(np.int32)}


def _column_from_arrays(name: str, stored: Mapping[str, np.ndarray]) -> np.ndarray:
    return stored[name] if name in stored else np.asarray(stored[f"{name}.texts"])[stored[f"{name}.numbers"]]
