"""The model behind one that is loaded only when it is asked about something."""

from __future__ import annotations

from margin_core.study.models.named_model import NamedModel
from margin_core.study.probe_model import ProbeModel
from margin_core.values import Model

LoadedLater = NamedModel | ProbeModel
"""Models that know what they are before they are loaded."""


def is_black_box(model: object) -> bool:
    """Return whether a model gives probabilities only; a model by name is not loaded for the answer.

    Parameters
    ----------
    model : Model

    Returns
    -------
    bool
    """
    return model.is_black_box if isinstance(model, LoadedLater) else not hasattr(model, "module")


def resolve_model(model: Model) -> Model:
    """Return a model itself, where it is one that is loaded once it is asked about something.

    Parameters
    ----------
    model : Model

    Returns
    -------
    Model
    """
    return model.loaded if isinstance(model, LoadedLater) else model
