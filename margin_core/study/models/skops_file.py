"""A scikit-learn classifier from a file of skops, which runs no code when it is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from zipfile import BadZipFile

from margin_core.errors import ModelError
from margin_core.study.models.estimator import EstimatorModel
from margin_core.study.models.published import import_library

_CLASS = re.compile(r"sklearn(\.\w+)*\._?[A-Z]\w*")
"""Nothing but a class is called so there; to look would mean to import what the file names."""


def load_skops(path: Path, class_names: Sequence[str]) -> EstimatorModel:
    """Load a fitted classifier that ``skops.io.dump`` wrote.

    Parameters
    ----------
    path : Path
        Ends in ``.skops``.
    class_names : sequence of str
        Of the outputs, in their order; default: those that it was fitted to.

    Returns
    -------
    EstimatorModel

    Raises
    ------
    ModelError
        skops is not installed; the file is not there or not of it; it holds functions or types of other libraries than
        scikit-learn, which could run code; or what it holds is no fitted classifier.
    """
    skops = import_library(str(path), "skops")
    skops_io = import_module("skops.io")
    if not path.is_file():
        raise ModelError(f"There is no file '{path}'.")
    try:
        types = skops_io.get_untrusted_types(file=path)
        unknown = [name for name in types if not is_harmless(name)]
        estimator = None if unknown else skops_io.load(path, trusted=types)
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError, ImportError) as error:
        raise ModelError(
            f"'{path}' cannot be read by skops {skops.__version__} ({type(error).__name__}: {error}). Write it with "
            "skops.io.dump."
        ) from error
    if unknown:
        raise ModelError(
            f"'{path}' holds what is no class of scikit-learn ({', '.join(unknown[:5])}). It could run code, so it is "
            "not loaded. Return the model from a function of your own and name that: package.module:factory."
        )
    if not hasattr(estimator, "predict_proba"):
        raise ModelError(
            f"'{path}' holds a {type(estimator).__name__}, which gives no class probabilities. Save a fitted "
            "classifier with predict_proba, alone or at the end of a pipeline."
        )
    model = EstimatorModel.of(estimator)
    if not class_names:
        return model
    if len(class_names) != model.classes:
        raise ModelError(f"'{path}' has {model.classes:,} classes; {len(class_names):,} names were given.")
    return replace(model, class_names=tuple(class_names))


def is_harmless(name: str) -> bool:
    """Return whether loading an object of a type runs no code of others: classes of scikit-learn, and NumPy's dtype.

    Parameters
    ----------
    name : str
        Dotted.

    Returns
    -------
    bool

    Notes
    -----
    skops trusts estimators by itself; this is about what they consist of, such as the trees of gradient boosting. A
    function is not harmless, wherever it comes from: it runs when the model predicts.
    """
    return name == "numpy.dtype" or _CLASS.fullmatch(name) is not None
