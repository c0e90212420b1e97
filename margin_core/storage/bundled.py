"""Where the studies lie that come with the program, and where what is computed and decided for them is stored."""

from __future__ import annotations

import os
from pathlib import Path

from margin_core.errors import SourceError

_BESIDE = Path(__file__).resolve().parents[2]

INSTALLED = _BESIDE / "margin_dashboard" / "sample_data"
"""Their folder in an installed wheel, which an upgrade replaces."""

CHECKOUT = _BESIDE / "sample_data"
"""Their folder in a checkout, which an editable install uses too."""


def bundled_study(name: str = "digits") -> Path:
    """Return the folder of a study that comes with the program.

    Parameters
    ----------
    name : str
        ``"digits"``, ``"fashion"`` or ``"trashnet"``.

    Returns
    -------
    Path
        A source for `margin_core.load_study` and for the command line.

    Raises
    ------
    SourceError
        There is no study of that name.
    """
    folder = INSTALLED if INSTALLED.is_dir() else CHECKOUT
    known = sorted(path.parent.name for path in folder.glob("*/study.toml"))
    if name not in known:
        there = f"there are: {', '.join(known)}" if known else "there is none in this installation"
        raise SourceError(f"No study '{name}' comes with the program; {there}.")
    return folder / name


def is_installed(source: Path) -> bool:
    """Return whether a source is a study of an installed wheel: nothing may be stored beside it.

    Parameters
    ----------
    source : Path

    Returns
    -------
    bool
    """
    return source.resolve().parent == INSTALLED


def user_folder() -> Path:
    """Return where a user's own files of this program are: ``$XDG_DATA_HOME/margin`` or ``~/.local/share/margin``.

    Returns
    -------
    Path
    """
    named = os.environ.get("XDG_DATA_HOME", "")
    return (Path(named) if os.path.isabs(named) else Path.home() / ".local" / "share") / "margin"
