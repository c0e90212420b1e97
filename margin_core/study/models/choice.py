"""The choice of a model: named by a person, by a study folder, or by a workspace."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from margin_core.errors import ParameterError
from margin_core.storage.engine import Run
from margin_core.study.models.load import load_model
from margin_core.study.models.model_spec import GRAPH_MODELS, TABLE_MODELS, ModelSpec
from margin_core.study.models.named_model import NamedModel

OWN = "margin"
"""Describes MARGIN's own model, where it is asked for: of pictures that came with features of another model."""


@dataclass(frozen=True, eq=False)
class ModelChoice:
    """Which model predicts for the samples, and whether it may be code.

    Attributes
    ----------
    model : str, Model or None
        A description (see `load_model`), or a model itself.
    layer : str or None
        The layer whose output is the embedding.
    allow_code : bool
        Whether the description may name code; never True for one that comes from a file.
    download : bool
        Whether published weights may be downloaded.
    """

    model: Any | None = None
    layer: str | None = None
    allow_code: bool = False
    download: bool = False

    @property
    def is_own(self) -> bool:
        """Whether MARGIN's own model is asked for, of whatever kind."""
        return isinstance(self.model, str) and self.model in (OWN, *TABLE_MODELS, *GRAPH_MODELS)

    @property
    def table_model(self) -> str | None:
        """The name of a model of a table that MARGIN fits, or None."""
        return self.model if isinstance(self.model, str) and self.model in TABLE_MODELS else None

    @property
    def graph_model(self) -> str | None:
        """The name of a network that MARGIN fits to the graph of a study, or None."""
        return self.model if isinstance(self.model, str) and self.model in GRAPH_MODELS else None

    def or_else(self, other: ModelChoice) -> ModelChoice:
        """Return another choice where this one names no model; a layer that this one names is one of that model.

        Parameters
        ----------
        other : ModelChoice
            The second choice.

        Returns
        -------
        ModelChoice
            One of both, whole.
        """
        return (
            self if self.model is not None else replace(other, download=self.download, layer=self.layer or other.layer)
        )

    def load(self, run: Run) -> Any | None:
        """Return the model: code is loaded at once, weights when they are needed.

        Parameters
        ----------
        run : Run
            Remembers what a described model is.

        Returns
        -------
        Model or None
            None where no model is chosen, or MARGIN's own, which is fitted to the study.

        Raises
        ------
        ModelError
            The code cannot be loaded, or may not.
        ParameterError
            A layer is named and no model that has it.
        """
        if self.layer is not None and not isinstance(self.layer, str):
            raise ParameterError(f"A layer is named by a text, such as 'layer4'; got a {type(self.layer).__name__}.")
        if self.layer is not None and (self.model is None or self.is_own):
            of = "MARGIN's own model has none to choose" if self.is_own else "no model is given"
            raise ParameterError(f"The layer '{self.layer}' is one of a model, and {of}. Name one, or leave layer out.")
        if self.is_own:
            return None
        if not isinstance(self.model, str):
            return self.model
        if ModelSpec.of(self.model).is_code:
            return load_model(self.model, layer=self.layer, allow_code=self.allow_code)
        return NamedModel(self.model, self.layer, run, self.download)
