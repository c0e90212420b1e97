"""What the core asks of a model, and of the samples that it looks at."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray


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
