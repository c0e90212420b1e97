"""The report as a page of its own and as a file."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from dashboard.server.http import NO_STORE, STUDY, of_study
from dashboard.study.open_study import OpenStudy
from dashboard.views.report.data import ReportFile, last_report
from margin_core.storage.file_names import safe_name

SEALED = {
    **NO_STORE,
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
"""The report shares nothing with the dashboard's own pages, whatever is in the data."""


@of_study
def show(opened: OpenStudy, request: Request) -> Response:
    """Return the report to be looked at."""
    return FileResponse(_made(opened).path, media_type="text/html", headers=SEALED)


@of_study
def download(opened: OpenStudy, request: Request) -> Response:
    """Return the report to be saved."""
    name = f"{safe_name(opened.study.name)}-report.html"
    return FileResponse(_made(opened).path, media_type="text/html", filename=name, headers=SEALED)


def _made(opened: OpenStudy) -> ReportFile:
    made = last_report(opened)
    if made is None:
        raise HTTPException(404, "No report is made yet.")
    return made


ROUTES = [Route(f"{STUDY}/report", show), Route(f"{STUDY}/report/download", download)]
