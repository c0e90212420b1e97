"""The server that the components talk to, over a made-up study, and the bare page that mounts one of them.

``stop`` and ``start`` on the same port are a killed server that comes back; while ``study.tells`` is cleared, it keeps
the cards that it is asked for to itself.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import streamlit
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from browser.bare_page import PAGE
from browser.digit_pictures import digit_picture
from browser.fake_study import FakeStudy
from dashboard.server.program import PROGRAM, loader

STUDY = "0fa1"
SAMPLE_PAGES = [["map", "Show on map"], ["saliency", "Saliency"]]
COMPONENTS = {
    "review": "shared/review/component",
    "map": "views/map/component",
    "grid": "shared/thumbnail_grid/component",
    "sample": "shared/sample_panel/component",
    "saliency": "views/saliency/component",
    "comparison": "views/saliency/comparison",
    "boundary": "views/decision_boundary/component",
    "counterfactual": "views/counterfactuals/component",
}
"""Where the module of each lies that a test mounts by itself."""

FONT = next(Path(streamlit.__file__).parent.glob("static/static/media/SourceSansVF-Upright*.woff2"))
"""The one that users see, whatever fonts a machine has."""


class FakeServer:
    """The routes of one study on a free port of this machine, in a thread of the test process."""

    def __init__(self, study: FakeStudy) -> None:
        self.study = study
        self.opened: list[FakeStudy] = []
        self.slow = 0.0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, component: str, *, theme: str = "light", nav: int = 0, **data: Any) -> str:
        settings = {
            "component": component,
            "theme": theme,
            "nav": nav,
            "data": {
                "study": STUDY,
                "classes": self.study.classes,
                "hasSaliency": True,
                "pages": SAMPLE_PAGES,
                **data,
            },
        }
        self.opened.append(self.study)
        written = json.dumps(settings).replace("#", "%23").replace("&", "%26")
        return f"{self.address}/page?number={len(self.opened) - 1}&settings={written}"

    def start(self) -> None:
        config = uvicorn.Config(self.app(), host="127.0.0.1", port=self.port, log_level="error", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.005)

    def stop(self) -> None:
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(10)

    def app(self) -> Starlette:
        root = f"/margin/{STUDY}"
        return Starlette(
            routes=[
                Route("/page", self.show_page),
                Route("/favicon.ico", lambda request: Response(status_code=204)),
                Route("/font.woff2", self.font),
                Route("/component/{name}.js", self.component),
                *PROGRAM,
                Route(root + "/picture/{row:int}", self.picture),
                Route(root + "/points", self.points),
                Route(root + "/channel/{name}", self.channel),
                Route(root + "/mask/{key}", self.mask),
                Route(root + "/error_probability", self.error_probability),
                Route(root + "/evidence/{row:int}", self.evidence),
                Route(root + "/queue", self.queue),
                Route(root + "/cards", self.cards),
                Route(root + "/selection/{key}", self.selection),
                Route(root + "/groups", self.groups),
                Route(root + "/decisions", self.decisions, methods=["POST"]),
            ]
        )

    async def show_page(self, request: Request) -> Response:
        return HTMLResponse(PAGE.replace("__SETTINGS__", request.query_params["settings"].replace("<", "\\u003c")))

    async def font(self, request: Request) -> Response:
        kept = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(FONT.read_bytes(), media_type="font/woff2", headers=kept)

    async def component(self, request: Request) -> Response:
        return Response(loader(COMPONENTS[request.path_params["name"]]), media_type="text/javascript")

    async def picture(self, request: Request) -> Response:
        row = request.path_params["row"]
        self.study.requests.append("picture")
        if self.study.kind != "picture":
            return JSONResponse({"error": "There is no such picture."}, status_code=404)
        kept = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(digit_picture(int(self.study.truth[row]), row), media_type="image/png", headers=kept)

    async def points(self, request: Request) -> Response:
        self.study.requests.append("points")
        return Response(self.study.points.tobytes(), media_type="application/octet-stream")

    async def channel(self, request: Request) -> Response:
        self.study.requests.append(f"channel/{request.path_params['name']}")
        return Response(self.study.channel(request.path_params["name"]), media_type="application/octet-stream")

    async def mask(self, request: Request) -> Response:
        matches = (self.study.given == int(request.path_params["key"])).astype(np.uint8)
        return Response(matches.tobytes(), media_type="application/octet-stream")

    async def queue(self, request: Request) -> Response:
        query = request.query_params
        pair = [int(query[name]) if name in query else None for name in ("given", "suggested")]
        skip = [int(row) for row in query.get("skip", "").split(",") if row]
        if len(skip) > 1000:
            return JSONResponse({"error": "at most 1000 rows"}, status_code=400)
        beyond = "1" in (query.get("beyond"), query.get("checks")) or "selection" in query
        return JSONResponse(self.study.queue(int(query["limit"]), pair[0], pair[1], skip, beyond))

    async def cards(self, request: Request) -> Response:
        study = self.study
        study.requests.append("cards")
        while not study.tells.is_set() and not self.server.should_exit:
            await asyncio.sleep(0.005)
        study.requests.append("cards sent")
        rows = [int(row) for row in request.query_params["rows"].split(",")]
        return JSONResponse({"cards": [study.card(row) for row in rows]})

    async def error_probability(self, request: Request) -> Response:
        return JSONResponse(self.study.error_probability())

    async def evidence(self, request: Request) -> Response:
        self.study.requests.append("evidence")
        return JSONResponse(self.study.evidence(request.path_params["row"]))

    async def selection(self, request: Request) -> Response:
        offset, limit = (int(request.query_params[name]) for name in ("offset", "limit"))
        rows = np.argsort(-self.study.score, kind="stable")
        cards = [
            self.study.light_card(int(row), offset + place)
            for place, row in enumerate(rows[offset : offset + limit], start=1)
        ]
        return JSONResponse({"total": self.study.n, "cards": cards})

    async def groups(self, request: Request) -> Response:
        return JSONResponse({"groups": self.study.groups()})

    async def decisions(self, request: Request) -> Response:
        if request.headers.get("x-margin") != "1" or request.headers["content-type"] != "application/json":
            return JSONResponse({"error": "X-Margin and application/json are wanted"}, status_code=403)
        # What a test sent that has ended belongs to its own study, however late it comes.
        number = parse_qs(urlsplit(request.headers["referer"]).query)["number"][0]
        study, body = self.opened[int(number)], await request.json()
        if self.slow:
            time.sleep(self.slow)
        query = request.query_params
        beyond = "1" in (query.get("beyond"), query.get("checks")) or "selection" in query
        return JSONResponse(study.decide(body["client"], body["decisions"], beyond))


@contextmanager
def serving(study: FakeStudy) -> Iterator[FakeServer]:
    server = FakeServer(study)
    try:
        yield server
    finally:
        server.stop()
