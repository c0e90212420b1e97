"""The process behind the dashboard's heatmaps: it computes requests that come as lines of JSON.

In: ``{"number": 3, "request": {...}}`` and ``{"stop": 3}``. Out, each with its number: ``fraction`` and ``text`` while
it works, then one of ``done`` (the class that it was about), ``failed`` (a sentence) and ``stopped``; before that
``drafted`` when a first version of a heatmap is stored. It ends with its input, or when none has come for a while.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TextIO

from margin_core.errors import Cancelled, MarginError
from margin_core.storage.engine import Run
from margin_core.study import Opened
from margin_core.tasks.saliency.worker.request import SaliencyRequest

IDLE_TIMEOUT = 900.0
"""Seconds without a request after which the process ends, and frees its memory."""

MAX_STORED = {"saliency_draft": 32, "saliency_attack": 400, "saliency_examples": 400}
"""How many of those results a workspace stores that are looked at for a moment only."""

CLEANUP_INTERVAL = 32
"""Requests between two looks at how many there are."""

PROGRESS_INTERVAL = 0.1
"""Seconds between two reports of progress, at least."""


def serve(opened: Opened) -> None:
    """Compute requests from standard input until it ends; answers go to standard output.

    Parameters
    ----------
    opened : Opened
        A study with a workspace.
    """
    output, sys.stdout = sys.stdout, sys.stderr  # Libraries, or a user's own model, may print something.

    def send(message: dict[str, Any]) -> None:
        output.write(json.dumps(message) + "\n")
        output.flush()

    SaliencyServer(opened, send).run(sys.stdin)


class SaliencyServer:
    """Computes requests, one after another.

    Parameters
    ----------
    opened : Opened
        With a workspace, where the results go.
    send : callable
        Takes each message.
    """

    def __init__(self, opened: Opened, send: Callable[[dict[str, Any]], None]) -> None:
        from margin_core.tasks.saliency.worker.saliency_runner import SaliencyRunner  # slow to import

        self._runner = SaliencyRunner(opened.study, Run(opened.engine))
        self._workspace = opened.workspace
        self._send = send
        self._messages: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._stopped: set[int] = set()

    def run(self, lines: TextIO) -> None:
        """Compute requests until the input ends or none has come for `IDLE_TIMEOUT`.

        Parameters
        ----------
        lines : text stream
            One message in JSON a line.
        """
        threading.Thread(target=self._read, args=(lines,), name="requests", daemon=True).start()
        while True:
            try:
                message = self._messages.get(timeout=IDLE_TIMEOUT)
            except Empty:
                return
            if message is None:
                return
            self._compute(int(message["number"]), SaliencyRequest(**message["request"]))
            if int(message["number"]) % CLEANUP_INTERVAL == 0 and self._workspace is not None:
                for name, most in MAX_STORED.items():
                    self._workspace.keep_newest(name, most)

    def _read(self, lines: TextIO) -> None:
        """Queue messages as they come; a stop counts at once."""
        for line in lines:
            message = json.loads(line)
            if "stop" in message:
                self._stopped.add(int(message["stop"]))
            else:
                self._messages.put(message)
        self._messages.put(None)

    def _compute(self, number: int, request: SaliencyRequest) -> None:
        last = 0.0

        def progress(fraction: float, text: str) -> None:
            nonlocal last
            if number in self._stopped:
                raise Cancelled("Stopped.")
            if time.monotonic() - last > PROGRESS_INTERVAL:
                last = time.monotonic()
                self._send({"number": number, "fraction": round(fraction, 3), "text": text})

        try:
            progress(0.0, "")
            target = self._runner.compute(request, progress, lambda: self._send({"number": number, "drafted": True}))
        except Cancelled:
            self._send({"number": number, "stopped": True})
        except MarginError as error:
            self._send({"number": number, "failed": str(error)})
        else:
            self._send({"number": number, "done": target})
        self._stopped.discard(number)
