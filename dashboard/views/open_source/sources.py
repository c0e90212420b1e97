"""What lies below the declared folders and looks like a data set."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from margin_core.storage.workspace import SUFFIX
from margin_core.study.readers.arrays import SUFFIXES as ARRAYS
from margin_core.study.readers.edge_list import are_edge_names
from margin_core.study.readers.formats import SUFFIXES
from margin_core.study.readers.graph_arrays import EDGES
from margin_core.study.readers.graph_files import SUFFIXES as GRAPH_FILES
from margin_core.study.readers.table_suffixes import MANIFESTS

GRAPHS = (*GRAPH_FILES, SUFFIX)
"""Suffixes of sources with edges of their own; a workspace remembers its source's."""

MAX_DEPTH = 3
MAX_SOURCES = 200
FILES = tuple(suffix for suffix in SUFFIXES if suffix not in (".txt", ".json"))
"""Suffixes of what is offered; most texts are no tables, and most JSON is no export."""


def sources_below(roots: Sequence[Path]) -> list[Path]:
    """List up to 200 candidates, at most three folders deep; links are not followed."""
    found: list[Path] = []
    for root in roots:
        for source in _candidates(root, MAX_DEPTH):
            if source not in found:
                found.append(source)
            if len(found) == MAX_SOURCES:
                return found
    return found


def is_edge_table(path: str, names: Sequence[str]) -> bool:
    """Return whether a source is a table of edges, whose nodes are in another file."""
    return path.lower().endswith(MANIFESTS) and are_edge_names(names)


def may_have_edges(path: str, names: Sequence[str]) -> bool:
    """Return whether edges may join the samples of a source that has none of its own."""
    has_own = (
        path.lower().endswith(GRAPHS)
        or is_edge_table(path, names)
        or (path.lower().endswith(ARRAYS) and {*EDGES} & {*names})
    )
    return bool(path) and not has_own


def _candidates(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(filter(_has_a_name, os.scandir(folder)), key=lambda entry: entry.name)
    except OSError:  # Gone meanwhile, or not ours to read: nothing there can be opened either.
        return
    names = {entry.name for entry in entries}
    if "study.toml" in names:
        yield folder
        return
    folders = [entry for entry in entries if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")]
    if any(entry.name.endswith(".margin") for entry in folders) or len(folders) > 1:
        yield folder
    for entry in entries:
        if entry.is_file(follow_symlinks=False) and entry.name.endswith(FILES):
            yield Path(entry.path)
    for entry in folders:
        if depth > 1 and not entry.name.endswith(".margin"):
            yield from _candidates(Path(entry.path), depth - 1)


def _has_a_name(entry: os.DirEntry[str]) -> bool:
    """Return whether a name can be written; one whose bytes are no UTF-8 can neither be shown nor sent to a browser."""
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        return False
    return True
