"""Addresses that pages had in earlier releases lead to those they have now, so that bookmarks go on working."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

MOVED = {"bought": "impact", "how-good": "benchmark", "invertible": "counterfactuals", "trust": "estimate"}
"""The path that a page has, by each that it had."""


def new_path(path: str) -> str | None:
    """Return where the page of an address is now; None: it has not moved."""
    found = MOVED.get(path.strip("/"))
    return None if found is None else f"/{found}"


async def lead_on(request: Request) -> Response:
    """Answer with the present address of a page, its query kept: it names the study."""
    query = request.url.query
    return RedirectResponse(f"{new_path(request.url.path)}{'?' if query else ''}{query}", 301)


REDIRECTS = [Route(f"/{path}{end}", lead_on) for path in MOVED for end in ("", "/")]
