"""The reference that a source is compared with: another source, read as the first one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from margin_core.errors import SourceError
from margin_core.storage.workspace import SUFFIX, Workspace
from margin_core.study.hub_dataset import is_hub_name
from margin_core.study.models.choice import ModelChoice
from margin_core.study.notes import Note, NoteKind, assumption, read
from margin_core.study.readers import study_folder
from margin_core.study.readers.table_suffixes import WORKBOOK
from margin_core.study.remote_address import is_address
from margin_core.study.samples import ColumnNames, ReadRequest, listed
from margin_core.study.source import Source, read_source
from margin_core.study.workspace_source import find_source, open_made_workspace, recorded_columns, recorded_model
from margin_core.values import Need, Study
from margin_core.values.handed_in import to_path


def find_reference(against: Any) -> Path:
    """Return the path of a reference.

    Parameters
    ----------
    against : str or Path
        As named by the user.

    Returns
    -------
    Path
        Absolute, without links; it exists.

    Raises
    ------
    SourceError
        There is nothing there, or it would have to be downloaded.
    """
    if is_hub_name(against) or is_address(against):
        raise SourceError(
            f"The reference '{against}' is not on this machine. Run margin prepare {against}, and give the workspace "
            f"({SUFFIX}) that it writes as the reference."
        )
    path = to_path("load_study: against", against)
    try:
        resolved = path.expanduser().resolve()
        if resolved.exists():
            return resolved.parent if resolved.name == study_folder.FILE else resolved
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(f"The reference '{path}' is not a usable path ({error}). Check the path.") from None
    raise SourceError(f"There is no reference at '{path}'. Check the path that --against names.")


def read_reference(path: Path, request: ReadRequest, choice: ModelChoice) -> Source:
    """Read a reference.

    Parameters
    ----------
    path : Path
        Of `find_reference`; the source, or a workspace that was made from it.
    request : ReadRequest
        By which the samples were read that are compared with it: what it says of columns holds for both, unless the
        reference describes itself.
    choice : ModelChoice
        The model that a person names, if any.

    Returns
    -------
    Source
        Without the true labels: they are those of the reference.

    Raises
    ------
    SourceError, AccessError
        It cannot be read, or is the very source that is compared with it.
    """
    columns = _shared_columns(request.columns, path)
    if path.suffix == SUFFIX and path.is_dir():
        open_made_workspace(path)
        facts = Workspace(path).facts() or {}
        columns = recorded_columns(facts, request.roots).or_else(columns)
        choice = choice.or_else(recorded_model(facts, request.roots))
        path = find_source(path, facts, request.roots)
    elif (path / study_folder.FILE).is_file():
        columns = ColumnNames()
    if path == request.path:
        raise SourceError(
            f"'{path}' is its own reference, so nothing could differ. Give the earlier data with --against, and the "
            "new as the source."
        )
    memory = None if request.memory is None else request.memory.of_reference
    return replace(read_source(replace(request, path=path, columns=columns, memory=memory), choice), truth=None)


def describe_reference(study: Study, notes: Sequence[Note]) -> tuple[Note, ...]:
    """Describe the reference of a study.

    Parameters
    ----------
    study : Study
        With its reference.
    notes : sequence of Note
        Of reading the reference.

    Returns
    -------
    tuple of Note
        What was lost and assumed of it, by its name; classes that only one of both has; and what it is.
    """
    reference = study.reference
    of = f"Reference '{reference.name}': "
    found = [replace(note, text=f"{of}{note.text}") for note in notes if note.kind is not NoteKind.READ]
    if study.has(Need.LABELS) and reference.has(Need.LABELS):
        new = [repr(name) for name in study.class_names if name not in reference.class_names]
        gone = [repr(name) for name in reference.class_names if name not in study.class_names]
        if new:
            found.append(assumption(f"Classes that the reference '{reference.name}' does not have: {listed(new)}."))
        if gone:
            found.append(assumption(f"Classes that only the reference '{reference.name}' has: {listed(gone)}."))
    return (*found, read(f"Compared with the reference '{reference.name}': {len(reference):,} samples."))


def _shared_columns(columns: ColumnNames, path: Path) -> ColumnNames:
    """Return what is said of the columns of one source as far as it holds for another."""
    if columns.labels is not None:  # the roles are columns of that table
        return ColumnNames(kinds=columns.kinds)
    sheet = columns.sheet if path.suffix.lower() == WORKBOOK else None
    return replace(columns, sheet=sheet, edges=None, nodes=None)
