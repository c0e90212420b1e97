"""The text of each finding in a report: a headline, and the reasons in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from margin_core.report.markup import Child, named
from margin_core.review.estimates import LabelErrorEstimate
from margin_core.tasks import TASKS, LabelFlips, Task
from margin_core.tasks.finding_text import Name, Words, describe_columns, in_words
from margin_core.tasks.plugins import with_plugins
from margin_core.values import NO_ROW, UNLABELED, Explanation, Study

Facts: TypeAlias = tuple[tuple[str, Words], ...]

INTERVAL = ("p_label_error", "p_low", "p_high")

NEIGHBORS_SHOWN = 3
"""Nearest neighbors that are shown with a suspect label."""


@dataclass(frozen=True)
class Finding:
    """One finding in words.

    Parameters
    ----------
    place : int
        Among the findings of the task.
    id : str
        Of the sample; of the node where it belongs to no sample.
    row : int
        Of the study; `NO_ROW` where it belongs to no sample.
    headline : Child
    facts : tuple of (str, Child)
        The same names for all findings of one role.
    compared : tuple of int
        The class that its words and values are to be evidence for, and the one against it; `UNLABELED` for all others.
    neighbors : tuple of int
        Rows of the study that are shown with it, nearest first.
    """

    place: int
    id: str
    row: int
    headline: Child
    facts: tuple[tuple[str, Child], ...]
    compared: tuple[int, int] = (UNLABELED, UNLABELED)
    neighbors: tuple[int, ...] = ()


@dataclass(frozen=True)
class FindingGroup:
    """The findings of one role.

    Parameters
    ----------
    title : str
    total : int
        How many there are in all.
    findings : tuple of Finding
        Those that are shown, best first.
    """

    title: str
    total: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class TaskFindings:
    """The findings of one task.

    Parameters
    ----------
    name, title, question : str
    counts : tuple of str
        How many findings have each role, in words.
    groups : tuple of FindingGroup
    remarks : tuple of str
        What is to be known of all of them together.
    """

    name: str
    title: str
    question: str
    counts: tuple[str, ...]
    groups: tuple[FindingGroup, ...]
    remarks: tuple[str, ...] = ()


def describe_findings(
    explanation: Explanation, study: Study, estimate: LabelErrorEstimate | None, limit: int
) -> TaskFindings:
    """Return the text of the findings of a task in a report.

    Parameters
    ----------
    explanation : Explanation
    study : Study
    estimate : LabelErrorEstimate or None
        Probabilities for suspect labels, where it is of the same ranking.
    limit : int
        Findings that are shown, of all roles together.

    Returns
    -------
    TaskFindings
    """
    found = explanation.findings
    task = _find_task(explanation.task)
    names, first, counts = np.unique(found.roles, return_index=True, return_counts=True)
    roles = [((task or Task).role(str(names[at])), int(counts[at])) for at in np.argsort(first)]
    listed = [(role, total) for role, total in roles if role.is_listed]
    is_same = estimate is not None and estimate.explanation.fingerprint == explanation.fingerprint
    probabilities = estimate.to_frame()[[*INTERVAL]].to_numpy() if estimate is not None and is_same else None

    def describe(place: int) -> Finding:
        text = describe_columns(explanation, place) if task is None else task.describe(study, explanation, place)
        facts = text.facts if probabilities is None else _with_probability(text.facts, *probabilities[place])
        row = int(explanation.rows[place])
        return Finding(
            place, str(found.ids[place] if row == NO_ROW else study.ids[row]), row, _child(text.headline),
            tuple((name, _child(value)) for name, value in facts), compared_classes(explanation, place),
            nearest_rows(explanation, place),
        )  # fmt: skip

    groups = []
    for (role, total), shown in zip(listed, _shares([total for _, total in listed], limit), strict=True):
        places = np.flatnonzero(found.roles == role.name)[:shown].tolist()
        groups.append(FindingGroup(role.heading, total, tuple(map(describe, places))))
    return TaskFindings(
        name=explanation.task,
        title=in_words(explanation.task) if task is None else task.heading(),
        question="" if task is None else task.question,
        counts=tuple(role.counted(total) for role, total in roles),
        groups=tuple(groups),
        remarks=() if task is None else task.remarks(explanation),
    )


def compared_classes(explanation: Explanation, place: int) -> tuple[int, int]:
    """Return the two classes that a finding is about.

    Parameters
    ----------
    explanation : Explanation
    place : int
        Of the finding.

    Returns
    -------
    tuple of int
        `UNLABELED` where the task names none; the second where both are the same.
    """
    evidence = explanation.findings.evidence
    task = _find_task(explanation.task)
    names = (task and task.compared) or ("", "")
    label, against = (int(evidence[name][place]) if name in evidence else UNLABELED for name in names)
    return label, UNLABELED if against == label else against


def nearest_rows(explanation: Explanation, place: int) -> tuple[int, ...]:
    """Return the nearest neighbors of a suspect label.

    Parameters
    ----------
    explanation : Explanation
    place : int
        Of the finding.

    Returns
    -------
    tuple of int
        Rows of the study, nearest first, at most `NEIGHBORS_SHOWN`; none of the findings of other tasks.
    """
    if explanation.task != LabelFlips.name:
        return ()
    nodes = explanation.graph.neighbours[explanation.nodes[place]][:NEIGHBORS_SHOWN]
    return tuple(explanation.domain.rows[nodes[nodes >= 0]].tolist())


def _find_task(name: str) -> type[Task] | None:
    """Return a task of this program or of an installed package; None for one of a script, of which only results are."""
    return next((task for task in with_plugins(TASKS) if task.name == name), None)


def _with_probability(facts: Facts, p: float, low: float, high: float) -> Facts:
    """Insert the estimated probability of a label error after the score."""
    return (facts[0], ("P(label error)", f"{p:.2f}"), ("90 % interval", f"{low:.2f}–{high:.2f}"), *facts[1:])


def _child(words: Words) -> Child:
    if isinstance(words, tuple):
        return [_child(run) for run in words]
    return named(words) if isinstance(words, Name) else words or None


def _shares(counts: Sequence[int], limit: int) -> list[int]:
    """Share places out evenly; what one role does not need goes to the others."""
    shares = [0] * len(counts)
    for index in sorted(range(len(counts)), key=lambda at: counts[at]):
        left = sum(share == 0 for share in shares)
        shares[index] = min(counts[index], max((limit - sum(shares)) // left, 1))
    return shares
