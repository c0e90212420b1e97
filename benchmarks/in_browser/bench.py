"""A browser, the study that is served to it, and what both say of the time."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from big_study import BigStudy
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, Request, WebSocket
from serving import RunningDashboard
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from margin_core.audit.audit import Audit, audit, compute_map_positions
from margin_core.review import ReviewStore
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source

PROBE = Path(__file__).with_name("probe.js")
SIZE = {"width": 1440, "height": 900}
PATIENCE = 60_000

Note = dict[str, Any]


@dataclass
class Wire:
    """What went over the network since the last `clear`; websocket frames as the browser reports them."""

    sent: int = 0
    received: int = 0
    largest_sent: int = 0
    routes: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Count what a page sends and receives."""
        page.on("websocket", self._on_socket)
        page.on("request", self._on_request)

    def clear(self) -> None:
        """Count from here."""
        self.sent = self.received = self.largest_sent = 0
        self.routes.clear()

    def _on_socket(self, socket: WebSocket) -> None:
        def count(what: str, payload: str | bytes) -> None:
            size = len(payload)
            setattr(self, what, getattr(self, what) + size)
            if what == "sent":
                self.largest_sent = max(self.largest_sent, size)

        socket.on("framesent", lambda payload: count("sent", payload))
        socket.on("framereceived", lambda payload: count("received", payload))

    def _on_request(self, request: Request) -> None:
        _, ours, route = request.url.partition("/margin/")
        if ours:
            self.routes.append(route.partition("/")[2].partition("?")[0])


class Bench:
    """A browser and the study."""

    def __init__(self, browser: Browser, study: BigStudy, folder: Path) -> None:
        self.browser, self.study, self.folder = browser, study, folder
        self.audited: Audit = audit(open_source(study.source, workspace=Workspace.at(study.workspace)))
        self.points: NDArray[np.float32] = np.asarray(compute_map_positions(self.audited))

    @contextmanager
    def serving(self, database: str) -> Iterator[RunningDashboard]:
        """Serve the study with a database of its own, and end the server."""
        dashboard = RunningDashboard(
            self.study.source, self.folder, *self.study.options, "--database", f"sqlite:///{self.folder / database}"
        )
        try:
            yield dashboard
        finally:
            dashboard.stop()

    @contextmanager
    def page(self, address: str, wire: Wire | None = None) -> Iterator[Page]:
        """Open an address in a browser that has seen nothing yet."""
        context = self.browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        context.add_init_script(path=PROBE)
        page = context.new_page()
        if wire:
            wire.watch(page)
        page.goto(address)
        try:
            yield page
        finally:
            context.close()

    def log(self, database: str) -> list[tuple[str, str]]:
        """Read sample and verdict of every decision, in the order of the database."""
        with closing(ReviewStore(self.folder / database)) as store:
            return [(decision.sample_id, str(decision.verdict)) for decision in store.decisions()]


def notes(page: Page, since: float = 0.0) -> list[Note]:
    found: list[Note] = page.evaluate("(at) => marginNotes.since(at)", since)
    return found


def clock(page: Page) -> float:
    return float(page.evaluate("marginNotes.clock()"))


def noted(tab: Page, since: float, what: str, /, **values: Any) -> Note:
    """Wait for a note."""
    tab.wait_for_function(
        "([at, what, values]) => marginNotes.since(at).some((one) => one.what === what"
        " && Object.entries(values).every(([name, value]) => one[name] === value))",
        arg=[since, what, values], polling=50,
    )  # fmt: skip
    return next(one for one in notes(tab, since) if one["what"] == what and values.items() <= one.items())


def starts(found: Sequence[Note]) -> list[float]:
    """Return the times at which the page learned that a script had started."""
    return [
        one["at"]
        for one in found
        if one["what"] == "in" and one["message"]
        and ForwardMsg.FromString(base64.b64decode(one["message"])).WhichOneof("type") == "new_session"
    ]  # fmt: skip


def first_words(found: Sequence[Note]) -> float:
    """Return the time at which the page received the first message of a run about the page."""
    return next(
        one["at"]
        for one in found
        if one["what"] == "in" and one["message"]
        and ForwardMsg.FromString(base64.b64decode(one["message"])).WhichOneof("type") == "page_config_changed"
    )  # fmt: skip


def open_review(page: Page) -> None:
    """Wait for the review, and for what it fetches ahead."""
    page.wait_for_selector(".label-review[data-place=one]")
    page.wait_for_timeout(1500)
