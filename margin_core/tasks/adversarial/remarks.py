"""What a report and the command line say of clean and attacked samples: areas with intervals, and their limits."""

from __future__ import annotations

import numpy as np

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
        suspicious, candidates = int(attacked.sum()), int(evidence["candidates"][0])
        of_all = f" (of {candidates:,})" if candidates > suspicious else ""
        return (
            f"{suspicious:,} suspicious samples{of_all} beside {(~attacked).sum():,} trusted ones. Whether any is "
            "attacked is not known: areas under the curve say how far the two differ, for whatever reason."
        )
    tried, unchanged = int(evidence["tried"][0]), int(evidence["unchanged"][0])
    kept = int(evidence["changed_8bit"][attacked].sum())
    parameters = explanation.parameters
    title = TITLES[str(parameters["attack"])]
    strength = (
        "" if parameters["attack"] == "carlini_wagner" else f" (norm {parameters['norm']}, {parameters['eps']:g})"
    )
    left_out = f"; {unchanged:,} {'is' if unchanged == 1 else 'are'} left out" if unchanged else ""
    return (
        f"{title}{strength} changed the predicted class of {tried - unchanged:,} of {tried:,} samples{left_out}. "
        f"{kept:,} {'stays' if kept == 1 else 'stay'} changed when pixels are rounded to bytes."
    )


def describe_selection(explanation: Explanation) -> str:
    """Return from what the samples were selected, what was passed over, and what densities are estimated from.

    Parameters
    ----------
    explanation : Explanation
        Of `AdversarialStatistics`.

    Returns
    -------
    str
        Empty where nothing was passed over or limited, and densities are known.
    """
    evidence = explanation.findings.evidence
    tried, candidates, misclassified, unreadable, reference = (
        int(evidence[name][0]) for name in ("tried", "candidates", "misclassified", "unreadable", "reference")
    )
    is_given = explanation.parameters["attack"] == "given"
    passed_over = [
        f"{number:,} {reason}"
        for number, reason in (
            (misclassified, "to which the model gives another class than their label"),
            (unreadable, "whose picture cannot be read"),
        )
        if number
    ]
    said = []
    if not is_given and tried < candidates:
        passed = f"; passed over: {', '.join(passed_over)}" if passed_over else ""
        said.append(f"The samples are {tried:,} of {candidates:,} that may be attacked{passed}.")
    group = "trusted" if is_given else "clean"
    said.append(
        f"Densities are estimated from {reference:,} other {group} {'sample' if reference == 1 else 'samples'}."
        if reference
        else f"No other {group} sample is left to estimate densities from, so scores that need them are unknown."
    )
    unknown = int(np.isnan(evidence["negative_log_kde"]).sum())
    if reference and unknown:
        said.append(
            f"None of these has the class that is predicted for {unknown:,} of {len(evidence['attacked']):,} samples: "
            "their density is unknown, and in the signal the smallest of all stands for it."
        )
    return " ".join(said)


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
    listed = "; ".join(f"{SCORES[name]} {_in_words(area)}{_known(explanation, name)}" for name, area in areas.items())
    signal = str(explanation.parameters["signal"])
    return f"Area under the ROC curve with 95 % interval (signal: {signal}): {listed}."


def _known(explanation: Explanation, name: str) -> str:
    known = ~np.isnan(explanation.findings.evidence[name])
    return f" for {known.sum():,} of {len(known):,} samples" if known.any() and not known.all() else ""


def _in_words(area: Area) -> str:
    return "unknown" if area.auc != area.auc else f"{area.auc:.3f} ({area.low:.3f} to {area.high:.3f})"
