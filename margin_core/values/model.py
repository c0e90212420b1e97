"""What the core asks of a model, and of the samples that it looks at."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import MarginError, ModelError


@runtime_checkable
class Model(Protocol):
    """The interface of a model; sufficient for black-box tasks."""

    @property
    def fingerprint(self) -> str:
        """Identity by content: another set of weights has another fingerprint."""
        ...

    def probabilities(self, inputs: Any) -> NDArray[Any]:
        """Predict class probabilities of a batch.

        Parameters
        ----------
        inputs : array (b, ...) or sequence
            Samples as the model takes them.

        Returns
        -------
        float array (b, c)
            Rows sum to 1.
        """
        ...


@runtime_checkable
class EmbeddingModel(Model, Protocol):
    """A model that also gives features."""

    def embed(self, inputs: Any) -> NDArray[Any]:
        """Compute the penultimate features of a batch.

        Parameters
        ----------
        inputs : array (b, ...) or sequence
            Samples as the model takes them.

        Returns
        -------
        float array (b, d)
        """
        ...


@runtime_checkable
class Inputs(Protocol):
    """The samples themselves: an array, or files that are read when needed."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any) -> Any: ...


def describe_model(model: Any) -> str:
    """Return what a model is, in words: its description, else the name of its class.

    Parameters
    ----------
    model : Model
        Any model.

    Returns
    -------
    str
        For a message.
    """
    return str(getattr(model, "description", "") or type(model).__name__)


def call_model(model: Any, method: str, inputs: Any) -> list[NDArray[Any]]:
    """Call a method of a model, which somebody else may have written, on a batch.

    Parameters
    ----------
    model : Model
    method : str
        ``probabilities``, ``embed``, or ``both`` where there is such a method.
    inputs : array (b, ...) or sequence
        Samples as the model takes them.

    Returns
    -------
    list of float array (b, c)
        One; of ``both``, features and probabilities.

    Raises
    ------
    ModelError
        It raised an error, which the message repeats, or did not return a row of numbers for each of the inputs.
    """
    name = describe_model(model)
    try:
        returned = getattr(model, method)(inputs)
    except MarginError:
        raise
    except Exception as error:  # Whatever it raises is the user's to see, as one sentence.
        message = " ".join(f"{type(error).__name__}: {error}".split())
        raise ModelError(f"{name}: {method}() raised {message}. Correct the model, or what it is given.") from error
    outputs = []
    for output in returned if method == "both" else [returned]:
        try:
            array = np.asarray(output)
            array = array if array.dtype.kind == "f" else array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise ModelError(f"{name}: {method}() must return numbers ({error}). Correct the model.") from None
        if array.ndim != 2 or len(array) != len(inputs):
            raise ModelError(
                f"{name}: {method}() must give one row a sample; {len(inputs)} went in and an array of shape "
                f"{array.shape} came out. Correct the model."
            )
        outputs.append(array)
    return outputs
