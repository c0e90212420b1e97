"""A `margin` command in a process of its own, and the lines of JSON that it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

STARTED_IN = Path.cwd()
"""The folder before the application turned to its own: a model of somebody's own is found there."""

LOW_PRIORITY = 15
"""The niceness of a process that nobody waits for: 0 as any other, 19 gives way to everything."""

ERROR_LINES = 20
"""Last lines of standard error that are kept."""


class MarginProcess:
    """A running `margin` command.

    Parameters
    ----------
    arguments : sequence of str
        What follows ``margin``.
    on_message : callable
        Called with each JSON object that the process writes, in a thread of its own.
    on_end : callable
        Called when the process has ended and everything it wrote was read: with its exit code and the last line of its
        standard error, empty when there is none.
    takes_requests : bool
        Whether `send` is used.
    has_low_priority : bool
        Whether it gives way to everything else on this machine.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        on_message: Callable[[dict[str, Any]], None],
        on_end: Callable[[int, str], None],
        *,
        takes_requests: bool = False,
        has_low_priority: bool = False,
    ) -> None:
        self._on_message, self._on_end = on_message, on_end
        self._process = subprocess.Popen(
            [sys.executable, "-m", "margin_core", *arguments],
            stdin=subprocess.PIPE if takes_requests else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=STARTED_IN,
        )
        if has_low_priority and hasattr(os, "setpriority"):  # Not on Windows.
            with suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, LOW_PRIORITY)
        threading.Thread(target=self._follow, name="margin-process", daemon=True).start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def send(self, message: dict[str, Any]) -> None:
        """Write a line of JSON to the process; nothing happens when it has just ended, which `on_end` reports."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError, ValueError):
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def terminate(self) -> None:
        """End the process."""
        self._process.terminate()

    def wait(self) -> int:
        """Wait until the process has ended; return its exit code."""
        return self._process.wait()

    def _follow(self) -> None:
        process, errors = self._process, deque[str](maxlen=ERROR_LINES)
        output, error_output = process.stdout, process.stderr
        assert output is not None
        assert error_output is not None
        reader = threading.Thread(target=lambda: errors.extend(filter(str.strip, error_output)), daemon=True)
        reader.start()
        for line in output:
            if line.startswith("{"):  # Else a library, or a user's own model, writes for itself.
                self._on_message(json.loads(line))
        code = process.wait()
        reader.join()
        for stream in (output, error_output, process.stdin):
            if stream is not None:
                with suppress(BrokenPipeError):  # What was still to be written has no reader any more.
                    stream.close()
        self._on_end(code, errors[-1].strip() if errors else "")
