"""Pictures of the reference."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server.http import IMMUTABLE, STUDY, is_number, of_study
from dashboard.study.open_study import OpenStudy
from dashboard.views.new_data.nearest import reference_pictures


@of_study
def reference_picture(opened: OpenStudy, request: Request) -> Response:
    """Return a small picture of a sample of the reference."""
    row, reference = request.path_params["row"], opened.study.maybe_reference
    is_known = reference is not None and is_number(row) and int(row) < len(reference)
    if not is_known or reference_pictures(opened).kind != "picture":
        raise HTTPException(404, "There is no such picture.")
    content, media_type = reference_pictures(opened).picture(int(row), "thumb")
    return Response(content, media_type=media_type, headers=IMMUTABLE)


ROUTES = [Route(f"{STUDY}/reference/picture/{{row:str}}", reference_picture)]
