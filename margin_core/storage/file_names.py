"""Names of files that are made from text of a data set."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10))}
"""Names that Windows keeps for itself, with any suffix."""
_MAX_NAME = 150
"""Bytes; file systems take 255, and a number or a suffix may have to be added."""


def safe_name(text: str) -> str:
    """Return a file name that every file system accepts and that neither hides nor leaves its folder.

    Whatever is read from a data set and becomes part of a path goes through here.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> safe_name("../../etc/passwd")
    '_._.._etc_passwd'
    """
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", text)).strip(" ")
    name = name.encode("utf-8", "replace")[:_MAX_NAME].decode("utf-8", "ignore").rstrip(" .")
    if name.startswith("."):
        name = f"_{name[1:]}"
    if name.partition(".")[0].lower() in _DEVICES:
        name = f"_{name}"
    return name or "_"
