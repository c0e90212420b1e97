"""A linear probe of words that tells two classes apart, fitted to some of their texts when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from margin_core.domain.hash_sample import hash_sample
from margin_core.domain.samples import encode_groups
from margin_core.probe.folds import assign_folds
from margin_core.study.models.linear_words import word_counter
from margin_core.study.probe_model.linear_fit import FOLDS
from margin_core.study.probe_model.text_probe import fit_weights
from margin_core.values import UNLABELED, Doubles, Ints, Study

MAX_FITTED = 500
"""Texts of each class that a probe is fitted to."""

FIRST, SECOND = 0, 1


@dataclass(frozen=True, eq=False, kw_only=True)
class PairProbe:
    """A linear probe of words for one class against another, fitted fold by fold.

    Attributes
    ----------
    column_of : mapping of str to int
        Place of each word of these texts.
    rarity : float array (v,)
        Inverse document frequency of each, among these texts.
    counts : sparse float array (m, v)
        TF-IDF weights.
    labels : int array (m,)
        0 for the first class, 1 for the second.
    fold_of : mapping of int to int
        The fold of each row that it is fitted to.
    """

    column_of: Mapping[str, int]
    rarity: Doubles
    counts: Any
    labels: Ints
    fold_of: Mapping[int, int]
    _weights: dict[int | None, Doubles] = field(default_factory=dict, repr=False)

    @classmethod
    def from_study(cls, study: Study, first: int, second: int) -> PairProbe | None:
        """Return the probe of two classes, to be fitted when a sample is asked about.

        Parameters
        ----------
        study : Study
            Its inputs are texts.
        first, second : int
            Classes; `UNLABELED`: all but the other.

        Returns
        -------
        PairProbe or None
            None where one of them has no sample.

        Examples
        --------
        >>> study = Study.build(inputs=["win a prize", "see you soon"] * 9, labels=["spam", "ham"] * 9)
        >>> probe = PairProbe.from_study(study, 0, 1)
        >>> bool(probe.weights(0)[probe.column_of["prize"]] < 0)
        True
        """
        members = [_members(study, first, second), _members(study, second, first)]
        if not all(len(rows) for rows in members):
            return None
        rows = np.concatenate(members)
        labels = np.repeat([FIRST, SECOND], [len(part) for part in members])
        counter = word_counter()
        try:
            counts = counter.fit_transform([str(study.inputs[int(row)]) for row in rows])
        except ValueError:  # none of them has a word
            return None
        groups = None if (column := study.columns.get("group")) is None else encode_groups(column[rows])
        folds = assign_folds(labels, study.ids[rows], FOLDS, groups)
        words = {str(word): place for place, word in enumerate(counter.get_feature_names_out())}
        return cls(
            column_of=words, rarity=counter.idf_, counts=counts, labels=labels,
            fold_of=dict(zip(rows.tolist(), folds.tolist(), strict=True)),
        )  # fmt: skip

    def weights(self, row: int) -> Doubles:
        """Return what each word adds to the log odds of the first class against the second, without a sample's label.

        Parameters
        ----------
        row : int
            Of the study. Where it is none of those that the probe is fitted to, all of them are used.

        Returns
        -------
        float array (v,)
            0 where one of the classes has no other sample.
        """
        fold = self.fold_of.get(row)
        known = self._weights.get(fold)
        if known is None:
            known = self._weights[fold] = self._fit(fold)
        return known

    def _fit(self, fold: int | None) -> Doubles:
        rows = np.flatnonzero(np.array([other != fold for other in self.fold_of.values()]))
        if len(np.unique(self.labels[rows])) < 2:
            return np.zeros(len(self.rarity))
        weights, _ = fit_weights(self.counts[rows], self.labels[rows], 2)
        return np.asarray(weights[FIRST] - weights[SECOND], dtype=np.float64)


def _members(study: Study, label: int, other: int) -> Ints:
    """Return some samples of a class, the same ones whenever they are asked for."""
    is_member = study.labels == label if label != UNLABELED else ~np.isin(study.labels, [other, UNLABELED])
    rows = np.flatnonzero(is_member)
    return rows[hash_sample(study.ids[rows], MAX_FITTED)]
