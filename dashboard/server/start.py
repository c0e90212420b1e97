"""What the server starts with: the study that a command line names, and the application."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from dashboard.resources import FIRST_STUDY, ROOT, resource
from dashboard.study import registry
from dashboard.study.registry import OpenRequest, Say
from margin_core.storage.workspace import SUFFIX, Workspace
from margin_core.study import ColumnNames
from margin_core.study.models.model_spec import ModelSpec
from margin_core.study.reference import find_reference
from margin_core.study.roots import resolve_declared_roots


def application(
    source: Path | None,
    model: str | None,
    columns: Mapping[str, Any],
    workspace: str | None,
    database: str | None,
    roots: Sequence[Path],
    say: Say | None = None,
    *,
    against: Path | None = None,
    download: bool = False,
    device: str = "auto",
) -> ASGIApp:
    """Open the study that a command line names, and return the application that shows it.

    Parameters
    ----------
    say : callable, optional
        Gets the notes of what was read.
    against : Path, optional
        The reference that the samples are compared with.
    download : bool
        Whether published weights that `model` names may be downloaded.
    device : str
        Where networks compute features.

    Raises
    ------
    MarginError
        The source cannot be opened, or a root is no folder.
    """
    for root in resolve_declared_roots(roots):
        registry.STUDIES.allow(root)
    bundled = resource("sample_data")
    registry.STUDIES.allow(bundled)
    chosen = (source or bundled / FIRST_STUDY).resolve()
    reference = None if against is None else find_reference(against)
    for path in filter(None, (chosen, reference, _recorded(chosen, "against"))):
        registry.STUDIES.allow(_folder_of(path))
    # Whole paths throughout: what is opened later, and by another process, starts from another folder.
    request = OpenRequest(
        chosen,
        model=None if model is None else str(ModelSpec.of(model).absolute()),
        columns=ColumnNames(**columns),
        against=reference,
        workspace=None if workspace is None else os.path.abspath(workspace),
        database=None if database is None else absolute_url(database),
        allow_code=True,
        download=download,
        device=device,
    )
    registry.STUDIES.open(request, say)
    os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml from the current folder when it is imported.
    with _plotly_later():
        from dashboard.app import app

    return app


@contextmanager
def _plotly_later() -> Iterator[None]:
    """Hide Plotly while Streamlit is imported.

    It would make Plotly's templates then, a tenth of the time to open a study; `shared.cached` has them made when
    the first page with a chart is shown.
    """
    name = "plotly.graph_objects"
    before = sys.modules.get(name)
    sys.modules[name] = None  # type: ignore[assignment]  # what the import system takes for "not there"
    try:
        yield
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before


def _folder_of(source: Path) -> Path:
    """Name the folder that a source opens to the browser: itself or its own; of a workspace, that of its data set."""
    data = _recorded(source, "source") or source
    return data if data.is_dir() else data.parent


def _recorded(workspace: Path, fact: str) -> Path | None:
    """Return a path that the description of a workspace names; None where it names none, or there is no workspace."""
    facts = Workspace.at(workspace).facts() if workspace.suffix == SUFFIX and workspace.is_dir() else None
    named = None if facts is None else facts.get(fact)
    return (workspace.parent / named).resolve() if isinstance(named, str) else None


def absolute_url(database: str) -> str:
    """Return the URL of a database with the file of SQLite by its full path."""
    scheme, slashes, file = database.partition(":///")
    is_file = scheme.startswith("sqlite") and file and not file.startswith((":", "file:"))
    return f"{scheme}{slashes}{os.path.abspath(file)}" if is_file else database
