"""What commands say on standard error: one message, one line."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress

CLEAR_LINE = "\r\x1b[K"
"""Back to the start of the line, and nothing left on it: what a terminal understands that is not dumb."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(text: str) -> str:
    r"""Return a text as one line that cannot steer a terminal, whatever names of files and classes it holds.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Control characters are written as ``\u001b``.
    """
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


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
        print(one_line(text.replace("\n", " ")), file=sys.stderr, flush=True)
