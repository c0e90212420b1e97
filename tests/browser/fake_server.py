"""The server that the components talk to, over made-up data, and a bare page that mounts one component.

It keeps the promises of the real one (every decision once, in order, refusals named, a new order after each) so that a
test can look at what arrived. ``stop`` and ``start`` on the same port are a killed server that comes back; while
``study.tells`` is cleared, it keeps the cards that it is asked for to itself.
"""

from __future__ import annotations

import asyncio
import functools
import io
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import streamlit
import uvicorn
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from dashboard.server.program import PROGRAM, loader
from dashboard.shared.components import ClassEntry, class_entries

STUDY = "0fa1"
COMPONENTS = {
    "review": "views/label_review/component",
    "map": "views/map/component",
    "grid": "shared/thumbnail_grid/component",
    "sample": "shared/sample_panel/component",
    "saliency": "views/saliency/component",
    "comparison": "views/saliency/comparison",
    "boundary": "views/decision_boundary/component",
    "counterfactual": "views/counterfactuals/component",
}
"""Where the module of each lies that a test mounts by itself."""

OKABE_ITO = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#f0e442",
    "#8c564b",
    "#7f7f7f",
    "#5e3c99",
)
WORDS = ("aeroplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "lorry with a long trailer")
FONT = next(Path(streamlit.__file__).parent.glob("static/static/media/SourceSansVF-Upright*.woff2"))
"""The one that users see, whatever fonts a machine has."""
VALUES = [["petal length", "1.4"], ["petal width", "0.2"], ["sepal length", "5.1"]]
TEXT = "The aeroplane landed in the rain, <b>late</b>, and nobody had brought an umbrella."
VERDICT_FIELD = {"relabel": "relabeled", "keep": "kept", "exclude": "excluded", "skip": "skipped"}


@functools.cache
def digit_drawing(digit: int, variant: int) -> np.ndarray:
    rng = np.random.default_rng(variant)
    drawing = Image.new("L", (112, 112), 0)
    font = ImageFont.load_default(size=76 + 3 * variant)
    ImageDraw.Draw(drawing).text((56, 56), str(digit), fill=255, font=font, anchor="mm")
    drawing = drawing.rotate(float(rng.normal(0, 10)), resample=Image.Resampling.BILINEAR)
    small = drawing.filter(ImageFilter.GaussianBlur(2)).resize((28, 28), Image.Resampling.BILINEAR)
    return np.asarray(small, np.int16)


@functools.lru_cache(maxsize=4096)
def digit_picture(digit: int, row: int) -> bytes:
    rng = np.random.default_rng(row)
    noise = rng.integers(-20, 20, (28, 28), np.int16)
    picture = np.clip(np.roll(digit_drawing(digit, row % 7), row % 3 - 1, 1) + noise, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG", compress_level=1)
    return out.getvalue()


@dataclass
class FakeStudy:
    """Ten classes in ten clouds; ``suspects`` rows are labeled wrongly and ranked by ``score``."""

    n: int
    suspects: int
    class_names: tuple[str, ...] = tuple("0123456789")
    kind: str = "picture"
    checks: int | None = None
    refused: dict[int, str] = field(default_factory=dict)
    record: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(7)
        self.truth = rng.integers(0, 10, self.n)
        angle = 2 * np.pi * np.arange(10) / 10
        centers = np.c_[np.cos(angle), np.sin(angle)] * np.where(np.arange(10) % 2, 0.35, 0.75)[:, None]
        scatter = rng.normal(0, 0.085, (self.n, 2)) * rng.uniform(0.5, 1.6, (self.n, 1))
        self.points = np.clip(centers[self.truth] + scatter, -1, 1).astype("<f4")
        self.score = rng.uniform(0, 0.45, self.n)
        flipped = rng.choice(self.n, self.suspects, replace=False)
        self.given = self.truth.copy()
        self.given[flipped] = (self.truth[flipped] + rng.choice([1, 5], self.suspects)) % 10
        self.score[flipped] = np.sort(rng.uniform(0.6, 0.995, self.suspects))[::-1]
        self.suspect = np.zeros(self.n, bool)
        self.suspect[flipped] = True
        self.version = 0
        self.made: dict[int, list[dict[str, Any]]] = {}
        self.order: list[dict[str, Any]] = []
        self.seen: set[tuple[str, int]] = set()
        self.lock = threading.Lock()
        self.tells = threading.Event()
        self.tells.set()

    @property
    def classes(self) -> list[ClassEntry]:
        return class_entries(self.class_names, OKABE_ITO)

    @property
    def excerpt(self) -> str:
        return {"text": TEXT, "values": "\n".join(map(" ".join, VALUES))}.get(self.kind, "")

    def decided(self, row: int) -> dict[str, Any] | None:
        made = self.made.get(row)
        return made[-1] if made else None

    def open_rows(self, given: int | None = None, suggested: int | None = None) -> list[int]:
        rows = np.flatnonzero(self.suspect)
        rows = rows[np.argsort(-self.score[rows], kind="stable")]
        return [
            int(row)
            for row in rows
            if not self.made.get(int(row))
            and (given is None or self.given[row] == given)
            and (suggested is None or self.truth[row] == suggested)
        ]

    def card(self, row: int, rank: int = 1) -> dict[str, Any]:
        rng = np.random.default_rng(row)
        truth, given = int(self.truth[row]), int(self.given[row])
        alike = np.flatnonzero(self.truth == truth)
        near = rng.choice(alike, 12)
        agree = int(np.sum(self.given[near] == given))
        decision = self.decided(row)
        p = 0.6 + 0.39 * float(self.score[row])
        return {
            "row": row,
            "id": str(row),
            "rank": rank,
            "given": given,
            "suggested": truth,
            "score": round(float(self.score[row]), 4),
            "agree": agree,
            "voting": 20,
            "agreement": agree / 20,
            "probabilities": [
                {"label": truth, "p": p},
                {"label": given if given != truth else (truth + 1) % 10, "p": (1 - p) * 0.7},
                {"label": (truth + 2) % 10, "p": (1 - p) * 0.2},
            ],
            "probabilitiesSource": "out-of-sample logistic regression on the features",
            "excerpt": self.excerpt,
            "neighbors": [
                {"row": int(one), "label": int(self.given[one]), "id": str(one), "excerpt": self.excerpt}
                for one in near
            ],
            "x": float(self.points[row, 0]),
            "y": float(self.points[row, 1]),
            "kind": "values" if self.kind == "none" else self.kind,
            "values": VALUES,
            "text": TEXT,
            "decision": decision
            and {
                "id": decision["decision"],
                "verdict": decision["verdict"],
                "label": decision["label"],
                "reviewer": "ada",
                "at": decision["at"],
            },
            "note": decision["note"] if decision else "",
            "split": "",
        }

    def error_probability(self) -> dict[str, Any]:
        """A curve that says 20 to 60 % at even odds, and less widely so above."""
        return {
            "version": self.version,
            "scoreLogit": [-12.0, 0.0, 6.0],
            "mean": [0.01, 0.4, 0.98],
            "low": [0.0, 0.2, 0.9],
            "high": [0.1, 0.75, 1.0],
        }

    def evidence(self, row: int) -> dict[str, Any]:
        """A sample with ten neighbors, of which the second looks wrong itself."""
        card = self.card(row)
        given, suggested = card["given"], card["suggested"]
        near = card["neighbors"][:10]
        shares = np.arange(len(near), 0, -1) / sum(range(1, len(near) + 1))
        neighbors = [
            one | {"share": float(share), "agrees": one["label"] == given}
            | {"reviewed": place == 2, "suggested": given if place == 1 else None}
            | {"scoreIfCorrected": 0.31 if place == 1 else None}
            for place, (one, share) in enumerate(zip(near, shares, strict=True))
        ]  # fmt: skip
        made = {"excerpt": self.excerpt, "given": given, "reviewer": "grace", "at": "2026-11-21T09:05:00+00:00"}
        return {
            "row": row,
            "id": str(row),
            "version": self.version,
            "given": given,
            "label": given,
            "suggested": suggested,
            "score": 0.6,
            "factor": 1.5,
            "ranksTheQueue": True,
            "isolated": False,
            "classes": [given, suggested, (suggested + 2) % 10],
            "pooled": [0.44, 0.44, 0.05],
            "sources": [
                {"words": "neighbors", "weight": 1.2, "share": 0.6, "probabilities": [0.3, 0.6, 0.1]},
                {
                    "words": "a linear model on the features",
                    "weight": 0.8,
                    "share": 0.4,
                    "probabilities": [0.5, 0.4, 0.02],
                },
                {"words": "the study's own model", "weight": 0.0, "share": 0.0, "probabilities": [0.9, 0.1, 0.0]},
            ],
            "voting": 10,
            "neighbors": neighbors,
            "agreement": sum(one["share"] for one in neighbors if one["agrees"]),
            "unlisted": 0.0,
            "suspectNeighbors": 1,
            "scoreIfAllCorrected": 0.31,
            "similar": [
                made | {"row": near[0]["row"], "id": near[0]["id"], "verdict": "relabel", "label": suggested},
                made | {"row": near[1]["row"], "id": near[1]["id"], "verdict": "relabel", "label": suggested},
                made | {"row": near[3]["row"], "id": near[3]["id"], "verdict": "keep", "label": given},
            ],
            "decidedAlike": {"suggested": suggested, "decided": 7, "relabeled": 5, "kept": 2},
        }

    def light_card(self, row: int, rank: int) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.card(row, rank).items()
            if name in ("row", "id", "excerpt", "given", "suggested", "score", "rank", "decision")
        }

    def progress(self) -> dict[str, int]:
        now = [made[-1]["verdict"] for made in self.made.values() if made]
        counts = {name: now.count(verdict) for verdict, name in VERDICT_FIELD.items()}
        suspects = len(now) + len(self.open_rows())
        return {"suspects": suspects, "decided": len(now), "total": self.n, **counts, **self.left()}

    def left(self) -> dict[str, Any]:
        """The bound of what is left, where this study has one: it reaches the goal of 5 after so many checks."""
        if self.checks is None:
            return {}
        drawn = sum(1 for row, made in self.made.items() if made and not self.suspect[row])
        more = max(self.checks - drawn, 0)
        found = {"found": 3, "lower": 0, "upper": 5 + 10 * more, "sampled": drawn}
        return {"remaining": {**found, "labeled": self.n, "goal": 5, "checks": more}}

    def history(self) -> list[dict[str, Any]]:
        live = [one for one in self.order if any(one is made for made in self.made.get(one["row"], []))][::-1]
        end = min(10, len(live))
        while 0 < end < len(live) and live[end]["at"] == live[end - 1]["at"]:
            end += 1
        return [
            {
                "row": one["row"],
                "id": one["id"],
                "excerpt": self.excerpt,
                "verdict": one["verdict"],
                "given": int(self.given[one["row"]]),
                "label": one["label"],
                "seq": one["seq"],
                "client": one["client"],
                "at": one["at"],
                "decision": one["decision"],
            }
            for one in live[:end]
        ]

    def other_rows(self) -> list[int]:
        """Undecided samples that nobody suspects, most suspect first."""
        rows = np.flatnonzero(~self.suspect)
        rows = rows[np.argsort(-self.score[rows], kind="stable")]
        return [int(row) for row in rows if not self.made.get(int(row))]

    def skipped_rows(self) -> list[int]:
        return [row for row, made in self.made.items() if made and made[-1]["verdict"] == "skip"]

    def queue(
        self,
        limit: int,
        given: int | None = None,
        suggested: int | None = None,
        skip: Sequence[int] = (),
        beyond: bool = False,
    ) -> dict[str, Any]:
        """Suspects, on request the others, then what was skipped."""
        upcoming = self.open_rows(given, suggested)
        if given is None:
            upcoming += (self.other_rows() if beyond else []) + self.skipped_rows()
        rows = [row for row in upcoming if row not in set(skip)][:limit]
        return {
            "version": self.version,
            "progress": self.progress(),
            "history": self.history(),
            "cards": [self.card(row, rank) for rank, row in enumerate(rows, start=1)],
        }

    def decide(self, client: str, decisions: list[dict[str, Any]], beyond: bool = False) -> dict[str, Any]:
        recorded, refused = [], []
        for one in decisions:
            if one["row"] in self.refused:
                refused.append({"seq": one["seq"], "reason": self.refused[one["row"]]})
                continue
            recorded.append(one["seq"])
            if (client, one["seq"]) in self.seen:
                continue
            self.seen.add((client, one["seq"]))
            self.record.append({**one, "client": client})
            self.apply({**one, "client": client, "decision": len(self.record)})
        return {"recorded": recorded, "refused": refused, **self.queue(12, beyond=beyond)}

    def apply(self, one: dict[str, Any]) -> None:
        self.version += 1
        made = self.made.setdefault(one["row"], [])
        if one["verdict"] == "undo":
            if made:
                made.pop()
            return
        made.append(one)
        self.order.append(one)
        rows = np.flatnonzero(self.suspect)
        touched = np.random.default_rng(self.version).choice(rows, 3)
        self.score[touched] = np.clip(self.score[touched] + 0.004, 0, 1)

    def groups(self) -> list[dict[str, int]]:
        counts: dict[tuple[int, int], int] = {}
        for row in self.open_rows():
            pair = (int(self.given[row]), int(self.truth[row]))
            counts[pair] = counts.get(pair, 0) + 1
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [{"given": given, "suggested": suggested, "count": count} for (given, suggested), count in ranked]

    def channel(self, name: str) -> bytes:
        if name == "score":
            return np.clip(self.score * 254, 0, 254).astype(np.uint8).tobytes()
        labels = self.given.astype(np.uint8)
        if name == "corrected":
            labels = self.truth.astype(np.uint8)
        return labels.tobytes()


PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>component</title><style>
@font-face { font-family: "Source Sans"; font-weight: 200 900; src: url("/font.woff2") format("woff2") }
html[data-theme=light] { --st-primary-color: #0b62b8; --st-background-color: #ffffff;
  --st-secondary-background-color: #f4f5f7; --st-text-color: #1c2024; --st-border-color: #d9dce1;
  --st-orange-color: #d9730d; --st-red-text-color: #b3261e;
  --st-green-color: #2e9e5b }
html[data-theme=dark] { --st-primary-color: #6cb2ff; --st-background-color: #111418;
  --st-secondary-background-color: #1a1e24; --st-text-color: #eceef1; --st-border-color: #343a43;
  --st-orange-color: #f0964a; --st-red-text-color: #ff8a80;
  --st-green-color: #4cc38a }
body { margin: 0; padding: 48px 32px 16px; background: var(--st-background-color);
  font-family: "Source Sans", sans-serif }
#place { max-width: 1600px; margin-left: var(--nav, 0px) }
</style></head><body><main id="place"></main><script type="module">
const settings = __SETTINGS__;
document.documentElement.dataset.theme = settings.theme;
document.documentElement.style.setProperty("--nav", settings.nav + "px");
document.documentElement.style.setProperty("--st-font", "'Source Sans', sans-serif");
await document.fonts.load("14px 'Source Sans'");
const root = document.getElementById("place").attachShadow({ mode: "open" });
const { default: run } = await import("/component/" + settings.component + ".js");
window.states = [];
window.place = root;
window.data = settings.data;
window.run = (changes = {}) => {
  window.data = { ...window.data, ...changes };
  window.unmount = run({
    name: settings.component, key: "test", data: window.data, parentElement: root,
    setStateValue: (name, value) => window.states.push({ name, value, at: performance.now() }),
    setTriggerValue: (name, value) => window.states.push({ name, value, at: performance.now() }),
  });
};
window.run();
document.documentElement.dataset.mounted = "yes";
</script></body></html>"""


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
            "data": {"study": STUDY, "classes": self.study.classes, "hasSaliency": True, **data},
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
        study.requests.append("cards told")
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
