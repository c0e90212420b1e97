"""Cross-validation folds that depend on the samples' ids, not on their order."""

from __future__ import annotations

import numpy as np

from margin_core.values import UNLABELED, Ints, Texts


def assign_folds(labels: Ints, ids: Texts, folds: int, groups: Ints | None = None) -> Ints:
    """Assign samples to stratified folds, groups kept whole.

    The members of each class go to the folds in turn, in a random order of their sorted ids (seed 0).
    `sklearn.model_selection.StratifiedGroupKFold` balances alike, but its folds depend on the order of the samples.

    Parameters
    ----------
    labels : int array (n,)
        `UNLABELED` samples are stratified like a class.
    ids : array of str (n,)
        Unique.
    folds : int
        Number of folds, at least 2.
    groups : int array (n,), optional
        A group (not negative) goes to the fold of its first member, largest groups first.

    Returns
    -------
    int array (n,)
        The fold of each sample, from 0.
    """
    order = np.empty(len(ids), dtype=np.int64)
    order[np.argsort(ids)] = np.random.default_rng(0).permutation(len(ids))
    fold_of = np.empty(len(labels), dtype=np.int64)
    if groups is None:
        fold_of[np.lexsort((order, labels))] = np.arange(len(labels)) % folds
        return fold_of
    # A sample in no group is a group of its own.
    whole = np.where(groups < 0, groups.max(initial=0) + 1 + np.arange(len(groups)), groups)
    by_label = np.lexsort((order, labels == UNLABELED, whole))
    _, first, unit, size = np.unique(whole[by_label], return_index=True, return_inverse=True, return_counts=True)
    leader = by_label[first]
    fold_of_unit = np.empty(len(leader), dtype=np.int64)
    fold_of_unit[np.lexsort((order[leader], -size, labels[leader]))] = np.arange(len(leader)) % folds
    fold_of[by_label] = fold_of_unit[unit]
    return fold_of
