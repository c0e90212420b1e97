"""What commands say on standard error: one message, one line."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from margin_core.visible_text import visible_text

CLEAR_LINE = "\r\x1b[K"
"""Back to the start of the line, and nothing left on it: what a terminal understands that is not dumb."""


def rewrites_lines() -> bool:
    """Return whether standard error is a terminal on which a line can be written over.

    Returns
    -------
    bool
        False for a file, a pipe, and where ``TERM`` says ``dumb``.
    """
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def clear_progress() -> None:
    """Remove the progress that stands on the line of the terminal."""
    if rewrites_lines():
        print(CLEAR_LINE, end="", file=sys.stderr, flush=True)


def print_message(text: str) -> None:
    """Print a message on standard error.

    Parameters
    ----------
    text : str
    """
    if sys.stderr is None:
        return
    with suppress(OSError):  # Nobody reads it; the result and the exit code do not depend on that.
        clear_progress()
        print(visible_text(text.replace("\n", " ")), file=sys.stderr, flush=True)
