"""What a list of clean and attacked samples states of each."""

from __future__ import annotations

from margin_core.tasks.finding_text import FindingText, Name, Role, decimal
from margin_core.values import Explanation

ROLES = (
    Role("clean", "clean sample", "clean samples", "Clean"),
    Role("attacked", "attacked sample", "attacked samples", "Attacked"),
    Role("suspicious", "suspicious sample", "suspicious samples", "Suspicious"),
    Role("trusted", "trusted sample", "trusted samples", "Trusted", is_listed=False),
)


def describe_sample(explanation: Explanation, place: int) -> FindingText:
    """Return the predicted class of a sample, the size of its change, and its scores.

    Parameters
    ----------
    explanation : Explanation
        Of `AdversarialStatistics`.
    place : int
        Of the finding.

    Returns
    -------
    FindingText
    """
    found = explanation.findings
    evidence = found.evidence
    before, now = str(evidence["class_name"][place]), str(evidence["model_class_name"][place])
    scores = (
        ("Scores above", f"{found.scores[place]:.0%} of samples"),
        ("Signal", decimal(evidence["raw"][place], 4)),
        ("Local dimension", decimal(evidence["lid"][place], 1)),
    )
    if found.roles[place] != "attacked":
        return FindingText((Name(now),) if now else "", scores)
    size = f"{decimal(evidence['distance_2'][place], 3)} (largest {decimal(evidence['distance_inf'][place], 3)})"
    return FindingText((Name(before), " became ", Name(now)), (("Change", size), *scores))
