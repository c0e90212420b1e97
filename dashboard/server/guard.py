"""Who may talk to the server."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL = ("127.0.0.1", "localhost", "[::1]")

ROUTES = "/margin/"
"""Where the addresses of data begin; everything else is a page or a part of one."""

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Of every answer: a browser takes it for what it says it is, names it to nobody, and hands it to no other site."""

NOT_FRAMED, FRAMED_HERE = "frame-ancestors 'none'", "frame-ancestors 'self'"
"""Who may show an answer within a page: nobody, or this dashboard, of an answer that has a policy of its own."""


class Guard:
    """Refuse requests for another host or from another site, and let no other site show or read an answer.

    A page elsewhere can point its name at this machine (DNS rebinding) or post a form here; both carry a ``Host`` or an
    ``Origin`` that is not ours. It can also link to an address, or show it in a frame: a link may open a page of the
    dashboard, never an address of data (browsers say so in ``Sec-Fetch-Site``), and nothing may be framed. Holds for
    pages, routes and websockets alike.

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
            if _name(host) not in self._hosts or _is_foreign(scope, headers, host):
                if scope["type"] == "websocket":
                    await receive()
                    await send({"type": "websocket.close", "code": 1008})
                    return
                refusal = PlainTextResponse(
                    "This dashboard answers on this machine only. Name other hosts with margin open --host.", 403
                )
                await refusal(scope, receive, _with_safe_headers(send))
                return
        await self._app(scope, receive, _with_safe_headers(send))


def _is_foreign(scope: Scope, headers: Headers, host: str) -> bool:
    """Return whether another site has sent a request."""
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    origin = headers.get("origin")
    if origin is not None and origin != f"{scheme}://{host}":
        return True
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    follows_a_link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return not follows_a_link or scope["path"].startswith(ROUTES)


def _with_safe_headers(send: Send) -> Send:
    async def send_safely(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
            own = headers.get("content-security-policy")
            headers["Content-Security-Policy"] = NOT_FRAMED if own is None else f"{own}; {FRAMED_HERE}"
        await send(message)

    return send_safely


def _name(host: str) -> str:
    """Strip the port: ``localhost:8501`` is ``localhost``, ``[::1]:8501`` is ``[::1]``."""
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
