"""How commands report their progress: on one line of a terminal, line by line in a log, as JSON for the dashboard."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from margin_core.cli.messages import CLEAR_LINE, rewrites_lines
from margin_core.cli.options import Arguments
from margin_core.storage.engine import Progress, silent
from margin_core.study.notes import Note
from margin_core.visible_text import visible_text

DONE = "Done"
"""What a step reports that has ended; it says nothing in the middle of a command."""

SECONDS_BEFORE_LINES = 1.0
"""A command that is over sooner leaves no progress in a log, and an error in its input the one sentence alone."""

SECONDS_BETWEEN_LINES = 10.0
"""How often a log gets a line within one stage; every stage has one as it begins."""


def progress_printer(arguments: Arguments) -> Progress:
    """Return the function that reports the progress of one command.

    Parameters
    ----------
    arguments : argparse.Namespace
        With ``progress``, ``quiet`` and ``verbose`` where the command has them.

    Returns
    -------
    callable (fraction, text)
    """
    if getattr(arguments, "progress", "text") == "json":
        return print_json_progress
    if getattr(arguments, "quiet", False):
        return silent
    is_verbose = bool(getattr(arguments, "verbose", False))
    return print_progress if rewrites_lines() and not is_verbose else ProgressLog(with_times=is_verbose)


def print_progress(fraction: float, text: str) -> None:
    """Print the progress on standard error, over the line before.

    Parameters
    ----------
    fraction : float in [0, 1]
    text : str
        The step under way.
    """
    line = f"{CLEAR_LINE}{fraction:4.0%}  {visible_text(text)}"
    with suppress(OSError):  # Nobody reads it.
        print(line, end="" if fraction < 1 else "\n", file=sys.stderr, flush=True)


@dataclass
class ProgressLog:
    """Progress as whole lines on standard error, for a log: one as a stage begins, then one every ten seconds.

    There is none in the first second, and none at all of a command that is over by then.

    A stage is a text without its numbers: ``Reading pictures: 40 of 90`` and ``41 of 90`` are the same one.

    Attributes
    ----------
    with_times : bool
        Whether each line ends with the seconds since the beginning; then the first second has lines, too.
    clock : callable
        Returns seconds.
    """

    with_times: bool = False
    clock: Callable[[], float] = time.monotonic
    _stage: str = field(default="", init=False)
    _fraction: float = field(default=0.0, init=False)
    _printed: float = field(default=0.0, init=False)
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def __call__(self, fraction: float, text: str) -> None:
        """Print a line where one is due.

        Parameters
        ----------
        fraction : float in [0, 1]
        text : str
            The step under way.
        """
        now, stage = self.clock(), re.sub(r"[\d,.]+", "", text)
        if now - self._began < SECONDS_BEFORE_LINES and not self.with_times:
            return
        is_end = self._fraction < 1 <= fraction
        # A part that turns out longer than thought looks like a step back.
        self._fraction = fraction = max(fraction, self._fraction)
        is_news = stage != self._stage or now - self._printed >= SECONDS_BETWEEN_LINES
        if not is_end and (not is_news or text == DONE):
            return
        self._stage, self._printed = stage, now
        elapsed = f"  ({now - self._began:.1f} s)" if self.with_times else ""
        with suppress(OSError):  # Nobody reads it.
            print(f"{fraction:4.0%}  {visible_text(text)}{elapsed}", file=sys.stderr, flush=True)


def print_json_progress(fraction: float, text: str, **more: str) -> None:
    """Print the progress on standard output as a line of JSON.

    Parameters
    ----------
    fraction : float in [0, 1]
    text : str
        The step under way.
    **more : str
        Further fields, such as ``stage="ranked"`` once the ranking is in the workspace.
    """
    print(json.dumps({"fraction": round(fraction, 4), "text": text, **more}), flush=True)


def print_json_notes(notes: Iterable[Note]) -> None:
    """Print what was read of a source on standard output as a line of JSON.

    Parameters
    ----------
    notes : iterable of Note
        The gravest first.
    """
    print(json.dumps({"notes": [{"kind": str(note.kind), "text": note.text} for note in notes]}), flush=True)
