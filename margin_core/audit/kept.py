"""A task's answer to an opened study, computed once and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from margin_core import protocol
from margin_core.graph import build_graph, knn
from margin_core.storage.archive import sparse_from_arrays, sparse_to_arrays
from margin_core.storage.engine import Progress, Run, silent
from margin_core.storage.fingerprint import fingerprint
from margin_core.study import Opened
from margin_core.tasks import Steps, Task
from margin_core.values import Domain, Explanation, Findings, Influence, Ints, SignalValues

VERSION = 2
"""Raised whenever the same answer would be kept otherwise."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a task found in a study.

    Attributes
    ----------
    explanation : Explanation
    rows : int array (q,)
        The sample of each finding, in the order of the findings.
    """

    explanation: Explanation
    rows: Ints


def answer(task: Task, opened: Opened, progress: Progress = silent) -> Answer:
    """Put a task's question to an opened study, as `margin_core.protocol.explain` does.

    Parameters
    ----------
    task : Task
    opened : Opened
        With a workspace, the answer is remembered there, and every heavy step on the way to it.
    progress : callable

    Raises
    ------
    MissingPart
        The study lacks something the task needs.
    NotRemembered
        Nobody has asked before, and nothing may be computed here.

    Notes
    -----
    100,000 samples that were ranked before: 0.1 s.
    """
    study, run = opened.study, Run(opened.engine, progress)
    task.check(study)

    def ask() -> dict[str, np.ndarray]:
        return _to_arrays(protocol.explain(task, study, engine=run.engine, progress=progress))

    # The versions of whatever can change an answer, since here it is kept itself and not only its heavy parts.
    versions = (VERSION, protocol.VERSION, task.version, knn.VERSION)
    kept = run.step("answer", fingerprint(versions, protocol.identity(task, study)), ask)
    domain = task.domain(study, run)
    graph = build_graph(task.graph, domain, run)
    signal = task.function(study, domain, graph, run)
    influence = Influence(scores=kept["influence"], high_pass=_values_from_arrays("high_pass", kept))
    steps = Steps(domain, graph, signal, influence)
    return Answer(protocol.put_together(task, study, steps, _findings(domain, kept)), domain.rows[kept["nodes"]])


def _to_arrays(found: Explanation) -> dict[str, np.ndarray]:
    """Take the outcome of a ranking apart; what follows from the study and its graph at once is left out."""
    node_of = {name: node for node, name in enumerate(found.domain.ids.tolist())}
    findings = found.findings
    return {
        "nodes": np.array([node_of[name] for name in findings.ids.tolist()], dtype=np.int32),
        "scores": findings.scores,
        "influence": found.influence.scores,
        "evidence": np.array(list(findings.evidence), dtype=str),
        "maps": np.array(list(findings.maps), dtype=str),
        **_values_to_arrays("high_pass", found.influence.high_pass),
        **_column_to_arrays("roles", findings.roles),
        **{
            part: array
            for name, values in findings.evidence.items()
            for part, array in _column_to_arrays(f"evidence.{name}", values).items()
        },
        **{f"maps.{name}": values for name, values in findings.maps.items()},
    }


def _findings(domain: Domain, kept: Mapping[str, np.ndarray]) -> Findings:
    return Findings(
        ids=domain.ids[kept["nodes"]],
        scores=kept["scores"],
        roles=_column_from_arrays("roles", kept),
        evidence={name: _column_from_arrays(f"evidence.{name}", kept) for name in kept["evidence"].tolist()},
        maps={name: kept[f"maps.{name}"] for name in kept["maps"].tolist()},
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
