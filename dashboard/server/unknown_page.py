"""An address without a page leads to the first page, which says so."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import URL, Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

UNKNOWN = "unknown"
"""Names the address that was asked for, in that of the first page."""


class LeadHome:
    """Answer a browser that asks for a page that is not there; Streamlit would open a dialog of its own.

    Parameters
    ----------
    app : ASGI application
    paths : collection of str
        Of the pages that there are.
    """

    def __init__(self, app: ASGIApp, paths: Collection[str]) -> None:
        self._app = app
        self._paths = {"", *paths}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or lead to the first page."""
        if scope["type"] == "http" and scope["method"] == "GET" and self._is_unknown(scope):
            query = URL(scope=scope).include_query_params(**{UNKNOWN: scope["path"].strip("/")}).query
            await RedirectResponse(f"/?{query}", 303)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_unknown(self, scope: Scope) -> bool:
        path = scope["path"].strip("/")
        is_page = "text/html" in Headers(scope=scope).get("accept", "") and not path.startswith(("_", "margin/"))
        return is_page and "." not in path and path not in self._paths
