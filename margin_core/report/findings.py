"""The text of each finding in a report: a headline, and the reasons in words and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from margin_core.report.markup import Child, named
from margin_core.review.estimates import LabelErrorEstimate
from margin_core.tasks import TASKS, DecisionBoundary, LabelFlips, Prototypes, Saliency
from margin_core.tasks.plugins import with_plugins
from margin_core.values import UNLABELED, Explanation, Study

TITLES = {
    LabelFlips.name: "Suspect labels",
    Prototypes.name: "Prototypes & criticisms",
    DecisionBoundary.name: "Decision boundary",
    Saliency.name: "Saliency",
}
"""By name of the task; that of another task is its title."""

ROLES = {
    "suspect": "Most suspect first",
    "prototype": "Prototypes",
    "criticism": "Criticisms",
    "boundary": "Nearest to a boundary",
}
COUNTED = {
    "not_suspect": "not suspect",
    "unlabelled": "without a label",
    "prototype": "prototypes",
    "criticism": "criticisms",
    "boundary": "samples",
    "sample": "samples",
    "for": "parts that support the class",
    "against": "parts that oppose it",
}
"""Roles after their number, where the role itself would not do."""

NOT_SHOWN = ("not_suspect", "unlabelled", "unscored")
"""Roles that are counted and not listed: nothing was found about them."""

COMPARED = {
    LabelFlips.name: ("given", "suggested"),
    Prototypes.name: ("class", "model_class"),
    DecisionBoundary.name: ("first", "second"),
}
"""Columns of the evidence, by task, that hold the two classes that a finding is about."""

NEIGHBORS_SHOWN = 3
"""Nearest neighbors that are shown with a suspect label."""

REASONS = {"label": "label conflict", "model": "model disagrees", "density": "sparse region"}


@dataclass(frozen=True)
class Finding:
    """One finding in words.

    Parameters
    ----------
    place : int
        Among the findings of the task.
    row : int
        Of the study.
    headline : Child
    facts : tuple of (str, Child)
        The same names for all findings of one role.
    compared : tuple of int
        The class that its words and values are to be evidence for, and the one against it; `UNLABELED` for all others.
    neighbors : tuple of int
        Rows of the study that are shown with it, nearest first.
    """

    place: int
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
    roles : tuple of (str, int)
        How many findings have each role.
    groups : tuple of FindingGroup
    """

    name: str
    title: str
    question: str
    roles: tuple[tuple[str, int], ...]
    groups: tuple[FindingGroup, ...]


