"""A model that a function of the user's own makes: the only kind for which code of theirs runs."""

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
from margin_core.study.models.onnx_model import DEVIATION, MEAN, SIDE
from margin_core.study.models.preparation import imagenet_preparation
from margin_core.study.models.torch_model import TorchModel
from margin_core.values import EmbeddingModel, Floats, Model


@dataclass(frozen=True, eq=False, kw_only=True)
class GivenModel:
    """An object of the user's own that gives probabilities, with what it does not say itself.

    Attributes
    ----------
    given : Model
    description : str
    class_names : tuple of str
    """

    given: Model
    description: str
    class_names: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """What the object says its identity is."""
        return self.given.fingerprint

    def probabilities(self, inputs: Any) -> Floats:
        """Predict class probabilities, float32 (b, c).

        Raises
        ------
        ModelError
            The object failed; the message says how.
        """
        return self._asked("probabilities", inputs)

    def _asked(self, method: str, inputs: Any) -> Floats:
        try:
            return _floats(getattr(self.given, method)(inputs))
        except Exception as error:  # Whatever the user's code raises is theirs to see, as one sentence.
            raise ModelError(f"{self.description}: {method}() failed: {type(error).__name__}: {error}") from error


@dataclass(frozen=True, eq=False, kw_only=True)
class GivenEmbeddingModel(GivenModel):
    """The same for an object that gives features too."""

    given: EmbeddingModel

    def embed(self, inputs: Any) -> Floats:
        """Give the features, float32 (b, d); errors as of `probabilities`."""
        return self._asked("embed", inputs)

    def both(self, inputs: Any) -> tuple[Floats, Floats]:
        """Give features and probabilities."""
        return self.embed(inputs), self.probabilities(inputs)


def load_code(module: str, factory: str, class_names: Sequence[str], layer: str | None) -> TorchModel | GivenModel:
    """Call ``module.factory()``, looked for among the installed packages and in the current folder.

    It returns a `torch.nn.Module` from pictures (b, 3, 224, 224), normalised as for ImageNet, to logits; or
    an object with ``fingerprint`` and ``probabilities(inputs)``, better also ``embed(inputs)``, ``class_names`` and
    ``description``, which gets the inputs as they are. `TorchModel.of` makes such an object of a network with
    a preparation of its own.

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
                made, imagenet_preparation(SIDE, SIDE, MEAN, DEVIATION), architecture=name, description=name,
                class_names=class_names, layer=layer,
            )  # fmt: skip
        except ModelError as error:
            raise ModelError(
                f"{error} For other pictures return TorchModel.of(module, preparation, ...); for rows of numbers or "
                "texts an object with fingerprint and probabilities(inputs)."
            ) from error
    if not isinstance(made, Model):
        raise ModelError(
            f"'{name}' returned a {type(made).__name__}; wanted a torch.nn.Module, or an object with fingerprint and "
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
    """Let modules of the current folder be found, after everything that is installed."""
    here = str(Path.cwd())
    sys.path.append(here)
    try:
        yield
    finally:
        sys.path.remove(here)
