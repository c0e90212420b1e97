"""Which words of a text are evidence for one class against another, and which it shares with another text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from margin_core.domain.hash_sample import hash_sample
from margin_core.evidence.pair_probe import PairProbe
from margin_core.study.inputs.texts import are_texts
from margin_core.study.models.words import split_words
from margin_core.study.probe_model import ProbeModel
from margin_core.values import UNLABELED, Doubles, Need, Study

MAX_MARKED = 8
"""Words of one text that are marked for a class, and against it; of those it shares with another text half as many."""

MIN_SHARE = 0.25
"""A word is marked whose weight is at least this share of the heaviest one's."""

MAX_COUNTED = 2_000
"""Texts in which words are counted where no probe of the study has counted them."""

_PAIRS_KEPT = 32


@dataclass(frozen=True, eq=False, kw_only=True)
class WordEvidence:
    r"""The words of a study's texts: how rare each is, and what the linear probe of the study makes of it.

    Attributes
    ----------
    study : Study
        Its inputs are texts.
    column_of : mapping of str to int
        Place of each known word.
    rarity : float array (v,)
        Inverse document frequency of each; a word that is not known counts as the rarest.
    weights : float array (c, v) or None
        Of the linear probe that is the study's model, fitted to all labels; None for a study without one, whose words
        are weighed by a probe of the two classes that are compared.
    fold_weights : float array (f, c, v) or None
        Of the linear probe, fitted without the labels of one fold each.
    fold_of : int array (n,) or None
        The fold of each sample; -1 for one whose label no fit has used.
    """

    study: Study
    column_of: Mapping[str, int]
    rarity: Doubles
    weights: NDArray[np.floating] | None = None
    fold_weights: NDArray[np.floating] | None = None
    fold_of: NDArray[np.integer] | None = None
    _pairs: LRUCache[tuple[int, int], PairProbe | None] = field(
        default_factory=lambda: LRUCache(_PAIRS_KEPT), repr=False
    )
    _lock: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def from_study(cls, study: Study) -> WordEvidence | None:
        """Return what is known of the words of a study.

        Parameters
        ----------
        study : Study

        Returns
        -------
        WordEvidence or None
            None where its samples are no texts.

        Examples
        --------
        >>> study = Study.build(inputs=["win a prize", "see you soon"], labels=["spam", "ham"])
        >>> sorted(WordEvidence.from_study(study).shared_words("win it", "a win"))
        ['win']
        """
        if not study.has(Need.INPUTS) or not are_texts(study.inputs):
            return None
        model = study.maybe_model
        if isinstance(model, ProbeModel) and "fold_weights" in model.fitted:
            fitted = model.fitted
            words = fitted["words"].tobytes().decode().split("\n")
            return cls(
                study=study, column_of={word: column for column, word in enumerate(words)}, rarity=fitted["rarity"],
                weights=fitted["weights"], fold_weights=fitted["fold_weights"], fold_of=fitted["fold_of"],
            )  # fmt: skip
        rows = hash_sample(study.ids, MAX_COUNTED).tolist()
        counts = Counter(word for row in rows for word in set(split_words(str(study.inputs[row]))))
        rarity = np.log((1 + len(rows)) / (1 + np.array(list(counts.values()), dtype=np.float64))) + 1
        return cls(study=study, column_of={word: column for column, word in enumerate(counts)}, rarity=rarity)

    def weigh(self, text: str) -> dict[str, float]:
        """Compute the TF-IDF weights of the words of a text.

        Parameters
        ----------
        text : str

        Returns
        -------
        dict of str to float
            The logarithm of how often each word occurs times how rare it is; squares sum to 1.
        """
        counts = Counter(split_words(text))
        return _with_length_one({word: (1 + math.log(count)) * self._rarity_of(word) for word, count in counts.items()})

    def contributions(self, row: int, label: int, against: int) -> dict[str, float]:
        r"""Compute what each word of a sample adds to the log odds of one class against another, out of fold.

        .. math:: x_w (W_{yw} - W_{rw})

        with the TF-IDF weight x of the word, the class y, the class r against it, and the weights W of a linear probe
        that was fitted without the label of the sample: the study's own model where that is MARGIN's, else one that is
        fitted to at most 500 texts of each of the two classes.

        Parameters
        ----------
        row : int
        label, against : int
            The classes that positive and negative numbers are evidence for; `UNLABELED`: all but the other, on average.

        Returns
        -------
        dict of str to float
            Words that the probe does not know are left out. Empty where there is nothing to compare.
        """
        if label == against or not self.study.has(Need.LABELS) or len(self.study.class_names) < 2:
            return {}
        text = str(self.study.inputs[row])
        if self.weights is None or self.fold_weights is None or self.fold_of is None:
            return self._pair_contributions(row, text, label, against)
        fold = int(self.fold_of[row])
        weights = self.weights if fold < 0 else self.fold_weights[fold]
        known = _known_words(text, self.column_of, self.rarity)
        columns = [self.column_of[word] for word in known]
        chosen = np.asarray(weights[:, columns], dtype=np.float64)
        added = _weights_of(chosen, label, against) - _weights_of(chosen, against, label)
        return {word: weight * float(each) for (word, weight), each in zip(known.items(), added, strict=True)}

    def _pair_contributions(self, row: int, text: str, label: int, against: int) -> dict[str, float]:
        first, second = sorted((label, against))
        with self._lock:  # one that is being fitted is not fitted twice
            if (first, second) not in self._pairs:
                self._pairs[first, second] = PairProbe.from_study(self.study, first, second)
            probe = self._pairs[first, second]
            if probe is None:
                return {}
            weights = probe.weights(row)
        sign = 1 if label == first else -1
        known = _known_words(text, probe.column_of, probe.rarity)
        return {word: sign * weight * float(weights[probe.column_of[word]]) for word, weight in known.items()}

    def _rarity_of(self, word: str) -> float:
        column = self.column_of.get(word)
        return self._largest_rarity if column is None else float(self.rarity[column])

    @cached_property
    def _largest_rarity(self) -> float:
        return float(self.rarity.max(initial=1.0))

    def marked_words(self, row: int, label: int, against: int) -> dict[str, float]:
        """Select the words of a sample that speak most for one class or the other.

        Parameters
        ----------
        row, label, against : int
            As for `contributions`.

        Returns
        -------
        dict of str to float
            In [-1, 1] of the largest contribution; at most `MAX_MARKED` of each sign, none below `MIN_SHARE`.
        """
        added = self.contributions(row, label, against)
        return {**_heaviest(added, 1, MAX_MARKED), **_heaviest(added, -1, MAX_MARKED)}

    def shared_words(self, text: str, other: str) -> dict[str, float]:
        """Select the words that add most to the similarity of two texts.

        Parameters
        ----------
        text, other : str

        Returns
        -------
        dict of str to float
            The product of their TF-IDF weights in both, in (0, 1] of the largest; at most half of `MAX_MARKED`.
        """
        return self.shared_with(self.weigh(text), other)

    def shared_with(self, weighed: Mapping[str, float], other: str) -> dict[str, float]:
        """Select the words that add most to the similarity of two texts, the one of which is weighed already.

        Parameters
        ----------
        weighed : mapping of str to float
            From `weigh`.
        other : str

        Returns
        -------
        dict of str to float
            As of `shared_words`.
        """
        # How long the other text is scales all of them alike, so it does not matter here.
        common = {
            word: weight * (1 + math.log(count)) * self._rarity_of(word)
            for word, count in Counter(split_words(other)).items()
            if (weight := weighed.get(word))
        }
        return _heaviest(common, 1, MAX_MARKED // 2)


def _known_words(text: str, column_of: Mapping[str, int], rarity: Doubles) -> dict[str, float]:
    """Return the TF-IDF weights of the words of a text that a probe knows, as it was fitted to them."""
    counts = Counter(word for word in split_words(text) if word in column_of)
    return _with_length_one(
        {word: (1 + math.log(count)) * float(rarity[column_of[word]]) for word, count in counts.items()}
    )


def _with_length_one(weights: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def _weights_of(weights: Doubles, label: int, other: int) -> Doubles:
    """Return the weights of a class, (k,), or the mean of those of all classes but the other."""
    if label != UNLABELED:
        return np.asarray(weights[label])
    return np.asarray(np.delete(weights, other, axis=0).mean(axis=0))


def _heaviest(weights: Mapping[str, float], sign: int, limit: int) -> dict[str, float]:
    """Select the largest weights of a sign, as shares of the largest of either."""
    largest = max((abs(weight) for weight in weights.values()), default=0.0)
    if not largest > 0:
        return {}
    found = [(word, weight / largest) for word, weight in weights.items() if sign * weight >= MIN_SHARE * largest]
    return dict(sorted(found, key=lambda one: (-abs(one[1]), one[0]))[:limit])
