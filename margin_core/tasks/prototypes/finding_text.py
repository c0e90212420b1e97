"""What a list of prototypes and criticisms states of each."""

from __future__ import annotations

from margin_core.tasks.finding_text import FindingText, Name, Role, decimal, percent
from margin_core.values import Explanation

ROLES = (
    Role("prototype", "prototype", "prototypes", "Prototypes"),
    Role("criticism", "criticism", "criticisms", "Criticisms"),
)

REASONS = {"label": "label conflict", "model": "model disagrees", "density": "sparse region"}


def describe_selected(explanation: Explanation, place: int) -> FindingText:
    """Return the class of a prototype and what it represents, or of a criticism and the reason for it.

    Parameters
    ----------
    explanation : Explanation
        Of `Prototypes`.
    place : int
        Of the finding.

    Returns
    -------
    FindingText
    """
    evidence = explanation.findings.evidence
    name = str(evidence["class_name"][place])
    headline = (Name(name),) if name else "no class"
    if explanation.findings.roles[place] == "prototype":
        return FindingText(
            headline,
            (
                ("Represents", f"{percent(evidence['stands_for'][place], 1)} of class"),
                ("Denser than", f"{percent(evidence['density'][place])} of class"),
            ),
        )
    reason = str(evidence["reason"][place])
    return FindingText(
        headline,
        (
            ("Reason", REASONS.get(reason, reason)),
            ("Influence", decimal(evidence["influence"][place], 3)),
            ("Neighbors agree", percent(evidence["agreement"][place])),
        ),
    )
