"""Exports as files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from dashboard.server.http import NO_STORE, STUDY, of_study
from dashboard.study.open_study import OpenStudy
from margin_core.errors import MarginError
from margin_core.review.export import FORMATS, Format, export
from margin_core.storage.file_names import safe_name


@of_study
def download(opened: OpenStudy, request: Request) -> Response:
    """Return an export as a file."""
    chosen = next((known for known in FORMATS if known.name == request.path_params["format"]), None)
    if chosen is None or not chosen.suffix:
        raise HTTPException(404, "There is no such file format.")
    scratch = tempfile.TemporaryDirectory(prefix="margin-export-")
    # A name that is read from a data set is never part of a path: the browser alone gets it.
    path = Path(scratch.name) / f"export{chosen.suffix}"
    name = f"{safe_name(opened.study.name)}-{_content_of(chosen)}{chosen.suffix}"
    try:
        export(opened.audited.opened.source_study, opened.store.decisions(), chosen.name, path)
    except MarginError as error:
        scratch.cleanup()
        raise HTTPException(404, str(error)) from error
    return FileResponse(path, filename=name, headers=NO_STORE, background=BackgroundTask(scratch.cleanup))


def _content_of(chosen: Format) -> str:
    """Return what a file of a format holds, for its name: its suffix says how that is written."""
    return "labels" if chosen.suffix == f".{chosen.name}" else chosen.name.removesuffix(chosen.suffix.replace(".", "-"))


ROUTES = [Route(f"{STUDY}/export/{{format:str}}", download)]
