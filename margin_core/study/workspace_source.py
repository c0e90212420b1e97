"""The source that a workspace was made from, as its description records it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from margin_core.errors import SourceError
from margin_core.storage.workspace import SUFFIX, Workspace
from margin_core.study.models.choice import ModelChoice
from margin_core.study.models.model_spec import ModelSpec
from margin_core.study.roots import resolve_within_roots
from margin_core.study.samples import FILES, ColumnNames

_NAMES = frozenset(vars(ColumnNames())) - {"kinds", "classes"}


def open_made_workspace(folder: Path) -> Workspace:
    """Return a workspace that was made before.

    Parameters
    ----------
    folder : Path
        Of the workspace.

    Returns
    -------
    Workspace
        Open.

    Raises
    ------
    SourceError
        The folder has no description.
    WorkspaceError
        It was written by a newer version, or its description is damaged.
    """
    if not (folder / "workspace.json").is_file():
        raise SourceError(f"'{folder}' is not a workspace: it has no workspace.json. Open the data set itself.")
    return Workspace.at(folder)


def find_source(folder: Path, facts: Mapping[str, Any], roots: tuple[Path, ...]) -> Path:
    """Return the source that a workspace was made from.

    Parameters
    ----------
    folder : Path
        Of the workspace.
    facts : mapping
        Its description.
    roots : tuple of Path
        Folders in one of which the source must lie; none: anywhere.

    Returns
    -------
    Path
        Absolute, without links; it exists.

    Raises
    ------
    SourceError
        The description names no source, or it does not exist any more.
    AccessError
        The source lies outside the roots.
    """
    source = facts.get("source")
    if not isinstance(source, str):
        raise SourceError(f"The workspace '{folder}' does not name its source. Open the data set itself.")
    path = folder.parent / source
    if roots:
        resolve_within_roots(path, roots)
    if not path.exists():
        raise SourceError(
            f"The workspace '{folder}' was made from '{path}', which is not there any more. "
            "Put it back, or open the data set where it is now with --workspace."
        )
    return path.resolve()


def recorded_columns(facts: Mapping[str, Any], roots: tuple[Path, ...] = ()) -> ColumnNames:
    """Return the column names with which the source was opened before.

    Parameters
    ----------
    facts : mapping
        Description of the workspace.
    roots : tuple of Path
        Folders in one of which a table beside the source must lie; none: anywhere.

    Returns
    -------
    ColumnNames
        Unknown entries are left out.

    Raises
    ------
    AccessError
        Such a table lies outside the roots.
    """
    columns = facts.get("columns")
    known = columns if isinstance(columns, dict) else {}
    kinds = known.get("kinds")
    for table in (known.get(name) for name in FILES):
        if roots and isinstance(table, str):
            resolve_within_roots(table, roots)
    named: dict[str, Any] = {part: name for part, name in _texts(known) if part in _NAMES}
    return ColumnNames(**named, kinds=tuple(sorted(_texts(kinds if isinstance(kinds, dict) else {}))))


def _texts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in facts.items() if isinstance(value, str)]


def recorded_model(facts: Mapping[str, Any], roots: tuple[Path, ...]) -> ModelChoice:
    """Return the model with which the source was opened before; being named by a file, it may not be code.

    Parameters
    ----------
    facts : mapping
        Description of the workspace.
    roots : tuple of Path
        Folders in one of which its weights must lie; none: anywhere.

    Returns
    -------
    ModelChoice
        Without a model where none is recorded.

    Raises
    ------
    AccessError
        The weights lie outside the roots.
    """
    model, layer = facts.get("model"), facts.get("layer")
    if not isinstance(model, str):
        return ModelChoice()
    weights = ModelSpec.of(model).weights
    if roots and weights is not None:
        resolve_within_roots(weights, roots)
    return ModelChoice(model, layer if isinstance(layer, str) else None)


def recorded_reference(folder: Path, facts: Mapping[str, Any], roots: tuple[Path, ...]) -> Path | None:
    """Return the reference that the source was compared with before.

    Parameters
    ----------
    folder : Path
        Of the workspace.
    facts : mapping
        Its description.
    roots : tuple of Path
        Folders in one of which it must lie; none: anywhere.

    Returns
    -------
    Path or None
        Absolute, without links; it exists. None where none is recorded.

    Raises
    ------
    SourceError
        It does not exist any more.
    AccessError
        It lies outside the roots.
    """
    against = facts.get("against")
    if not isinstance(against, str):
        return None
    path = folder.parent / against
    if roots:
        resolve_within_roots(path, roots)
    if not path.exists():
        raise SourceError(
            f"The workspace '{folder}' compares its source with '{path}', which is not there any more. Put it back, or "
            "name where it is now with --against."
        )
    return path.resolve()


def has_recorded_reference(source: Path) -> bool:
    """Return whether a source is a workspace whose samples are compared with a reference.

    Parameters
    ----------
    source : Path
        As named by the user.

    Returns
    -------
    bool
        False for any other source, and for a folder that is no workspace yet.

    Raises
    ------
    WorkspaceError
        The description of the workspace cannot be read.
    """
    is_workspace = source.is_dir() and source.resolve().suffix == SUFFIX
    return is_workspace and isinstance((Workspace(source).facts() or {}).get("against"), str)


def record_source(
    workspace: Workspace, source: Path, columns: ColumnNames, choice: ModelChoice, reference: Path | None = None
) -> None:
    """Record what was opened, so that the workspace can be opened by itself.

    Parameters
    ----------
    workspace : Workspace
        Its other facts stay.
    source : Path
        What was opened, absolute.
    columns : ColumnNames
        With which it was opened.
    choice : ModelChoice
        With which it was opened.
    reference : Path, optional
        What it is compared with, absolute.

    Raises
    ------
    WorkspaceError
        The workspace cannot be written.
    """
    known = workspace.facts() or {}
    place = workspace.folder.resolve().parent
    facts = {name: fact for name, fact in known.items() if name != "against"} | {
        "source": _as_recorded(source, place),
        "columns": columns.roles
        | ({"kinds": dict(columns.kinds)} if columns.kinds else {})
        | columns.files
        | ({"sheet": columns.sheet} if columns.sheet else {}),
        "model": str(ModelSpec.of(choice.model).absolute()) if isinstance(choice.model, str) else None,
        "layer": choice.layer,
    }
    if reference is not None:
        facts["against"] = _as_recorded(reference, place)
    if facts != known:
        workspace.describe(facts)
    else:
        workspace.record_opening()


def _as_recorded(path: Path, place: Path) -> str:
    """Return a path by its name alone where it lies beside the workspace, so that both can be moved together."""
    return path.name if path.parent == place else str(path)
