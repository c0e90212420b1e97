"""Answers orders that come as lines of JSON, as long as somebody sends them.

To it: ``{"number": 3, "order": {...}}`` and ``{"stop": 3}``. From it, each with its number: ``fraction`` and ``text``
while it works, then one of ``done`` (the class it was about), ``failed`` (a sentence) and ``stopped``; ``drafted`` when
a first version of a map is there. It ends when nobody writes any more, or has not for a while.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TextIO

from margin_core.errors import Cancelled, MarginError
from margin_core.storage.engine import Run
from margin_core.study import Opened
from margin_core.tasks.saliency.worker.request import SaliencyRequest

IDLE = 900.0
"""Seconds without an order after which it ends, and gives its memory back."""

NEWEST = {"saliency_draft": 32, "saliency_attack": 400, "saliency_examples": 400}
"""How many of what is only looked at for a moment a workspace keeps."""

TIDY = 32
"""Orders between two looks at how many there are."""

OFTEN = 0.1
"""Seconds between two reports of progress, at least."""


class SaliencyWorker:
    """Carries out what comes in, one order after another.

    Parameters
    ----------
    opened : Opened
        With a workspace, where the answers go.
    tell : callable
        Takes what is to be told.
    """

    def __init__(self, opened: Opened, tell: Callable[[dict[str, Any]], None]) -> None:
        from margin_core.tasks.saliency.worker.heatmap_maker import HeatmapMaker  # imports torch

        self._maker = HeatmapMaker(opened.study, Run(opened.engine))
        self._workspace = opened.workspace
        self._tell = tell
        self._orders: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._stopped: set[int] = set()

    def listen(self, lines: TextIO) -> None:
        """Take in what is written until nobody writes any more."""
        for line in lines:
            told = json.loads(line)
            if "stop" in told:
                self._stopped.add(int(told["stop"]))
            else:
                self._orders.put(told)
        self._orders.put(None)

    def work(self, lines: TextIO) -> None:
        """Answer until there is nothing more to come."""
        threading.Thread(target=self.listen, args=(lines,), name="orders", daemon=True).start()
        while True:
            try:
                told = self._orders.get(timeout=IDLE)
            except Empty:
                return
            if told is None:
                return
            self._answer(int(told["number"]), SaliencyRequest(**told["order"]))
            if int(told["number"]) % TIDY == 0 and self._workspace is not None:
                for name, most in NEWEST.items():
                    self._workspace.keep_newest(name, most)

    def _answer(self, number: int, order: SaliencyRequest) -> None:
        last = 0.0

        def progress(fraction: float, text: str) -> None:
            nonlocal last
            if number in self._stopped:
                raise Cancelled("Stopped.")
            if time.monotonic() - last > OFTEN:
                last = time.monotonic()
                self._tell({"number": number, "fraction": round(fraction, 3), "text": text})

        try:
            progress(0.0, "")
            target = self._maker.compute(order, progress, lambda: self._tell({"number": number, "drafted": True}))
        except Cancelled:
            self._tell({"number": number, "stopped": True})
        except MarginError as error:
            self._tell({"number": number, "failed": str(error)})
        else:
            self._tell({"number": number, "done": target})
        self._stopped.discard(number)
