"""What a list of samples to label next states of each."""

from __future__ import annotations

from margin_core.tasks.finding_text import FindingText, Name, Role, decimal, percent
from margin_core.values import Explanation

ROLES = (Role("to_label", "sample to label", "samples to label", "To label next"),)


def describe_sample(explanation: Explanation, place: int) -> FindingText:
    """Return the predicted class of a sample, how many it represents, and how far it is from what is labeled.

    Parameters
    ----------
    explanation : Explanation
        Of `ActiveSampling`.
    place : int
        Of the finding.

    Returns
    -------
    FindingText
    """
    evidence = explanation.findings.evidence
    name = str(evidence["class_name"][place])
    return FindingText(
        (Name(name),) if name else "no predicted class",
        (
            ("Represents", f"{percent(evidence['represents'][place], 1)} of samples without a label"),
            ("Distance to nearest label", decimal(evidence["nearest_labeled_distance"][place], 2)),
            ("Influence", decimal(evidence["influence"][place], 3)),
            ("Predicted probability", percent(evidence["probability"][place])),
        ),
    )
