"""What a report and the command line say of clean and attacked samples: areas with intervals, and their limits."""

from __future__ import annotations

from margin_core.tasks.adversarial.attacked_samples import TITLES
from margin_core.tasks.adversarial.comparison.area import Area, compute_areas
from margin_core.tasks.adversarial.evidence import SCORES
from margin_core.values import Explanation

NO_DEFENSE = (
    "This characterizes attacked samples; it is no defense: scores on the graph depend on how many others of the batch "
    "are attacked, and an attack that knows a score can avoid it."
)

SHOWN_BEFORE = "Pictures are shown as they were before the attack."


def describe_attack(explanation: Explanation) -> str:
    """Return how many samples were attacked, and how many changed their class.

    Parameters
    ----------
    explanation : Explanation
        Of `AdversarialStatistics`.

    Returns
    -------
    str
    """
    evidence = explanation.findings.evidence
    attacked = evidence["attacked"]
    if explanation.parameters["attack"] == "given":
        return (
            f"{attacked.sum():,} suspicious samples beside {(~attacked).sum():,} trusted ones. Whether any is attacked "
            "is not known: areas under the curve say how far the two differ, for whatever reason."
        )
    tried, unchanged = int(evidence["tried"][0]), int(evidence["unchanged"][0])
    kept = int(evidence["changed_8bit"][attacked].sum())
    parameters = explanation.parameters
    title = TITLES[str(parameters["attack"])]
    strength = (
        "" if parameters["attack"] == "carlini_wagner" else f" (norm {parameters['norm']}, {parameters['eps']:g})"
    )
    return (
        f"{title}{strength} changed the predicted class of {tried - unchanged:,} of {tried:,} samples; "
        f"{unchanged:,} {'is' if unchanged == 1 else 'are'} left out. {kept:,} stay changed when pixels are rounded to "
        "bytes."
    )


def describe_areas(explanation: Explanation) -> str:
    """Return the areas under the ROC curves of all scores, with their intervals.

    Parameters
    ----------
    explanation : Explanation
        Of `AdversarialStatistics`.

    Returns
    -------
    str
    """
    areas = compute_areas(explanation.findings, SCORES)
    listed = "; ".join(f"{SCORES[name]} {_in_words(area)}" for name, area in areas.items())
    signal = str(explanation.parameters["signal"])
    return f"Area under the ROC curve with 95 % interval (signal: {signal}): {listed}."


def _in_words(area: Area) -> str:
    return "unknown" if area.auc != area.auc else f"{area.auc:.3f} ({area.low:.3f} to {area.high:.3f})"
