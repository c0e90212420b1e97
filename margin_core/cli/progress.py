"""How commands report their progress: one line of a terminal, or a line of JSON for the dashboard."""

from __future__ import annotations

import json
import sys

from margin_core.cli.options import Arguments
from margin_core.storage.engine import Progress


def progress_printer(arguments: Arguments) -> Progress:
    """Return the function that reports progress as ``--progress`` says.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    callable (fraction, text)
    """
    return print_json_progress if arguments.progress == "json" else print_progress


def print_progress(fraction: float, text: str) -> None:
    """Print the progress on standard error, over the line before; nothing where that is no terminal.

    Parameters
    ----------
    fraction : float in [0, 1]
    text : str
        The step under way.
    """
    if sys.stderr.isatty():
        print(f"\r\x1b[K{fraction:4.0%}  {text}", end="" if fraction < 1 else "\n", file=sys.stderr, flush=True)


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
