"""MARGIN in one function: read this first.

Every question is answered in the same five steps: choose what a node is (domain), connect near nodes (graph), put an
explanation function on the nodes (function), high-pass filter it (influence), and turn the magnitude of what remains
into an answer (interpretation). Tasks choose steps 1, 2, 3 and 5; the filter is the same for all.

    Anirudh, Thiagarajan, Sridhar, Bremer: MARGIN: Uncovering Deep Neural Networks Using Graph Signal
    Analysis. Frontiers in Big Data 4:589417, 2021.
"""

from __future__ import annotations

from typing import Any

from margin_core.errors import ParameterError
from margin_core.graph import build_graph
from margin_core.storage.engine import Engine, MemoryEngine, Progress, Run, silent
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.base import Task
from margin_core.values import Domain, Explanation, Graph, Steps, Study
from margin_core.values.explanation import nodes_of

VERSION = 1
"""Raised whenever the same task and study would give another answer."""


def explain(task: Task, study: Study, *, engine: Engine | None = None, progress: Progress | None = None) -> Explanation:
    """Compute the explanation of a study by a task.

    Parameters
    ----------
    task : Task
        For instance ``LabelFlips()``.
    study : Study
        It is not changed.
    engine : Engine, optional
        Where expensive steps run; default: on this machine, results remembered for this call alone. A
        `margin_core.storage.workspace.Workspace` stores them on disk.
    progress : callable, optional
        ``progress(fraction, text)``; raise `margin_core.errors.Cancelled` in it to stop.

    Returns
    -------
    Explanation
        The same for the same task and study.

    Raises
    ------
    MissingPart
        The study lacks a part that the task needs; the message says how to provide it.
    ParameterError
        The task is no task, or the study no study; the message says what to write.

    Examples
    --------
    Two clusters, and one label that its whole neighborhood contradicts:

    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.graph import Knn
    >>> from margin_core.tasks import LabelFlips
    >>> points = np.random.default_rng(0).normal(size=(60, 2)) + np.repeat([[0, 0], [9, 9]], 30, axis=0)
    >>> labels = np.repeat([0, 1], 30)
    >>> labels[7] = 1
    >>> explanation = explain(LabelFlips(graph=Knn(k=5)), Study.build(embedding=points, labels=labels))
    >>> explanation.findings.ids[0].item(), round(float(explanation.findings.scores[0]), 2) > 0.9
    ('7', True)
    """
    _check_types(task, study, engine, progress)
    whole = Run(engine or MemoryEngine(), progress or silent)
    task.check(study)
    domain = task.domain(study, whole.part(0.0, task.domain_takes))  # 1
    run = whole.part(task.domain_takes, 1.0)
    run.report(0.0, task.graph.describe(len(domain.ids), task.nodes))
    graph = build_graph(task.graph, domain, run)  # 2
    steps = filter_function(task, study, domain, graph, run.part(0.2, task.function_ends))  # 3 and 4
    findings = task.interpret(study, steps, run.part(task.function_ends, 1.0))  # 5
    run.report(1.0, "Done")
    return Explanation(
        task=task.name,
        parameters=task.parameters(),
        study_name=study.name,
        study_fingerprint=study.fingerprint,
        steps=steps,
        findings=findings,
        nodes=nodes_of(domain.ids, findings.ids),
        fingerprint=identity(task, study),
    )


def filter_function(task: Task, study: Study, domain: Domain, graph: Graph, run: Run) -> Steps:
    """Compute the explanation function of a task and its high-passed influence, on a graph that is there.

    Parameters
    ----------
    task : Task
    study : Study
    domain : Domain
    graph : Graph
        Of the nodes of the domain.
    run : Run
        Receives the progress of the function.

    Returns
    -------
    Steps
        With the domain and the graph as given.
    """
    signal = task.function(study, domain, graph, run)  # 3
    return Steps(domain, graph, signal, task.high_pass(graph, signal))  # 4: the same for every task


def identity(task: Task, study: Study) -> str:
    """Return the fingerprint that an explanation would have, without computing it.

    Parameters
    ----------
    task : Task
    study : Study

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    return fingerprint(VERSION, task.name, task.parameters(), study.fingerprint)


def _check_types(task: Any, study: Any, engine: Any, progress: Any) -> None:
    """Refuse what is handed in by its name, as a class or in the wrong place."""
    if isinstance(study, Task) and isinstance(task, Study):
        raise ParameterError("explain takes the task first, then the study. Write explain(task, study).")
    if not isinstance(task, Task):
        given = f"the class {task.__name__}" if isinstance(task, type) else repr(task)
        example = f"{task.__name__}()" if isinstance(task, type) and issubclass(task, Task) else "LabelFlips()"
        raise ParameterError(f"explain takes a task, an instance; got {given}. Write explain({example}, study).")
    if not isinstance(study, Study):
        raise ParameterError(
            f"explain takes a study; got a {type(study).__name__}. Build one with Study.build(embedding=X, labels=y), "
            "or open a file or folder with load_study(path)."
        )
    if engine is not None and not hasattr(engine, "step"):
        raise ParameterError(
            f"engine must be a Workspace; got {engine!r}. Write Workspace.at(Path('pets.margin')), or leave it out."
        )
    if progress is not None and not callable(progress):
        raise ParameterError(f"progress must be a function of (fraction, text); got {progress!r}.")
