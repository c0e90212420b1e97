"""The process that makes the maps of one study, and what waits for it.

It holds the model, so that no request waits for one to load and the server imports no torch. What somebody looks at
comes first, the newest first; a series over many samples takes the rest of the time. Answers lie in the workspace.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from dashboard.study.jobs import STARTED_IN
from margin_core.tasks.saliency.worker.request import SaliencyRequest

MOST_WAITING = 64
"""Orders that wait because somebody looks; older ones are forgotten, and asked for again by who still looks."""

MOST_FAILURES = 500

SEEN = ("look", "map", "parts")
"""Orders whose answers are looked at themselves."""

PATIENCE = 1.0
"""Seconds after which nobody waits any more for an order that was not asked for again."""

TRIES = 2
"""How often a process may end by itself over one order before that is given up."""

BAD_INPUT = 2
"""The exit code with which a command says that it cannot begin."""


@dataclass(eq=False)
class Series:
    """Many orders that nobody waits for one by one.

    Attributes
    ----------
    orders : deque of SaliencyRequest
        Those that are still to come.
    total : int
    done : int
    is_stopped : bool
    """

    orders: deque[SaliencyRequest]
    total: int
    done: int = 0
    is_stopped: bool = False

    @property
    def is_running(self) -> bool:
        """Whether there is more to come."""
        return not self.is_stopped and self.done < self.total


@dataclass(eq=False)
class _Now:
    """The order that is being carried out."""

    number: int
    order: SaliencyRequest
    series: str | None
    fraction: float = 0.0
    text: str = ""
    is_called_off: bool = False


WaitingState = Literal["ready", "waiting", "making", "failed", "unknown"]


@dataclass(frozen=True)
class Waiting:
    """How an order stands.

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
class MapMaker:
    """Takes orders and has them carried out, one at a time, by a process that lives as long as it is needed.

    Attributes
    ----------
    arguments : sequence of str
        The study, as arguments of a ``margin`` command.
    """

    arguments: Sequence[str]
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _process: subprocess.Popen[str] | None = None
    _waiting: OrderedDict[SaliencyRequest, float] = field(default_factory=OrderedDict, repr=False)
    _asked: dict[SaliencyRequest, float] = field(default_factory=dict, repr=False)
    _series: dict[str, Series] = field(default_factory=dict, repr=False)
    _failures: OrderedDict[SaliencyRequest, str] = field(default_factory=OrderedDict, repr=False)
    _crashes: dict[SaliencyRequest, int] = field(default_factory=dict, repr=False)
    _now: _Now | None = None
    _number: int = 0
    _trouble: str = ""
    _is_closed: bool = False

    def ask(self, orders: Sequence[SaliencyRequest]) -> None:
        """Request what somebody looks at, the most important first; to be repeated while they look."""
        with self._lock:
            moment = time.monotonic()
            for order in reversed(orders):
                self._asked[order] = moment
                is_made = self._now is not None and self._now.order == order and not self._now.is_called_off
                if order not in self._failures and not is_made:
                    self._waiting[order] = moment
                    self._waiting.move_to_end(order)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
            self._asked = {order: at for order, at in self._asked.items() if moment - at < 60}
            self._make_way(moment)
            self._go_on()

    def leave(self, orders: Sequence[SaliencyRequest]) -> None:
        """Call off orders that nobody waits for any more."""
        with self._lock:
            for order in orders:
                self._asked.pop(order, None)
                self._waiting.pop(order, None)
            now = self._now
            if now is not None and now.series is None and now.order in orders and not now.is_called_off:
                self._call_off()

    def run(self, name: str, orders: Sequence[SaliencyRequest], done: int = 0) -> None:
        """Start a series in place of the last one of its name; so many of its orders are answered already."""
        with self._lock:
            self._series[name] = Series(deque(orders), len(orders) + done, done)
            self._go_on()

    def stop(self, name: str) -> None:
        """End a series; what is finished is kept."""
        with self._lock:
            if name in self._series:
                self._series[name].is_stopped = True
            if self._now is not None and self._now.series == name:
                self._call_off()

    def series(self, name: str) -> Series | None:
        """Return the series of a name that was started last."""
        return self._series.get(name)

    def standing(self, order: SaliencyRequest) -> Waiting:
        """Say how an order stands that is not answered yet."""
        with self._lock:
            if order in self._failures:
                return Waiting("failed", text=self._failures[order])
            if self._now is not None and self._now.order == order:
                return Waiting("making", self._now.fraction, self._now.text)
            return Waiting("waiting" if order in self._waiting else "unknown", text=self._trouble)

    @property
    def trouble(self) -> str:
        """Why the process could not begin; empty when it could."""
        return self._trouble

    def try_again(self) -> None:
        """Forget what failed."""
        with self._lock:
            self._failures.clear()
            self._crashes.clear()
            self._trouble = ""

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()
            self._series.clear()
            if self._process is not None:
                self._process.terminate()

    # -- one order after another -----------------------------------------------------------------

    def _make_way(self, moment: float) -> None:
        """Call off what is being made when something newer waits and nobody has asked for this for a while.

        Numbers, which take longest, also give way to what is to be seen, and are measured afterwards.
        """
        now = self._now
        if now is None or now.is_called_off or not self._waiting:
            return
        is_wanted = moment - self._asked.get(now.order, 0.0) < PATIENCE
        newest = next(reversed(self._waiting))
        is_in_the_way = now.order.kind == "numbers" and newest.kind in SEEN and self._waiting[newest] == moment
        if not is_wanted or is_in_the_way:
            self._call_off()

    def _call_off(self) -> None:
        assert self._now is not None
        self._now.is_called_off = True
        self._write({"stop": self._now.number})

    def _go_on(self) -> None:
        if self._now is not None or self._is_closed or self._trouble:
            return
        found = self._next()
        if found is None:
            return
        if self._process is None:
            self._begin()
        order, series = found
        self._number += 1
        self._now = _Now(self._number, order, series)
        self._write({"number": self._number, "order": asdict(order)})

    def _next(self) -> tuple[SaliencyRequest, str | None] | None:
        if self._waiting:
            return self._waiting.popitem(last=True)[0], None
        for name, series in self._series.items():
            if series.orders and not series.is_stopped:
                return series.orders.popleft(), name
        return None

    def _write(self, told: dict[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with suppress(BrokenPipeError, ValueError):  # It has just ended; who follows it finds so and begins anew.
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()

    # -- the process -----------------------------------------------------------------------------

    def _begin(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "margin_core", "saliency", *self.arguments, "--serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=STARTED_IN,
        )
        self._process = process
        threading.Thread(target=self._follow, args=(process,), name="margin-maps", daemon=True).start()

    def _follow(self, process: subprocess.Popen[str]) -> None:
        problems: deque[str] = deque(maxlen=20)
        told, errors = process.stdout, process.stderr
        assert told is not None
        assert errors is not None
        reader = threading.Thread(target=lambda: problems.extend(errors), daemon=True)
        reader.start()
        for line in told:
            if line.startswith("{"):
                self._hear(json.loads(line))
        process.wait()
        reader.join()
        for stream in (told, errors, process.stdin):
            if stream is not None:
                with suppress(BrokenPipeError):  # What was still to be written has no reader any more.
                    stream.close()
        self._ended(process, [line.strip() for line in problems if line.strip()])

    def _hear(self, told: dict[str, Any]) -> None:
        with self._lock:
            now = self._now
            if now is None or told.get("number") != now.number:
                return
            if "fraction" in told:
                now.fraction, now.text = told["fraction"], told["text"]
                return
            if "drafted" in told:
                return
            if "failed" in told:
                self._fail(now.order, told["failed"])
            self._settle("stopped" not in told)
            self._go_on()

    def _settle(self, is_over: bool) -> None:
        """Put the order that was being made away; one of a series that was called off is made later."""
        now, self._now = self._now, None
        assert now is not None
        series = self._series.get(now.series) if now.series is not None else None
        if series is not None and is_over:
            series.done += 1
        elif series is not None:
            series.orders.appendleft(now.order)
        elif not is_over and now.order in self._asked and time.monotonic() - self._asked[now.order] < PATIENCE:
            self._waiting[now.order] = self._asked[now.order]
            self._waiting.move_to_end(now.order, last=False)  # behind what it was called off for

    def _fail(self, order: SaliencyRequest, words: str) -> None:
        self._failures[order] = words
        self._waiting.pop(order, None)
        while len(self._failures) > MOST_FAILURES:
            self._failures.popitem(last=False)

    def _ended(self, process: subprocess.Popen[str], said: list[str]) -> None:
        with self._lock:
            if self._process is process:
                self._process = None
            if self._is_closed or self._now is None:
                return  # It had nothing to do any more.
            order = self._now.order
            self._crashes[order] = self._crashes.get(order, 0) + 1
            words = (said[-1] if said else f"The process ended with exit code {process.returncode}.").removeprefix(
                "margin: "
            )
            if process.returncode == BAD_INPUT:
                self._trouble = words
                self._now = None
                return
            is_over = self._crashes[order] >= TRIES
            if is_over:
                self._fail(order, words)
            else:
                self._asked[order] = time.monotonic()
            self._settle(is_over)
            self._go_on()
