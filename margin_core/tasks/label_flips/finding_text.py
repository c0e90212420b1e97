"""What a list of suspect labels states of each."""

from __future__ import annotations

from margin_core.tasks.finding_text import UNSCORED, WITHOUT_LABEL, FindingText, Name, Role, decimal
from margin_core.values import Explanation

ROLES = (
    Role("suspect", "suspect", "suspects", "Most suspect first"),
    Role("not_suspect", "label that is not suspect", "labels that are not suspect", is_listed=False),
    WITHOUT_LABEL,
    UNSCORED,
)


def describe_suspect(explanation: Explanation, place: int) -> FindingText:
    """Return the given and the suggested label of a sample, and the evidence in numbers.

    Parameters
    ----------
    explanation : Explanation
        Of `LabelFlips`.
    place : int
        Of the finding.

    Returns
    -------
    FindingText
    """
    evidence = explanation.findings.evidence
    given, suggested = (Name(evidence[name][place]) for name in ("given_label", "suggested_label"))
    agreeing, counted = int(evidence["neighbours_agreeing"][place]), int(evidence["neighbours_counted"][place])
    return FindingText(
        (given, " → ", suggested),
        (
            ("Label error score", decimal(explanation.findings.scores[place], 3)),
            ("Neighbors agree", f"{agreeing:,} of {counted:,}"),
            ("P(given)", decimal(evidence["p_given"][place], 2)),
            ("P(suggested)", decimal(evidence["p_suggested"][place], 2)),
        ),
    )
