"""Models that follow a rule, of which one knows what counts."""

import numpy as np


class Sum:
    """Predicts one class where column 2 of a row is large."""

    fingerprint = "sum"
    classes = 2

    def probabilities(self, inputs):
        p = 1 / (1 + np.exp(-4 * np.asarray(inputs, dtype=np.float64)[:, 2]))
        return np.stack([1 - p, p], axis=1)
