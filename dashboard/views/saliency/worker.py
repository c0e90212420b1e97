"""The process that computes the heatmaps of one study, and the requests that wait for it.

It holds the model, so that no request waits for one to load and the server imports no torch. What somebody looks at
comes first, the newest first; a series over many samples takes the rest of the time. Results lie in the workspace.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from cachetools import FIFOCache

from dashboard.study import registry
from dashboard.study.open_study import OpenStudy
from dashboard.study.processes import MarginProcess
from margin_core.errors import BAD_INPUT
from margin_core.tasks.saliency.worker.request import SaliencyRequest

MAX_WAITING = 64
"""Requests that wait because somebody looks; older ones are dropped, and submitted again by who still looks."""

MAX_FAILURES = 500

VISIBLE_KINDS = ("prediction", "draft", "heatmap", "parts")
"""Requests whose results are looked at themselves."""

REQUEST_LIFETIME = 1.0
"""Seconds after which nobody waits any more for a request that was not submitted again."""

MAX_CRASHES = 2
"""How often a process may end by itself over one request before that is given up."""


@dataclass(eq=False)
class Series:
    """Many requests that nobody waits for one by one.

    Attributes
    ----------
    requests : deque of SaliencyRequest
        Those that are still to come.
    total : int
    done : int
    is_stopped : bool
    """

    requests: deque[SaliencyRequest]
    total: int
    done: int = 0
    is_stopped: bool = False

    @property
    def is_running(self) -> bool:
        """Whether there is more to come."""
        return not self.is_stopped and self.done < self.total


@dataclass(eq=False)
class _Now:
    """The request that is being computed."""

    number: int
    request: SaliencyRequest
    series: str | None
    fraction: float = 0.0
    text: str = ""
    is_cancelled: bool = False


WaitingState = Literal["ready", "waiting", "making", "failed", "unknown"]


@dataclass(frozen=True)
class RequestStatus:
    """How far a request is.

    Attributes
    ----------
    state : str
        ``waiting``, ``making``, ``failed`` or ``unknown``; ``ready`` of what there is nothing to wait for.
    fraction : float
    text : str
    """

    state: WaitingState
    fraction: float = 0.0
    text: str = ""


@dataclass(eq=False)
class SaliencyWorker:
    """Takes requests and has them computed, one at a time, by a process that lives as long as it is needed.

    Attributes
    ----------
    arguments : sequence of str
        The study, as arguments of a ``margin`` command.
    """

    arguments: Sequence[str]
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _process: MarginProcess | None = None
    _waiting: OrderedDict[SaliencyRequest, float] = field(default_factory=OrderedDict, repr=False)
    _wanted_at: dict[SaliencyRequest, float] = field(default_factory=dict, repr=False)
    _series: dict[str, Series] = field(default_factory=dict, repr=False)
    _failures: FIFOCache[SaliencyRequest, str] = field(default_factory=lambda: FIFOCache(MAX_FAILURES), repr=False)
    _crashes: dict[SaliencyRequest, int] = field(default_factory=dict, repr=False)
    _now: _Now | None = None
    _number: int = 0
    _error: str = ""
    _is_closed: bool = False

    def start(self) -> None:
        """Start the process, which takes seconds to import torch: whoever is about to submit does not wait as long."""
        with self._lock:
            if self._process is None and not self._is_closed and not self._error:
                self._start_process()

    def submit(self, requests: Sequence[SaliencyRequest]) -> None:
        """Request what somebody looks at, the most important first; to be repeated while they look."""
        with self._lock:
            moment = time.monotonic()
            for request in reversed(requests):
                self._wanted_at[request] = moment
                is_computing = self._now is not None and self._now.request == request and not self._now.is_cancelled
                if request not in self._failures and not is_computing:
                    self._waiting[request] = moment
                    self._waiting.move_to_end(request)
            while len(self._waiting) > MAX_WAITING:
                self._waiting.popitem(last=False)
            self._wanted_at = {request: at for request, at in self._wanted_at.items() if moment - at < 60}
            self._preempt(moment)
            self._start_next()

    def withdraw(self, requests: Sequence[SaliencyRequest]) -> None:
        """Withdraw requests that nobody waits for any more."""
        with self._lock:
            for request in requests:
                self._wanted_at.pop(request, None)
                self._waiting.pop(request, None)
            now = self._now
            if now is not None and now.series is None and now.request in requests and not now.is_cancelled:
                self._cancel()

    def start_series(self, name: str, requests: Sequence[SaliencyRequest], done: int = 0) -> None:
        """Start a series in place of the last one of its name; so many of its requests have their results already."""
        with self._lock:
            self._series[name] = Series(deque(requests), len(requests) + done, done)
            self._start_next()

    def stop_series(self, name: str) -> None:
        """End a series; what is finished is kept."""
        with self._lock:
            if name in self._series:
                self._series[name].is_stopped = True
            if self._now is not None and self._now.series == name:
                self._cancel()

    def series(self, name: str) -> Series | None:
        """Return the series of a name that was started last."""
        return self._series.get(name)

    def status(self, request: SaliencyRequest) -> RequestStatus:
        """Return how far a request is that has no result yet."""
        with self._lock:
            if request in self._failures:
                return RequestStatus("failed", text=self._failures[request])
            if self._now is not None and self._now.request == request:
                return RequestStatus("making", self._now.fraction, self._now.text)
            return RequestStatus("waiting" if request in self._waiting else "unknown", text=self._error)

    @property
    def error(self) -> str:
        """Why the process could not begin; empty when it could."""
        return self._error

    def retry(self) -> None:
        """Forget what failed."""
        with self._lock:
            self._failures.clear()
            self._crashes.clear()
            self._error = ""

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()
            self._series.clear()
            if self._process is not None:
                self._process.terminate()

    # -- one request after another -----------------------------------------------------------------

    def _preempt(self, moment: float) -> None:
        """Cancel what is being computed when something newer waits and nobody has submitted this for a while.

        Metrics, which take longest, also give way to what is looked at, and are measured afterwards.
        """
        now = self._now
        if now is None or now.is_cancelled or not self._waiting:
            return
        is_wanted = moment - self._wanted_at.get(now.request, 0.0) < REQUEST_LIFETIME
        newest = next(reversed(self._waiting))
        is_lengthy = now.request.kind == "metrics" and newest.kind in VISIBLE_KINDS and self._waiting[newest] == moment
        if not is_wanted or is_lengthy:
            self._cancel()

    def _cancel(self) -> None:
        assert self._now is not None
        self._now.is_cancelled = True
        self._send({"stop": self._now.number})

    def _start_next(self) -> None:
        if self._now is not None or self._is_closed or self._error:
            return
        found = self._next()
        if found is None:
            return
        if self._process is None:
            self._start_process()
        request, series = found
        self._number += 1
        self._now = _Now(self._number, request, series)
        self._send({"number": self._number, "request": asdict(request)})

    def _next(self) -> tuple[SaliencyRequest, str | None] | None:
        if self._waiting:
            return self._waiting.popitem(last=True)[0], None
        for name, series in self._series.items():
            if series.requests and not series.is_stopped:
                return series.requests.popleft(), name
        return None

    # -- the process -----------------------------------------------------------------------------

    def _start_process(self) -> None:
        arguments = ["saliency", *self.arguments, "--serve"]
        self._process = MarginProcess(arguments, self._receive, self._process_ended, takes_requests=True)

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process is not None
        self._process.send(message)

    def _receive(self, message: dict[str, Any]) -> None:
        with self._lock:
            now = self._now
            if now is None or message.get("number") != now.number:
                return
            if "fraction" in message:
                now.fraction, now.text = message["fraction"], message["text"]
                return
            if "drafted" in message:
                return
            if "failed" in message:
                self._fail(now.request, message["failed"])
            self._finish("stopped" not in message)
            self._start_next()

    def _finish(self, is_over: bool) -> None:
        """Remove the request that was being computed; a cancelled one of a series is computed later."""
        now, self._now = self._now, None
        assert now is not None
        series = self._series.get(now.series) if now.series is not None else None
        if series is not None and is_over:
            series.done += 1
        elif series is not None:
            series.requests.appendleft(now.request)
        elif (
            not is_over
            and now.request in self._wanted_at
            and time.monotonic() - self._wanted_at[now.request] < REQUEST_LIFETIME
        ):
            self._waiting[now.request] = self._wanted_at[now.request]
            self._waiting.move_to_end(now.request, last=False)  # behind what it was cancelled for

    def _fail(self, request: SaliencyRequest, words: str) -> None:
        self._failures[request] = words
        self._waiting.pop(request, None)

    def _process_ended(self, code: int, error: str) -> None:
        with self._lock:
            self._process = None
            if self._is_closed or self._now is None:
                return  # It had nothing to do any more.
            request = self._now.request
            self._crashes[request] = self._crashes.get(request, 0) + 1
            words = (error or f"The process ended with exit code {code}.").removeprefix("margin: ")
            if code == BAD_INPUT:
                self._error = words
                self._now = None
                return
            is_over = self._crashes[request] >= MAX_CRASHES
            if is_over:
                self._fail(request, words)
            else:
                self._wanted_at[request] = time.monotonic()
            self._finish(is_over)
            self._start_next()


def worker_of(opened: OpenStudy) -> SaliencyWorker:
    """Return what computes the heatmaps of an open study; its process begins with the first request."""
    return registry.STUDIES.service(opened.key, "saliency", SaliencyWorker)
