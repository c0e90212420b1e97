"""The model of a study that comes without one: features of its samples and a linear probe, fitted to its labels.

`with_probe_model` adds it to a study, `predicted_probabilities` returns what it predicts for the samples. One file a
kind of samples, each with `fit` (arrays that a workspace stores) and `load` (the model of these arrays):
`picture_probe`, `row_probe`, `text_probe`. `with_table_model` adds one that is asked for by name: `row_boosting`,
`row_mlp`.
"""

from margin_core.study.probe_model.model import (
    MAX_CLASSES,
    MAX_TRAINING_SAMPLES,
    ProbeModel,
    predicted_probabilities,
    refit_probe_model,
    with_probe_model,
    with_table_model,
)

__all__ = ["MAX_CLASSES", "MAX_TRAINING_SAMPLES", "ProbeModel", "predicted_probabilities", "refit_probe_model",
           "with_probe_model", "with_table_model"]  # fmt: skip
