"""The classes that are predicted of samples without a label."""

from __future__ import annotations

import numpy as np

from margin_core.probe.linear_probe import fit_in_sample
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.values import UNLABELED, Doubles, Floats, Ints, Need, Study

VERSION = 1
"""Raised whenever the same labels would give other predictions."""


def can_predict(study: Study) -> bool:
    """Return whether classes can be predicted: by the study's own probabilities, or from labels of two classes.

    Parameters
    ----------
    study : Study

    Returns
    -------
    bool
    """
    if study.has(Need.PROBABILITIES):
        return True
    labels = study.maybe_labels
    return labels is not None and len(np.unique(labels[labels != UNLABELED])) > 1


def predict(study: Study, points: Floats, run: Run) -> Doubles | None:
    """Predict the class of every sample.

    Parameters
    ----------
    study : Study
        Its own probabilities are returned where it has them.
    points : float32 array (n, d)
        Of mean squared length 1; else a linear probe is fitted on those with a label.
    run : Run
        Stores the fit.

    Returns
    -------
    float array (n, c) or None
        Rows sum to 1; None where there are neither probabilities nor labels of two classes.

    Notes
    -----
    Labeled samples are predicted by a probe that was fitted on them; samples without a label are not.
    """
    if study.has(Need.PROBABILITIES):
        return study.probabilities.astype(np.float64)
    if not can_predict(study):
        return None
    order = np.argsort(study.ids, kind="stable")
    labels = study.labels[order]
    key = fingerprint(VERSION, study.parts["ids"], study.parts["labels"], points)

    def fit() -> dict[str, np.ndarray]:
        rows: Ints = np.flatnonzero(labels != UNLABELED)
        probe = fit_in_sample(points[order][rows], labels[rows])
        assert probe is not None, "there are labels of two classes"
        probabilities = np.empty((len(study), len(study.class_names)))
        probabilities[order] = probe.probabilities(points[order].astype(np.float64), len(study.class_names))
        return {"probabilities": probabilities}

    return np.asarray(run.step("sampling_probe", key, fit)["probabilities"])
