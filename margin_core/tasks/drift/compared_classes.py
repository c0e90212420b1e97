"""The class of each new sample and of each of the reference: as given, or predicted alike for both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.domain.hash_sample import hash_to_unit_interval
from margin_core.probe.features import reduce_features
from margin_core.probe.linear_probe import fit_probe
from margin_core.storage.engine import Run
from margin_core.values import UNLABELED, Ints, Need, Study
from margin_core.values.arrays import freeze

FOLDS = 5

GIVEN, PREDICTED, UNKNOWN = "given", "predicted", "unknown"
"""Where classes come from."""


@dataclass(frozen=True, eq=False)
class ComparedClasses:
    """Classes of two sets of samples, matched by their names.

    Attributes
    ----------
    names : tuple of str, length c
        Those of the study, then those that only the reference has.
    new : int array (n,)
        -1 where there is none.
    reference : int array (r,)
        -1 where there is none.
    source : {'given', 'predicted', 'unknown'}
    """

    names: tuple[str, ...]
    new: Ints
    reference: Ints
    source: str

    def __post_init__(self) -> None:
        freeze(self, "new", "reference")


def compare_classes(study: Study, run: Run) -> ComparedClasses:
    """Return the classes by which new samples are compared with a reference.

    Parameters
    ----------
    study : Study
        With an embedding and a reference.
    run : Run
        Receives the progress.

    Returns
    -------
    ComparedClasses
        Given labels where both have some. Where only the reference has, a linear probe predicts both: each sample of
        the reference by a fit without it, each new one by one of the same fits, so that both are treated alike.
    """
    reference = study.reference
    names = (*study.class_names, *(name for name in reference.class_names if name not in study.class_names))
    new = study.maybe_labels
    if not reference.has(Need.LABELS) or not (reference.labels != UNLABELED).any():
        return _unknown(study, names)
    number = {name: place for place, name in enumerate(names)}
    by_name = np.array([number[name] for name in reference.class_names] + [UNLABELED], dtype=np.int64)
    known = by_name[reference.labels]
    if new is not None and (new != UNLABELED).any():
        return ComparedClasses(names, new, known, GIVEN)
    if len(np.unique(known[known != UNLABELED])) < 2:
        return _unknown(study, names)
    points, usable = reduce_features(np.concatenate([study.embedding, reference.embedding]))
    n = len(study)
    probe = fit_probe(points[n:], usable[n:], known, len(names), ids=reference.ids, folds=FOLDS, run=run)
    models = [model for model in probe.models if model is not None]
    if not models:
        return _unknown(study, names)
    predicted = np.full(n, UNLABELED, dtype=np.int64)
    turn = (hash_to_unit_interval(study.ids) * len(models)).astype(np.int64)
    for place, model in enumerate(models):
        own = (turn == place) & usable[:n]
        predicted[own] = model.probabilities(points[:n][own], len(names)).argmax(axis=1)
    others = np.where(usable[n:], probe.probabilities.argmax(), UNLABELED)
    return ComparedClasses(names, predicted, others, PREDICTED)


def _unknown(study: Study, names: tuple[str, ...]) -> ComparedClasses:
    none = np.full(len(study), UNLABELED)
    return ComparedClasses(names, none, np.full(len(study.reference), UNLABELED), UNKNOWN)
