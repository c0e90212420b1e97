"""The counterfactual of a sample."""

from __future__ import annotations

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.server.http import STUDY, json_response, of_study, read_numbers, read_row
from dashboard.study.cards import sample_reference
from dashboard.study.open_study import OpenStudy
from dashboard.views.counterfactuals.data import counterfactual_of, nearest_examples, surrogate_of
from dashboard.views.counterfactuals.payload import NearestExamples, counterfactual_payload
from margin_core.tasks.invertible import Surrogate


@of_study
def counterfactual(opened: OpenStudy, request: Request) -> Response:
    """Return the path of a sample across the boundary of two classes; without a pair, of the two likeliest."""
    row, query = read_row(opened, request), request.query_params
    pair = read_numbers(query.get("pair", ""))
    if len(pair) not in (0, 2) or any(number >= len(opened.study.class_names) for number in pair):
        raise HTTPException(400, "pair must be the numbers of two classes, separated by a comma.")
    recipe = Surrogate(of=query.get("space", "inputs"), learn_from=query.get("training_labels", "labels"))
    found = counterfactual_of(opened, recipe, row, (pair[0], pair[1]) if pair else None)
    sample, trained = sample_reference(opened, row), surrogate_of(opened, recipe)
    payload = counterfactual_payload(sample, trained, found, opened.study.maybe_inputs)
    if recipe.of == "embedding" and opened.pictures.kind in ("picture", "text"):
        payload.pop("columns")  # Features have no names; what is near to them can be looked at.
        start, end = nearest_examples(opened, trained, found)
        rows = np.unique(np.concatenate([start, end], axis=1)).tolist()
        samples = [sample_reference(opened, one) for one in rows]
        payload["nearest"] = NearestExamples(samples=samples, start=start.tolist(), end=end.tolist())
    return json_response(payload)


ROUTES = [Route(f"{STUDY}/counterfactual/{{row:str}}", counterfactual)]
