"""A model that a function of the user's own returns: the only kind for which their code runs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from margin_core.errors import ModelError
from margin_core.study.models.onnx_input import DEFAULT_SIDE, DEVIATION, MEAN
from margin_core.study.models.preparation import imagenet_preparation
from margin_core.study.models.torch_model import TorchModel
from margin_core.values.arrays import Floats
from margin_core.values.model import EmbeddingModel, Model


@dataclass(frozen=True, eq=False, kw_only=True)
class GivenModel:
    """A user's own object that predicts probabilities, with a description and class names.

    Attributes
    ----------
    given : Model
        The object.
    description : str
        In words.
    class_names : tuple of str
        Of the outputs, or empty.
    """

    given: Model
    description: str
    class_names: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Identity, as the object states it."""
        return self.given.fingerprint

    def probabilities(self, inputs: Any) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : array or sequence of length b
            Samples as the model takes them.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The object raised an error, which the message repeats.
        """
        return self._call("probabilities", inputs)

    def _call(self, method: str, inputs: Any) -> Floats:
        try:
            return _floats(getattr(self.given, method)(inputs))
        except Exception as error:  # Whatever the user's code raises is theirs to see, as one sentence.
            raise ModelError(f"{self.description}: {method}() failed: {type(error).__name__}: {error}") from error


@dataclass(frozen=True, eq=False, kw_only=True)
class GivenEmbeddingModel(GivenModel):
    """A user's own object that computes features too."""

    given: EmbeddingModel

    def embed(self, inputs: Any) -> Floats:
        """Compute the features.

        Parameters
        ----------
        inputs : array or sequence of length b
            Samples as the model takes them.

        Returns
        -------
        float32 array (b, d)
            One row a sample.

        Raises
        ------
        ModelError
            The object raised an error, which the message repeats.
        """
        return self._call("embed", inputs)

    def both(self, inputs: Any) -> tuple[Floats, Floats]:
        """Compute features and probabilities.

        Parameters
        ----------
        inputs : array or sequence of length b
            Samples as the model takes them.

        Returns
        -------
        embedding : float32 array (b, d)
            One row a sample.
        probabilities : float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The object raised an error, which the message repeats.
        """
        return self.embed(inputs), self.probabilities(inputs)


def load_code(module: str, factory: str, class_names: Sequence[str], layer: str | None) -> TorchModel | GivenModel:
    """Load a model by calling ``module.factory()``, from an installed package or the current folder.

    It returns a `torch.nn.Module` from pictures (b, 3, 224, 224), normalized as for ImageNet, to logits; or
    an object with ``fingerprint`` and ``probabilities(inputs)``, better also ``embed(inputs)``, ``class_names`` and
    ``description``, which gets the inputs as they are. `TorchModel.of` makes such an object of a network with
    a preparation of its own.

    Parameters
    ----------
    module : str
        Dotted name.
    factory : str
        Function of that module, without arguments.
    class_names : sequence of str
        Of the outputs; empty: as the object states them.
    layer : str or None
        Module whose output is the embedding; None: the input of the last layer.

    Returns
    -------
    TorchModel or GivenModel
        What the function returns, or a model around it.

    Raises
    ------
    ModelError
        There is no such module or function, it raised an error, or it returned something else.
    """
    name = f"{module}:{factory}"
    with _current_folder_last():
        try:
            make = getattr(importlib.import_module(module), factory)
            made = make()
        except ModuleNotFoundError as error:
            raise ModelError(
                f"'{name}' cannot be loaded: there is no module '{error.name}'. "
                "Install it, or start from the folder that holds it."
            ) from error
        except AttributeError as error:
            raise ModelError(f"'{name}' cannot be loaded: {error}.") from error
        except Exception as error:  # Whatever the user's code raises is theirs to see, as one sentence.
            raise ModelError(f"'{name}' failed: {type(error).__name__}: {error}") from error
    if isinstance(made, TorchModel):
        return made
    if isinstance(made, nn.Module):
        try:
            return TorchModel.of(
                made, imagenet_preparation(DEFAULT_SIDE, DEFAULT_SIDE, MEAN, DEVIATION), architecture=name,
                description=name, class_names=class_names, layer=layer,
            )  # fmt: skip
        except ModelError as error:
            raise ModelError(
                f"{error} For other pictures return TorchModel.of(module, preparation, ...); for rows of numbers or "
                "texts an object with fingerprint and probabilities(inputs)."
            ) from error
    if not isinstance(made, Model):
        raise ModelError(
            f"'{name}' returned a {type(made).__name__}; expected a torch.nn.Module, or an object with fingerprint and "
            "probabilities(inputs)."
        )
    names = tuple(class_names) or tuple(getattr(made, "class_names", ()))
    words = str(getattr(made, "description", name))
    if isinstance(made, EmbeddingModel):
        return GivenEmbeddingModel(given=made, description=words, class_names=names)
    return GivenModel(given=made, description=words, class_names=names)


def _floats(values: NDArray[Any]) -> Floats:
    return np.asarray(values, dtype=np.float32)


@contextmanager
def _current_folder_last() -> Iterator[None]:
    """Make modules of the current folder importable, after everything that is installed."""
    here = str(Path.cwd())
    sys.path.append(here)
    try:
        yield
    finally:
        sys.path.remove(here)
