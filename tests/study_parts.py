"""A study of three samples that has every part, and a model that predicts the same for all."""

import numpy as np

from margin_core import Study


class Constant:
    """A model that predicts the same for every sample."""

    def __init__(self, fingerprint="model 1"):
        self.fingerprint = fingerprint

    def __repr__(self):
        return f"Constant({self.fingerprint!r})"

    def probabilities(self, inputs):
        return np.full((len(inputs), 2), 0.5)


def parts(**changed):
    whole = {
        "name": "s",
        "embedding": np.arange(6.0).reshape(3, 2),
        "labels": [0, 1, 0],
        "class_names": ["a", "b"],
        "probabilities": [[0.5, 0.5], [0.25, 0.75], [1, 0]],
        "ids": ["x", "y", "z"],
        "columns": {"split": ["train", "val", "train"]},
        "inputs": np.zeros((3, 2, 2), np.uint8),
        "model": Constant(),
        "graph": [[0, 1, 0], [1, 0, 1], [0, 1, 0]],
        "reference": Study.build(name="earlier", embedding=np.eye(2), labels=["b", "a"]),
    }
    return {key: value for key, value in (whole | changed).items() if value is not None}
