"""What a list of samples near a boundary states of each."""

from __future__ import annotations

from margin_core.tasks.finding_text import UNSCORED, WITHOUT_LABEL, FindingText, Name, Role, decimal
from margin_core.values import Explanation, Study

ROLES = (Role("boundary", "boundary sample", "boundary samples", "Nearest to a boundary"), WITHOUT_LABEL, UNSCORED)


def describe_boundary(study: Study, explanation: Explanation, place: int) -> FindingText:
    """Return the two classes that a sample lies between, how near it is to both, and its label.

    Parameters
    ----------
    study : Study
    explanation : Explanation
        Of `DecisionBoundary`.
    place : int
        Of the finding.

    Returns
    -------
    FindingText
    """
    evidence = explanation.findings.evidence
    given = int(evidence["given"][place])
    label = (Name(study.class_names[given]),) if given >= 0 else ("none",)
    first, second = (Name(evidence[name][place]) for name in ("first_name", "second_name"))
    return FindingText(
        (first, " | ", second),
        (
            ("Boundary score", decimal(explanation.findings.scores[place], 3)),
            ("Class margin", decimal(evidence["margin"][place], 3)),
            ("Given label", (*label, ", other than predicted") if evidence["wrong"][place] else label),
        ),
    )
