"""The domain of new samples and the reference together."""

from __future__ import annotations

import numpy as np

from margin_core.storage.fingerprint import fingerprint
from margin_core.values import NO_ROW, Domain, Study, Texts, read_only

OF_REFERENCE = " (reference)"
"""What the ids of nodes end in that are samples of the reference."""


def joint_domain(study: Study) -> Domain:
    """Return the domain in which each new sample and each sample of the reference is a node.

    Parameters
    ----------
    study : Study
        With an embedding and a reference, n and r samples.

    Returns
    -------
    Domain
        m = n + r nodes, the new ones first; ``rows`` is `NO_ROW` for those of the reference.
    """
    reference = study.reference
    rows = np.concatenate([np.arange(len(study)), np.full(len(reference), NO_ROW)]).astype(np.int64)
    return Domain(
        ids=read_only(np.concatenate([study.ids, _reference_ids(study.ids, reference.ids)])),
        rows=read_only(rows),
        points=read_only(np.concatenate([study.embedding, reference.embedding])),
        fingerprint=fingerprint("new and reference", study.parts["embedding"], reference.parts["embedding"]),
    )


def _reference_ids(own: Texts, ids: Texts) -> Texts:
    """Return ids that no new sample has."""
    suffix, taken = OF_REFERENCE, set(own.tolist())
    while not taken.isdisjoint(f"{name}{suffix}" for name in ids.tolist()):
        suffix += "*"
    return np.array([f"{name}{suffix}" for name in ids.tolist()])
