"""A suspicious batch that is brought as a study, beside trusted samples: its reference."""

from __future__ import annotations

import numpy as np

from margin_core.domain.hash_sample import hash_to_unit_interval
from margin_core.errors import SourceError
from margin_core.tasks.adversarial.clean_samples import MAX_REFERENCE
from margin_core.tasks.adversarial.samples import Reference, Samples
from margin_core.values import NO_ROW, UNLABELED, Floats, Ints, Need, Study, usable_rows

TRUSTED_ID = "{} (reference)"
"""The id of a trusted sample, which may be that of a suspicious one, too."""


def collect_given(study: Study, samples: int) -> Samples:
    """Return trusted samples as clean nodes, and those of the study as suspicious ones.

    Parameters
    ----------
    study : Study
        With an embedding, and a reference that has one.
    samples : int
        How many of either are taken at most, by a hash of their ids.

    Returns
    -------
    Samples
        Half of the trusted samples by hash are nodes; the other half is the reference of densities. Classes are
        predicted where both studies have probabilities, else given where both have labels, else unknown.

    Raises
    ------
    SourceError
        One of the two has no sample with features.
    """
    trusted = study.reference
    suspicious_rows, trusted_rows = (_usable_by_hash(one) for one in (study, trusted))
    for one, rows in ((study, suspicious_rows), (trusted, trusted_rows)):
        if not len(rows):
            raise SourceError(f"Study '{one.name}' has no sample with features, so there is nothing to compare.")
    half = (len(trusted_rows) + 1) // 2
    nodes, rest = trusted_rows[:half][:samples], trusted_rows[half:][:MAX_REFERENCE]
    rows = suspicious_rows[:samples]
    own, others = _classes(study, trusted)
    m = len(nodes) + len(rows)
    still = np.zeros(m)
    features: Floats = np.concatenate([trusted.embedding[nodes], study.embedding[rows]])
    classes = np.concatenate([others[nodes], own[rows]])
    return Samples(
        ids=np.concatenate([[TRUSTED_ID.format(name) for name in trusted.ids[nodes].tolist()], study.ids[rows]]),
        rows=np.concatenate([np.full(len(nodes), NO_ROW), rows]),
        attacked=np.repeat([False, True], [len(nodes), len(rows)]),
        classes=classes,
        labels=classes,
        features=features,
        logits=None,
        changed_as_bytes=np.zeros(m, dtype=bool),
        distance_2=still,
        distance_inf=still,
        tried=0,
        unchanged=0,
        candidates=len(suspicious_rows),
        misclassified=0,
        unreadable=0,
        reference=Reference(trusted.embedding[rest], others[rest]),
    )


def _usable_by_hash(study: Study) -> Ints:
    """Return the rows that have features, in the order of the hashes of their ids."""
    order = np.lexsort((study.ids, hash_to_unit_interval(study.ids)))
    found: Ints = order[usable_rows(study.embedding)[order]]
    return found


def _classes(study: Study, trusted: Study) -> tuple[Ints, Ints]:
    """Return the class of each sample of both, numbered as in the study; -1 where it is unknown."""
    both = (study, trusted)
    if all(one.has(Need.PROBABILITIES) for one in both):
        own, others = (np.asarray(one.probabilities.argmax(axis=1)) for one in both)
    elif all(one.has(Need.LABELS) for one in both):
        own, others = study.labels, trusted.labels
    else:
        return np.full(len(study), UNLABELED), np.full(len(trusted), UNLABELED)
    place = {name: number for number, name in enumerate(study.class_names)}
    numbers = np.array([place.get(name, UNLABELED) for name in trusted.class_names] + [UNLABELED])
    return own, numbers[others]  # -1 takes the last
