"""Which paths may be opened: only those below a declared root, after every link is resolved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from margin_core.errors import AccessError


def resolve_within_roots(path: str | Path, roots: Sequence[str | Path]) -> Path:
    """Return a path without links, or raise an error where it lies below no root.

    Parameters
    ----------
    path : str or Path
        It need not exist. ``~`` is the home folder; links are followed before the check.
    roots : sequence of str or Path
        Folders that may be opened, with all that is below them. None at all refuses everything.

    Returns
    -------
    Path
        Absolute, without links.

    Raises
    ------
    AccessError
        The path leads outside, or is no path at all.
    """
    try:
        resolved = Path(path).expanduser().resolve()
        if is_inside(resolved, resolve_roots(roots)):
            return resolved
    except (OSError, ValueError, RuntimeError) as error:
        # A link that leads to itself, a zero byte in the name, or an unknown '~user'.
        raise AccessError(f"'{path}' is not a usable path ({error}). Check the path.") from None
    allowed = ", ".join(f"'{root}'" for root in roots) or "there are none"
    # Its folder, whatever it is: a root is none of the files in it, and whoever may not open it learns nothing of it.
    folder = resolved.parent if resolved.parent != resolved.parent.parent else resolved
    raise AccessError(
        f"'{path}' lies outside the folders that may be opened ({allowed}). "
        f"Choose something below one of them, or start MARGIN with --root '{folder}'."
    )


def resolve_declared_roots(roots: Iterable[Path]) -> tuple[Path, ...]:
    """Return the folders that a command line names with ``--root``, without links.

    Parameters
    ----------
    roots : iterable of Path
        As named.

    Returns
    -------
    tuple of Path
        Absolute.

    Raises
    ------
    AccessError
        One of them is no folder.
    """
    for root in roots:
        if not root.is_dir():
            raise AccessError(f"--root '{root}' is not a folder. Name a folder below which things may be opened.")
    return resolve_roots(roots)


def resolve_roots(roots: Iterable[str | Path]) -> tuple[Path, ...]:
    """Return roots without links, for many calls of `is_inside`.

    Parameters
    ----------
    roots : iterable of path
        They need not exist.

    Returns
    -------
    tuple of Path
        Absolute.
    """
    return tuple(Path(root).expanduser().resolve() for root in roots)


def is_inside(resolved: str | Path, roots: Iterable[Path]) -> bool:
    """Return whether a path lies below a root.

    Parameters
    ----------
    resolved : path
        Absolute, without links.
    roots : iterable of Path
        Absolute, without links.

    Returns
    -------
    bool
        True also for a root itself.
    """
    return any(Path(resolved).is_relative_to(root) for root in roots)


def resolve_links(path: str | Path) -> str:
    """Return a path without links, faster than `Path.resolve`, for calls by the hundred thousand.

    Parameters
    ----------
    path : path
        It need not exist.

    Returns
    -------
    str
        Absolute.
    """
    return os.path.realpath(path)
