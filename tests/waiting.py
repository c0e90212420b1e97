"""Waiting for what another process or thread does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 600.0


def until(condition: Callable[[], Any], what: str = "what another process does") -> Any:
    """Wait until something is there, and return it."""
    last = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < last, f"waited in vain for {what}"
        time.sleep(0.02)
    return found


def finished(job_status: Callable[[], Any]) -> Any:
    """Wait until a job no longer runs, and return how it ended."""
    until(lambda: job_status().state != "running")
    return job_status()
