"""MARGIN in one function: read this first.

Every question is answered in the same five steps: say what a node is (domain), who is near whom (graph),
what is claimed of each node (function), filter out what the neighbours foretell (influence), and read what
remains (interpretation). Tasks choose steps 1, 2, 3 and 5; the filter is the same for all.

    Anirudh, Thiagarajan, Sridhar, Bremer: MARGIN: Uncovering Deep Neural Networks Using Graph Signal
    Analysis. Frontiers in Big Data 4:589417, 2021.
"""

from __future__ import annotations

from margin_core.graph import build_graph
from margin_core.storage.engine import Engine, Progress, Run, ThisMachine, silent
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.base import Task
from margin_core.values import Explanation, Steps, Study
from margin_core.values.explanation import nodes_of

VERSION = 1
"""Raised whenever the same task and study would give another answer."""


def explain(task: Task, study: Study, *, engine: Engine | None = None, progress: Progress | None = None) -> Explanation:
    """Put a task's question to a study.

    Parameters
    ----------
    task : Task
        For instance ``LabelFlips()``.
    study : Study
        It is not changed.
    engine : Engine, optional
        Where heavy steps run; default this machine, remembering nothing. A
        `margin_core.storage.workspace.Workspace` remembers them on disk.
    progress : callable, optional
        ``progress(fraction, text)``; raise `margin_core.errors.Cancelled` in it to stop.

    Returns
    -------
    Explanation
        The same for the same task and study.

    Raises
    ------
    MissingPart
        The study lacks something the task needs; the message says where to get it.
    """
    whole = Run(engine or ThisMachine(), progress or silent)
    task.check(study)
    domain = task.domain(study, whole.part(0.0, task.domain_takes))  # 1
    run = whole.part(task.domain_takes, 1.0)
    run.report(0.0, f"Finding the {task.graph.k} nearest neighbours of {len(domain.ids):,} {task.nodes}")
    graph = build_graph(task.graph, domain, run)  # 2
    signal = task.function(study, domain, graph, run.part(0.2, task.function_ends))  # 3
    influence = task.high_pass(graph, signal)  # 4: the same for every task
    steps = Steps(domain, graph, signal, influence)
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


def identity(task: Task, study: Study) -> str:
    """Give the fingerprint that the explanation has, without making it."""
    return fingerprint(VERSION, task.name, task.parameters(), study.fingerprint)
