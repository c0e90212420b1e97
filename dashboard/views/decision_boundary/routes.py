"""The pairs of classes, and the samples between two of them."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server.http import STUDY, json_response, of_study, read_numbers
from dashboard.study.open_study import OpenStudy
from dashboard.views.decision_boundary.data import RANKINGS, boundary_of, pair_payload, pairs_payload


@of_study
def boundary(opened: OpenStudy, request: Request) -> Response:
    """Return which classes touch, or with a pair the samples between those two."""
    order = request.path_params["name"]
    found = boundary_of(opened, order) if order in RANKINGS else None
    if found is None:
        raise HTTPException(404, "This boundary is not computed yet.")
    text = request.query_params.get("pair")
    if text is None:
        return json_response(pairs_payload(found))
    pair = read_numbers(text)
    if len(pair) != 2 or not 0 <= pair[0] < pair[1] < len(opened.study.class_names):
        raise HTTPException(400, "pair must be the numbers of two classes, the smaller first, separated by a comma.")
    return json_response(pair_payload(opened, found, (pair[0], pair[1])))


ROUTES = [Route(f"{STUDY}/boundary/{{name:str}}", boundary)]
