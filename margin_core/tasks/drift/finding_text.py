"""What a list of new samples states of each, and what is said of the whole."""

from __future__ import annotations

from math import ceil

import numpy as np

from margin_core.study.samples import listed
from margin_core.tasks.finding_text import UNSCORED, FindingText, Name, Role, decimal, percent
from margin_core.values import Explanation

ROLES = (
    Role("novel", "novel sample", "novel samples", "Novel samples"),
    Role("familiar", "sample like the reference", "samples like the reference", "Samples like the reference"),
    UNSCORED,
)


def describe_novelty(explanation: Explanation, place: int) -> FindingText:
    """Return how new a sample is.

    Parameters
    ----------
    explanation : Explanation
        Of `Drift`.
    place : int
        Of the finding.

    Returns
    -------
    FindingText
    """
    evidence = explanation.findings.evidence
    name = str(evidence["class_name"][place])
    return FindingText(
        (Name(name),) if name else "",
        (
            ("As novel in the reference", percent(evidence["tail"][place], 1)),
            ("Distance to the reference", decimal(evidence["distance"][place], 3)),
            ("New among its neighbors", percent(evidence["new_neighbors"][place])),
            (
                "Nearest in the reference",
                (Name(evidence["nearest_id"][place]),) if evidence["nearest_id"][place] else "–",
            ),
        ),
    )


def describe_test(explanation: Explanation) -> tuple[str, ...]:
    """Return the result of the tests, a sentence each.

    Parameters
    ----------
    explanation : Explanation
        Of `Drift`.

    Returns
    -------
    tuple of str
    """
    evidence = explanation.findings.evidence
    if not len(explanation.findings):
        return ()
    p, permutations = float(evidence["test_p"][0]), int(evidence["permutations"][0])
    level, mmd = float(evidence["level"][0]), float(evidence["test_mmd"][0])
    said = [describe_p(p, mmd, permutations, level, *(int(evidence[name][0]) for name in ("tested_new", "tested_old")))]
    corrected = evidence["class_test_p"]
    drifted = np.unique(evidence["class_name"][np.nan_to_num(corrected, nan=1.0) <= level]).tolist()
    if np.isfinite(corrected).any():
        which = f"Classes that drifted: {listed(drifted)}" if drifted else "No class drifted by itself"
        said.append(f"{which} (at {level:.0%}, corrected for the number of classes).")
    return tuple(said)


def describe_reference(explanation: Explanation, tail: float) -> tuple[str, ...]:
    """Return that the reference is too small to call a sample novel.

    Parameters
    ----------
    explanation : Explanation
        Of `Drift`.
    tail : float
        Share of the reference up to which a sample is novel.

    Returns
    -------
    tuple of str
        One sentence, or none where it is large enough.
    """
    if not len(explanation.findings):
        return ()
    size, wanted = int(explanation.findings.evidence["reference"][0]), ceil(1 / tail) - 1
    if size >= wanted:
        return ()
    return (
        f"No sample can be called novel, however far away: that takes a reference of {wanted:,} samples with features, "
        f"and this one has {size:,}.",
    )


def describe_p(p: float, mmd: float, permutations: int, level: float, n_new: int, n_reference: int) -> str:
    """Return the result of the test of the whole.

    Parameters
    ----------
    p, mmd : float
        Of the test; NaN where there was nothing to test.
    permutations : int
    level : float
        Up to which p the samples differ.
    n_new, n_reference : int
        Samples that were compared.

    Returns
    -------
    str
        One sentence.
    """
    if np.isnan(p):
        return "There are too few samples with features to be tested."
    verdict = (
        "The new samples differ from the reference" if p <= level else "No difference from the reference was found"
    )
    sign = "<=" if p <= 1 / (permutations + 1) else "="
    return (
        f"{verdict}: p {sign} {p:.3g} (MMD² {mmd:.2g}; {n_new:,} against {n_reference:,} samples, "
        f"{permutations:,} permutations)."
    )
