"""Who may talk to the server."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """Refuse requests for another host or from another site.

    A page elsewhere can point its name at this machine (DNS rebinding) or post a form here; both carry a
    ``Host`` or an ``Origin`` that is not ours. Holds for pages, routes and websockets alike.

    Parameters
    ----------
    app : ASGI application
    hosts : sequence of str
        Names besides this machine's own under which the server may be reached.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._hosts = {*LOCAL, *(host for host in hosts if host)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            host = headers.get("host", "")
            origin = headers.get("origin")
            foreign = origin is not None and origin.partition("://")[2] != host
            if _name(host) not in self._hosts or foreign:
                if scope["type"] == "websocket":
                    await receive()
                    await send({"type": "websocket.close", "code": 1008})
                    return
                refusal = PlainTextResponse(
                    "This dashboard answers on this machine only. Name other hosts with margin open --host.", 403
                )
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _name(host: str) -> str:
    """Strip the port: ``localhost:8501`` is ``localhost``, ``[::1]:8501`` is ``[::1]``."""
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
