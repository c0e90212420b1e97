"""What the server answers while the study is still being read.

A browser needs the better part of a second to fetch and start the page's own program. It may do so at once: the files
of that program are the same for every study, and only what asks for more has to wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, PlainTextResponse
from starlette.routing import request_response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.server.guard import Guard
from dashboard.server.moved import lead_on, new_path

_STREAMLIT = find_spec("streamlit")
PROGRAM = (Path(str((_STREAMLIT and _STREAMLIT.origin) or "")).parent / "static").resolve()
"""Streamlit's own page and its files; found without importing Streamlit, which takes a third of the start."""


class Shell:
    """Serve the frame of the page at once, and everything else as soon as the application is there.

    Parameters
    ----------
    load : callable
        Returns the application; it is called once, in a thread of its own.
    stop : callable
        Ends the server; called when there is no application to wait for.
    hosts : sequence of str
        As for `Guard`.

    Attributes
    ----------
    failure : Exception or None
        Why there is no application.
    """

    def __init__(self, load: Callable[[], ASGIApp], stop: Callable[[], None], hosts: Sequence[str] = ()) -> None:
        self._load = load
        self._stop = stop
        self._hosts = tuple(hosts)
        self._ready = asyncio.Event()
        self._app: ASGIApp | None = None
        self.failure: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live as long as the server does."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        early = scope["type"] == "http" and not self._ready.is_set()
        answer = early_answer(scope["path"]) if early else None
        if answer is not None:
            await Guard(answer, self._hosts)(scope, receive, send)
            return
        await self._ready.wait()
        if self._app is not None:
            await self._app(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start the application behind a server that has started already, and end it with the server."""
        await receive()
        await send({"type": "lifespan.startup.complete"})
        try:
            app = await run_in_threadpool(self._load)
        except Exception as error:  # Whatever it is, the caller gets it: it is raised again where serving ends.
            self.failure = error
            self._stop()
            await receive()
            self._ready.set()
            await send({"type": "lifespan.shutdown.complete"})
            return
        started = False

        async def receive_startup_first() -> Message:
            nonlocal started
            if started:
                return await receive()
            started = True
            return {"type": "lifespan.startup"}

        async def send_unless_startup(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._app = app
                self._ready.set()
            elif message["type"] == "lifespan.startup.failed":
                self.failure = RuntimeError(message.get("message", ""))
                self._stop()
            else:
                await send(message)

        await app(scope, receive_startup_first, send_unless_startup)


def early_answer(path: str) -> ASGIApp | None:
    """Return the answer to what needs no application; None: it has to wait."""
    _, _, rest = path.strip("/").partition("/")
    if rest.startswith("_stcore/"):  # The page looks for its server below its own address first.
        return PlainTextResponse("Not Found", 404)
    if new_path(path) is not None:
        return request_response(lead_on)
    file = _frame_file(path)
    if file is None:
        return None
    # But for the page itself, all are named by their content.
    kept = "no-cache" if file.parent == PROGRAM else "public, immutable, max-age=31536000"
    return FileResponse(file, headers={"Cache-Control": kept})


def _frame_file(path: str) -> Path | None:
    """Name the file that an address stands for; None: it is not part of the frame."""
    first, _, rest = path.strip("/").partition("/")
    if first == "static":
        file = (PROGRAM / "static" / rest).resolve()
        return file if file.is_relative_to(PROGRAM) and file.is_file() else None
    is_page = not rest and not first.startswith(("_", "margin")) and "." not in first
    return PROGRAM / "index.html" if is_page else None
