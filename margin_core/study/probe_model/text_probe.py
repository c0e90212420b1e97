"""The model of texts: their words, weighted by how rare they are, and a linear probe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.probe.folds import assign_folds
from margin_core.storage.engine import Arrays
from margin_core.study.models.linear_words import LinearWordModel, word_counter
from margin_core.study.probe_model.linear_fit import FOLDS, NEVER
from margin_core.values import Ints, Study

TITLE = "words (TF-IDF) and a linear probe"

INVERSE_PENALTY = 10.0
"""scikit-learn's C, on texts of length 1, as in `margin_core.probe.linear_probe`."""

MAX_WORDS = 50_000
"""The commonest words that count."""


def fit(study: Study, rows: Ints, groups: Ints | None) -> Arrays:
    """Fit the probe on some texts.

    Parameters
    ----------
    study : Study
        Its inputs are texts.
    rows : int array (m,)
        Labeled samples, of two classes at least.
    groups : int array (m,) or None
        Of these samples; those of one group are in the same fold.

    Returns
    -------
    dict of arrays
        ``words`` uint8, UTF-8, one word a line; ``rarity`` float64 (v,); ``weights`` float32 (c, v), ``bias`` float32
        (c,), ``accuracy`` float64 (1,), as of `fit_linear`; ``fold_of`` int8 (n,), the fold without each sample of the
        study, -1 for one that is in none; ``fold_weights`` float16 (f, c, v), those fitted without each fold.
    """
    counter = word_counter(max_words=MAX_WORDS)
    counts = counter.fit_transform([str(study.inputs[int(row)]) for row in rows])
    labels, c = study.labels[rows], len(study.class_names)
    weights, bias = fit_weights(counts, labels, c)
    fold_of = assign_folds(labels, study.ids[rows], FOLDS, groups)
    fold_weights = np.zeros((FOLDS, *weights.shape), np.float16)
    right = tried = 0
    for fold in range(FOLDS):
        train, held_out = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        if len(np.unique(labels[train])) < 2:
            continue
        w, b = fit_weights(counts[train], labels[train], c)
        fold_weights[fold] = w
        tried += len(held_out)
        right += int(np.sum((counts[held_out] @ w.T + b).argmax(axis=1) == labels[held_out]))
    all_folds = np.full(len(study), -1, np.int8)
    all_folds[rows] = fold_of
    return {
        "words": np.frombuffer("\n".join(counter.get_feature_names_out()).encode(), np.uint8),
        "rarity": counter.idf_,
        "weights": weights,
        "bias": bias,
        "accuracy": np.array([right / tried if tried else np.nan]),
        "fold_of": all_folds,
        "fold_weights": fold_weights,
    }


def load(arrays: Arrays, study: Study, description: str) -> LinearWordModel:
    """Return the model.

    Parameters
    ----------
    arrays : mapping of arrays
        From `fit`.
    study : Study
        The same.
    description : str

    Returns
    -------
    LinearWordModel
    """
    return LinearWordModel(
        words=tuple(arrays["words"].tobytes().decode().split("\n")), rarity=arrays["rarity"],
        weights=arrays["weights"], bias=arrays["bias"],
        description=description, class_names=study.class_names,
    )  # fmt: skip


def fit_weights(
    counts: NDArray[np.floating], labels: Ints, n_classes: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fit a logistic regression to weighted words.

    Parameters
    ----------
    counts : sparse float array (m, v)
        TF-IDF weights.
    labels : int array (m,)
        In [0, c), of two classes at least.
    n_classes : int
        c.

    Returns
    -------
    weights : float32 array (c, v)
    bias : float32 array (c,)
    """
    from sklearn.linear_model import LogisticRegression  # slow to import, and most fits are remembered

    fitted = LogisticRegression(C=INVERSE_PENALTY, tol=1e-3, max_iter=200).fit(counts, labels)
    weights = np.zeros((n_classes, counts.shape[1]), np.float32)
    bias = np.full(n_classes, float(fitted.intercept_.min()) - NEVER, np.float32)
    if len(fitted.classes_) == 2:  # one map, of the second class against the first
        weights[fitted.classes_[0]], bias[fitted.classes_[0]] = 0.0, 0.0
        weights[fitted.classes_[1]], bias[fitted.classes_[1]] = fitted.coef_[0], fitted.intercept_[0]
    else:
        weights[fitted.classes_], bias[fitted.classes_] = fitted.coef_, fitted.intercept_
    return weights, bias
