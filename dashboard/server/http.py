"""What every route shares: the study of an address, numbers and rows, JSON, what the browser posts, and refusals.

Addresses hold numbers and known names only, never a path. Every answer is for this origin alone; a request that
changes something, or starts work, must carry the header ``X-Margin``, which a foreign page cannot send.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.study import registry
from dashboard.study.open_study import OpenStudy
from margin_core.errors import MarginError

STUDY = "/margin/{study:str}"
"""Where the addresses of a study begin."""

MAX_ROWS = 60
"""Samples that one answer is about, unless a route says otherwise."""

MAX_BODY = 1_000_000
"""Bytes that the browser may post at once."""

MAX_DIGITS = 18
"""A longer number fits no database."""

IMMUTABLE = {"Cache-Control": "private, max-age=31536000, immutable"}
NO_STORE = {"Cache-Control": "no-store"}

Handler = Callable[[OpenStudy, Request], Response]


def of_study(handler: Handler) -> Callable[[Request], Response]:
    """Return the endpoint of a handler: it finds the study of the address, and answers a user's mistake with 422."""

    @functools.wraps(handler)
    def endpoint(request: Request) -> Response:
        opened = registry.STUDIES.study(request.path_params["study"])
        if opened is None:
            raise HTTPException(404, "This study is not open. Open it again.")
        try:
            return handler(opened, request)
        except MarginError as error:
            raise HTTPException(422, str(error)) from error

    return endpoint


def posted(
    handler: Callable[[Request, bytes], Response], *, foreign: str, too_large: str
) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of a handler of JSON that the dashboard posts.

    Parameters
    ----------
    handler : callable
        Called with the request and its body, in a thread that may wait for the disk.
    foreign, too_large : str
        What is answered to another page, and to a body of more than `MAX_BODY` bytes.
    """

    @functools.wraps(handler)
    async def endpoint(request: Request) -> Response:
        if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
            raise HTTPException(403, foreign)
        require_dashboard(request, foreign)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY:
                raise HTTPException(413, too_large)
        return await run_in_threadpool(handler, request, body)

    return endpoint


def require_dashboard(request: Request, foreign: str) -> None:
    """Refuse a request of another page: none can send this header."""
    if request.headers.get("x-margin") != "1":
        raise HTTPException(403, foreign)


def json_response(content: Any) -> Response:
    """Return an answer of JSON that no cache keeps."""
    return JSONResponse(content, headers=NO_STORE)


def bytes_response(content: bytes, headers: dict[str, str] = NO_STORE) -> Response:
    """Return an answer of plain bytes."""
    return Response(content, media_type="application/octet-stream", headers=headers)


def is_number(text: str) -> bool:
    """Return whether a text is a whole number that a database can keep."""
    return text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS


def read_number(request: Request, name: str, default: int, largest: int) -> int:
    """Read a number of the query; a larger one counts as the largest."""
    text = request.query_params.get(name, str(default))
    if not is_number(text):
        raise HTTPException(400, f"{name} must be a whole number.")
    return min(int(text), largest)


def read_numbers(text: str) -> list[int]:
    """Read numbers that are separated by commas; what is no number is left out."""
    return [int(part) for part in text.split(",") if is_number(part)]


def read_class(request: Request, name: str, default: int) -> int:
    """Read the number of a class."""
    text = request.query_params.get(name, "")
    if text and not is_number(text):
        raise HTTPException(400, f"{name} must be the number of a class.")
    return int(text) if text else default


def read_rows(opened: OpenStudy, text: str, limit: int = MAX_ROWS) -> list[int]:
    """Read rows of the study that are separated by commas."""
    parts = [part for part in text.split(",") if part]
    if len(parts) > limit or not all(map(is_number, parts)):
        raise HTTPException(400, f"rows must be at most {limit} whole numbers, separated by commas.")
    rows = [int(part) for part in parts]
    if any(row >= len(opened.study) for row in rows):
        raise HTTPException(404, "There is no such row.")
    return rows


def read_row(opened: OpenStudy, request: Request) -> int:
    """Read the row of an address."""
    # Not Starlette's own {row:int}: it fails on a number of thousands of digits.
    text = request.path_params["row"]
    if not is_number(text) or int(text) >= len(opened.study):
        raise HTTPException(404, "There is no such row.")
    return int(text)


def whole_number(value: Any) -> int:
    """Check a number of posted JSON: one that every database can keep.

    Raises
    ------
    ValueError
        It is no whole number, or too large.
    """
    if not isinstance(value, int) or abs(value) >= 10**MAX_DIGITS:
        raise ValueError(f"{value!r} is not a whole number")
    return value
