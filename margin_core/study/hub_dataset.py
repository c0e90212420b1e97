"""Data sets of the Hugging Face Hub, by name: downloaded once into a workspace, and opened from there."""

from __future__ import annotations

import importlib
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from margin_core.errors import SourceError

PREFIX = "hf:"

FOLDER = "hub"
"""Folder of a workspace that holds what was downloaded."""

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", re.ASCII)

_SHARDS = (".parquet", ".tar")
"""Suffixes of files that are the data set where there are any; else all files are."""


def is_hub_name(source: object) -> bool:
    """Return whether a source is the name of a data set of the Hub.

    Parameters
    ----------
    source : path or str

    Returns
    -------
    bool
    """
    return str(source).startswith(PREFIX)


def last_name(source: object) -> str:
    """Return what a data set is called without its owner.

    Parameters
    ----------
    source : path or str
        Such as ``hf:owner/pets``.

    Returns
    -------
    str

    Raises
    ------
    SourceError
        It is no name of a data set.
    """
    return _repository(source).rpartition("/")[2]


def fetch_hub_dataset(source: object, workspace: Path) -> Path:
    """Download a data set of the Hub, where it was not downloaded before.

    Parameters
    ----------
    source : path or str
        Such as ``hf:owner/pets``.
    workspace : Path
        Folder of the workspace that it is downloaded into; nothing is written elsewhere.

    Returns
    -------
    Path
        The folder of the data set, whole.

    Raises
    ------
    SourceError
        It is no name, huggingface_hub is not installed, or the data set cannot be downloaded.
    """
    repository = _repository(source)
    folder = workspace / FOLDER / repository.replace("/", "--") / last_name(source)
    if folder.is_dir():
        return folder
    hub = _import_hub(source)
    scratch = folder.with_name(f"{folder.name}.partial")
    try:
        names = hub.HfApi().list_repo_files(repository, repo_type="dataset")
        hub.snapshot_download(repository, repo_type="dataset", local_dir=scratch, allow_patterns=_patterns(names))
        shutil.rmtree(scratch / ".cache", ignore_errors=True)  # What the library remembers of a download.
        scratch.rename(folder)
    except Exception as error:  # The library meets a network with errors of several others.
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SourceError(
            f"'{source}' cannot be downloaded from the Hugging Face Hub: {reason.rstrip('.')}. Check its name, the "
            "network and, for a private data set, that you are logged in (hf auth login)."
        ) from error
    return folder


def _repository(source: object) -> str:
    repository = str(source).removeprefix(PREFIX)
    if not _NAME.fullmatch(repository) or ".." in repository:
        raise SourceError(f"'{source}' is no name of a data set. On the Hugging Face Hub they are like hf:owner/name.")
    return repository


def _import_hub(source: object) -> Any:
    # Read when the library is imported: nothing is sent home.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        return importlib.import_module("huggingface_hub")
    except ImportError:
        raise SourceError(
            f"'{source}' needs the package huggingface-hub. Run: pip install 'margin-dashboard[hf]'"
        ) from None


def _patterns(names: Sequence[str]) -> list[str] | None:
    """Return which files to download: shards where there are any, else all."""
    suffix = next((suffix for suffix in _SHARDS if any(name.endswith(suffix) for name in names)), None)
    return None if suffix is None else [f"*{suffix}"]
