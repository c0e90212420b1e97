"""Rescorers whose answers follow from a ring: what a session asks of label error scores, without any model."""

import numpy as np

from margin_core.values import UNLABELED


class RingRescorer:
    """Score = share of the two neighbors on a ring that vote for another label; counts its calls.

    Suggested is what the next on the ring votes for, or the next class where that is no other one.
    """

    def __init__(self, labels):
        self.votes = np.array(labels)
        self.asked = []

    def all(self):
        rows = np.arange(len(self.votes))
        return self.of(rows)

    def of(self, rows):
        n = len(self.votes)
        others = np.stack([self.votes[(rows - 1) % n], self.votes[(rows + 1) % n]])
        differ = (others != self.votes[rows]) & (others != UNLABELED)
        return np.where(self.votes[rows] == UNLABELED, 0.0, differ.mean(axis=0))

    def update(self, rows, labels):
        n = len(self.votes)
        self.asked.append(rows.tolist())
        self.votes[rows] = labels
        changed = np.unique(np.concatenate([rows, (rows - 1) % n, (rows + 1) % n]))
        return changed, self.of(changed)

    def suggestions(self, rows, given):
        voted = self.votes[(rows + 1) % len(self.votes)]
        return np.where((voted == UNLABELED) | (voted == given), (given + 1) % 3, voted)


class OtherRescorer(RingRescorer):
    """Newly fitted: both neighbors of a sample vote, and the one opposite."""

    def of(self, rows):
        n = len(self.votes)
        others = np.stack([self.votes[(rows + step) % n] for step in (-1, 1, n // 2)])
        differ = (others != self.votes[rows]) & (others != UNLABELED)
        return np.where(self.votes[rows] == UNLABELED, 0.0, differ.mean(axis=0))

    def update(self, rows, labels):
        n = len(self.votes)
        self.votes[rows] = labels
        changed = np.unique(np.concatenate([(rows + step) % n for step in (-1, 0, 1, n // 2)]))
        return changed, self.of(changed)

    def suggestions(self, rows, given):
        voted = self.votes[(rows - 1) % len(self.votes)]
        return np.where((voted == UNLABELED) | (voted == given), (given + 2) % 3, voted)