def describe_findings(
    explanation: Explanation, study: Study, estimate: LabelErrorEstimate | None, most: int
) -> TaskFindings:
    """Return the text of the findings of a task in a report.

    Parameters
    ----------
    explanation : Explanation
    study : Study
    estimate : LabelErrorEstimate or None
        Probabilities for suspect labels, where it is of the same ranking.
    most : int
        Findings that are shown, of all roles together.

    Returns
    -------
    TaskFindings
    """
    found = explanation.findings
    names, first, counts = np.unique(found.roles, return_index=True, return_counts=True)
    order = np.argsort(first)
    roles = tuple((str(names[at]), int(counts[at])) for at in order)
    listed = [(role, count) for role, count in roles if role not in NOT_SHOWN]
    describe = DESCRIBERS.get(explanation.task, _plain_columns)(explanation, study, estimate)
    groups = []
    for (role, total), shown in zip(listed, _shares([count for _, count in listed], most), strict=True):
        places = np.flatnonzero(found.roles == role)[:shown].tolist()
        findings = tuple(
            Finding(
                place,
                int(explanation.rows[place]),
                *describe(place),
                compared_classes(explanation, place),
                nearest_rows(explanation, place),
            )
            for place in places
        )
        groups.append(FindingGroup(ROLES.get(role, _in_words(role)), total, findings))
    task = next((task for task in with_plugins(TASKS) if task.name == explanation.task), None)
    return TaskFindings(
        name=explanation.task,
        title=task_title(explanation.task),
        question="" if task is None else task.question,
        roles=roles,
        groups=tuple(groups),
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
    names = COMPARED.get(explanation.task, ())
    found = [int(evidence[name][place]) if name in evidence else UNLABELED for name in names]
    label, against = found if len(found) == 2 else (UNLABELED, UNLABELED)
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


def task_title(name: str) -> str:
    """Return what the findings of a task are called.

    Parameters
    ----------
    name : str
        Of the task.

    Returns
    -------
    str
    """
    return TITLES.get(name, _in_words(name))


Described = tuple[Child, tuple[tuple[str, Child], ...]]
Describe = Callable[[int], Described]
"""From the place of a finding to its headline and its facts."""


def _label_errors(explanation: Explanation, study: Study, estimate: LabelErrorEstimate | None) -> Describe:
    evidence, scores = explanation.findings.evidence, explanation.findings.scores
    is_same = estimate is not None and estimate.explanation.fingerprint == explanation.fingerprint
    probabilities = estimate.to_frame() if estimate is not None and is_same else None

    def describe(place: int) -> Described:
        probability: tuple[tuple[str, Child], ...] = ()
        if probabilities is not None:
            p, low, high = probabilities.loc[place, ["p_label_error", "p_low", "p_high"]]
            probability = (("P(label error)", f"{p:.2f}"), ("90 % interval", f"{low:.2f}–{high:.2f}"))
        given, suggested = str(evidence["given_label"][place]), str(evidence["suggested_label"][place])
        agreeing, counted = int(evidence["neighbours_agreeing"][place]), int(evidence["neighbours_counted"][place])
        return (named(given), " → ", named(suggested)), (
            ("Label error score", f"{scores[place]:.3f}"),
            *probability,
            ("Neighbors agree", f"{agreeing:,} of {counted:,}"),
            ("P(given)", _two(evidence["p_given"][place])),
            ("P(suggested)", _two(evidence["p_suggested"][place])),
        )

    return describe


def _prototypes(explanation: Explanation, study: Study, estimate: LabelErrorEstimate | None) -> Describe:
    evidence, roles = explanation.findings.evidence, explanation.findings.roles

    def describe(place: int) -> Described:
        name = str(evidence["class_name"][place])
        headline: Child = named(name) if name else "no class"
        if roles[place] == "prototype":
            return headline, (
                ("Represents", f"{evidence['stands_for'][place]:.1%} of class"),
                ("Denser than", f"{evidence['density'][place]:.0%} of class"),
            )
        reason = str(evidence["reason"][place])
        return headline, (
            ("Reason", REASONS.get(reason, reason)),
            ("Influence", f"{evidence['influence'][place]:.3f}"),
            ("Neighbors agree", _percent(evidence["agreement"][place])),
        )

    return describe


def _boundary(explanation: Explanation, study: Study, estimate: LabelErrorEstimate | None) -> Describe:
    evidence, scores = explanation.findings.evidence, explanation.findings.scores

    def describe(place: int) -> Described:
        given = int(evidence["given"][place])
        label: Child = named(str(study.class_names[given])) if given >= 0 else "none"
        first, second = str(evidence["first_name"][place]), str(evidence["second_name"][place])
        return (named(first), " | ", named(second)), (
            ("Boundary score", f"{scores[place]:.3f}"),
            ("Class margin", f"{evidence['margin'][place]:.3f}"),
            ("Given label", (label, ", other than predicted" if evidence["wrong"][place] else None)),
        )

    return describe


def _plain_columns(explanation: Explanation, study: Study, estimate: LabelErrorEstimate | None) -> Describe:
    scores = explanation.findings.scores
    plain = {name: values for name, values in explanation.findings.evidence.items() if values.ndim == 1}

    def describe(place: int) -> Described:
        facts = ((_in_words(name), _value(values[place])) for name, values in plain.items())
        return None, (("Score", f"{scores[place]:.3f}"), *facts)

    return describe


DESCRIBERS = {LabelFlips.name: _label_errors, Prototypes.name: _prototypes, DecisionBoundary.name: _boundary}
"""By name of the task; of another task every column of the evidence is stated."""


def _shares(counts: Sequence[int], most: int) -> list[int]:
    """Share places out evenly; what one role does not need goes to the others."""
    shares = [0] * len(counts)
    for index in sorted(range(len(counts)), key=lambda at: counts[at]):
        left = sum(share == 0 for share in shares)
        shares[index] = min(counts[index], max((most - sum(shares)) // left, 1))
    return shares


def _in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _two(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.0%}"


def _value(value: object) -> Child:
    if isinstance(value, float | np.floating):
        return "–" if np.isnan(value) else f"{value:.4g}"
    return named(str(value))
