"""The model of pictures: EfficientNet-Lite0 with a linear probe in place of its last layer."""

from __future__ import annotations

from typing import Any

from margin_core.storage.engine import Arrays
from margin_core.study.probe_model.linear_fit import fit_linear
from margin_core.values import Ints, Study

TITLE = "EfficientNet-Lite0 and a linear probe"


def fit(study: Study, rows: Ints, groups: Ints | None) -> Arrays:
    """Fit the probe on the features of some pictures.

    Parameters
    ----------
    study : Study
        Its embedding is that of EfficientNet-Lite0, with its ImageNet weights.
    rows : int array (m,)
        Labeled samples with features, of two classes at least.
    groups : int array (m,) or None
        Of these samples.

    Returns
    -------
    dict of arrays
        As of `fit_linear`.
    """
    return fit_linear(
        study.embedding[rows], study.labels[rows], len(study.class_names), ids=study.ids[rows], groups=groups
    )


def load(arrays: Arrays, study: Study, description: str) -> Any:
    """Return the whole network.

    Parameters
    ----------
    arrays : mapping of arrays
        From `fit`.
    study : Study
        The same.
    description : str

    Returns
    -------
    TorchModel
    """
    from margin_core.study.models.efficientnet import load_with_classifier  # torch is slow to import

    return load_with_classifier(arrays["weights"], arrays["bias"], study.class_names, description)
