"""Whether class probabilities look fitted to the very labels they are to judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.interpretation.votes import compute_agreement, compute_top_votes
from margin_core.values import UNLABELED, Graph, Need, Study

CONTRADICTED_AGREEMENT = 0.1
"""A label is contradicted if at most this weighted share of its neighbors has it ..."""

OTHER_CLASS_AGREEMENT = 0.7
"""... and at least this share has one and the same other class."""

MIN_CONTRADICTED = 10
"""With fewer contradicted labels there is no note."""

MAX_OUT_OF_SAMPLE_AGREEMENT = 0.7
"""A model that never saw them repeats a smaller share of the contradicted labels (benchmarks/in_sample.py).

On the embedding's own features it is next to none of them. A model that sees far more than the embedding tells may
repeat nearly all: there the neighbors are wrong and not the labels, and no count tells that from memory.
"""

HOW_TO_DECLARE = "declare them: out_of_sample=False in Study.build, or the key out_of_sample = False in the .npz"


@dataclass(frozen=True)
class ContradictedLabels:
    """Labels that nearly all neighbors contradict, and those of them that given probabilities repeat.

    Attributes
    ----------
    repeated : int
        Contradicted labels that the probabilities call the likeliest class.
    counted : int
        Contradicted labels.
    """

    repeated: int
    counted: int

    @property
    def look_in_sample(self) -> bool:
        """Whether a model that never saw these labels would hardly repeat so many of them."""
        enough = self.counted >= MIN_CONTRADICTED
        return enough and _lower_bound(self.repeated, self.counted) > MAX_OUT_OF_SAMPLE_AGREEMENT


def count_contradicted_labels(study: Study, graph: Graph) -> ContradictedLabels:
    """Count the labels that the neighbors contradict, and those of them that the study's probabilities repeat.

    Parameters
    ----------
    study : Study
        With labels and probabilities.
    graph : Graph
        Of its samples.

    Returns
    -------
    ContradictedLabels
    """
    labels = study.labels
    votes = compute_top_votes(graph, labels, len(study.class_names)).values.max(axis=1)
    agreement = compute_agreement(graph, labels)
    contradicted = np.flatnonzero(
        (labels != UNLABELED) & (agreement <= CONTRADICTED_AGREEMENT) & (votes >= OTHER_CLASS_AGREEMENT)
    )
    repeated = study.probabilities[contradicted].argmax(axis=1) == labels[contradicted]
    return ContradictedLabels(int(repeated.sum()), len(contradicted))


def check_probabilities(study: Study, graph: Graph) -> str | None:
    """Return what to tell whoever brings probabilities that look in-sample but are not declared so.

    Parameters
    ----------
    study : Study
    graph : Graph
        Of its samples.

    Returns
    -------
    str or None
        None: there are no probabilities, they are declared in-sample, or look out-of-sample.
    """
    if not (study.has(Need.LABELS) and study.has(Need.PROBABILITIES) and study.out_of_sample):
        return None
    found = count_contradicted_labels(study, graph)
    if not found.look_in_sample:
        return None
    return (
        f"The class probabilities look as if their model was trained on these labels: they repeat {found.repeated:,} "
        f"of the {found.counted:,} labels that nearly all neighbors contradict. Such probabilities hide label errors. "
        f"If they are not out-of-sample, {HOW_TO_DECLARE}. The ranking uses them as they are."
    )


def _lower_bound(successes: int, trials: int) -> float:
    """Return the lower end of the Wilson interval of a share, at 97.5 %."""
    z2 = 1.96**2
    share = successes / trials
    spread = np.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2)))
    return float((share + z2 / (2 * trials) - spread) / (1 + z2 / trials))
