"""The sample and the class that somebody names: their row and number, or an error that names what is near to it."""

from __future__ import annotations

from difflib import get_close_matches

import numpy as np

from margin_core.errors import ParameterError
from margin_core.values import Doubles, Study

MAX_SUGGESTED_FROM = 10_000
"""Ids among which one near to a mistyped one is looked for."""


def find_sample(study: Study, sample_id: str) -> int:
    """Return the row of a sample.

    Parameters
    ----------
    study : Study
    sample_id : str
        Empty: the first by id.

    Returns
    -------
    int

    Raises
    ------
    ParameterError
        There is no such sample.
    """
    if not sample_id:
        return int(np.argsort(study.ids, kind="stable")[0])
    found = np.flatnonzero(study.ids == sample_id)
    if not len(found):
        near = get_close_matches(sample_id, study.ids[:MAX_SUGGESTED_FROM].tolist(), n=3) or study.ids[:3].tolist()
        raise ParameterError(f"Study '{study.name}' has no sample '{sample_id}'. Near to it: {', '.join(near)}.")
    return int(found[0])


def find_class(study: Study, target: int | str | None, probabilities: Doubles) -> int:
    """Return the number of an output of the study's model.

    Parameters
    ----------
    study : Study
        With a model.
    target : int, str or None
        The class by number or name; a name comes first where it looks like a number. Empty or None: the likeliest.
    probabilities : float array (c,)
        Of the sample.

    Returns
    -------
    int

    Raises
    ------
    ParameterError
        The model has no such class.
    """
    if target is None or target == "":
        return int(probabilities.argmax())
    n_outputs, wanted = len(probabilities), str(target)
    names = output_names(study, n_outputs)
    if wanted in names and isinstance(target, str):
        return names.index(wanted)
    if wanted.isdecimal() and int(wanted) < n_outputs:
        return int(wanted)
    near = get_close_matches(wanted, names, n=3)
    known = f" Near to it: {', '.join(near)}." if near else ""
    raise ParameterError(f"The model has no class '{wanted}'; it has numbers 0 to {n_outputs - 1:,}.{known}")


def output_names(study: Study, n_outputs: int) -> tuple[str, ...]:
    """Return the names of the model's outputs: its own, or the classes of the study.

    Parameters
    ----------
    study : Study
        With a model.
    n_outputs : int
        Of the model.

    Returns
    -------
    tuple of str
        Of length `n_outputs`, or empty where neither has as many.
    """
    for names in (tuple(getattr(study.model, "class_names", ())), study.class_names):
        if len(names) == n_outputs:
            return names
    return ()
