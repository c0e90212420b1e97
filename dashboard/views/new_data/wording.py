"""What the page of new data against a reference says."""

from __future__ import annotations

from math import isnan

from margin_core.tasks.drift.drift_test import DriftTest

TITLE = "New data (drift)"
HELP = (
    "The samples of this study compared with earlier data: a test whether the two differ, as a whole and class by "
    "class, and the samples that are least like anything before."
)
DIFFERS, ALIKE, UNTESTED = "The new samples differ from the reference", "No difference found", "Too few samples to test"
VERDICT_HELP = (
    "A permutation test of the maximum mean discrepancy: how far the two sets lie apart in their features, against "
    "random divisions of all samples into two sets. p is the share of divisions at least as far apart."
)
CLASSES = "Classes"
CLASSES_HELP = (
    "Each class is tested on its own samples; p is corrected for the number of classes (Holm), so that the chance of "
    "any false alarm stays at the level."
)
PREDICTED = "Classes are predicted by a linear probe fitted to the reference."
NAME, N_OLD, N_NEW, SHARE = "Class", "Before", "New", "Share"
MMD, P, VERDICT = "MMD²", "p", "Drifted"
DRIFTED, NOT_DRIFTED, NEW_CLASS, GONE, NOT_TESTED = "drifted", "no", "new class", "not in new data", "too few"
COLUMN_HELP = {
    N_OLD: "Samples of the class in the reference.",
    N_NEW: "Samples of the class in this study.",
    SHARE: "Share of the class in the reference, and now.",
    MMD: "Squared distance between the means of both sets in the space of the kernel; about 0 where they are alike.",
    P: "Corrected for the number of classes; a class drifted where it is at most the level.",
    VERDICT: "Whether the samples of the class differ from those of the reference.",
}
NOVELTY = "Novelty"
NOVELTY_HELP = (
    "Novelty is the logarithm of the distance to the reference, plus the share of new samples among the neighbors. "
    "Samples more novel than 99 % of the reference are called novel; of samples like the reference, that is one in a "
    "hundred."
)
MOST_NOVEL = "Most novel samples"
MOST_NOVEL_HELP = "Least like the reference first. Click one to see it."
LINES = "Number: the share of the reference that is at least as novel."
NO_NOVEL = "No sample has features that can be compared."
ON_MAP = "Show all on map"
MAP_COLOR = "novelty against the reference"
LIKE_REFERENCE, NOVEL = "like the reference", "novel"
GESTURES = (("click", "a sample among the most novel: it is shown here"),)
NEAREST = "Nearest in the reference"
NOVEL_SELECTION = "novel against the reference"
NO_NUMBER = "–"


def verdict(test: DriftTest, level: float) -> str:
    """Return the result of the test of the whole in a few words."""
    if isnan(test.whole.p_value):
        return UNTESTED
    return DIFFERS if test.whole.p_value <= level else ALIKE


def classes_drifted(names: list[str], tested: int) -> str:
    """Return which classes drifted, of so many that were tested; empty where none was."""
    if not tested:
        return ""
    if not names:
        return f"None of {tested:,} tested {'class' if tested == 1 else 'classes'} drifted."
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
    return f"{len(names):,} of {tested:,} tested {'class' if tested == 1 else 'classes'} drifted: {shown}."


def shares(before: float, now: float) -> str:
    """Return how frequent a class was, and is."""
    return f"{100 * before:.1f} → {100 * now:.1f} %"


def new_classes(names: list[str]) -> str:
    """Return which classes the reference does not have; empty where it has all."""
    if not names:
        return ""
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
    return f"New {'class' if len(names) == 1 else 'classes'}: {shown}."


def probability(p: float, permutations: int) -> str:
    """Return a p-value, and that a smaller one could not have been found."""
    least = 1 / (permutations + 1)
    return f"p {'≤' if p <= least else '='} {p:.3g}"


def result(test: DriftTest, level: float) -> str:
    """Return how the test came out, in numbers."""
    whole = test.whole
    if isnan(whole.p_value):
        return ""
    return (
        f"{probability(whole.p_value, whole.permutations)} at level {level:g} · MMD² {whole.mmd:.3g} · "
        f"{whole.n_new:,} new samples against {whole.n_reference:,} · {whole.permutations:,} permutations"
    )


def compared_of(compared: int, total: int) -> str:
    """Return that only some samples were tested; empty where all were."""
    return "" if compared >= total else f"Tested are {compared:,} of {total:,} new samples, selected by their ids."


def novel_share(novel: int, ranked: int, tail: float) -> str:
    """Return how many samples are novel, and how many would be by chance."""
    return f"{novel:,} of {ranked:,} samples are novel ({novel / max(ranked, 1):.1%}; {tail:.0%} would be by chance)."


def how_many_are_novel(novel: int, shown: int) -> str:
    """Return how many of the samples that are listed are novel."""
    if novel >= shown:
        return f"All {shown:,} of these are novel."
    if not novel:
        return "None of these is novel: they are like the reference."
    return f"The first {novel:,} of these {'is' if novel == 1 else 'are'} novel; the others are like the reference."


def shares_differ(p: float, level: float) -> str:
    """Return whether classes are as frequent as before; empty where that was not tested."""
    if isnan(p):
        return ""
    shown = f"p = {p:.2g}" if p >= 0.001 else "p < 0.001"
    return f"Shares of classes {'changed' if p <= level else 'are as before'} ({shown}, chi-squared)."
