"""Prototypes and criticisms by one rule."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server.http import STUDY, json_response, of_study
from dashboard.study.open_study import OpenStudy
from dashboard.views.prototypes.data import RULES, prototypes_payload


@of_study
def prototypes(opened: OpenStudy, request: Request) -> Response:
    """Return prototypes and criticisms by one rule, class by class."""
    task = RULES.get(request.path_params["name"])
    found = None if task is None else opened.answer(task)
    if found is None:
        raise HTTPException(404, "These prototypes are not computed yet.")
    return json_response(prototypes_payload(opened, found))


ROUTES = [Route(f"{STUDY}/prototypes/{{name:str}}", prototypes)]
