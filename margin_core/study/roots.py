"""Which paths may be opened: only those below a declared root, after every link is resolved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from margin_core.errors import AccessError


def resolve_within_roots(path: str | Path, roots: Sequence[str | Path]) -> Path:
    """Resolve a path and refuse it unless it lies below a root.

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
        if is_inside(resolved, resolved_roots(roots)):
            return resolved
    except (OSError, ValueError, RuntimeError) as error:
        # A link that leads to itself, a zero byte in the name, or an unknown '~user'.
        raise AccessError(f"'{path}' is not a usable path ({error}). Check the path.") from None
    allowed = ", ".join(f"'{root}'" for root in roots) or "none"
    raise AccessError(
        f"'{path}' lies outside the folders that may be opened ({allowed}). "
        "Choose something below one of them, or declare its folder as a root when MARGIN is started."
    )


def declared_roots(roots: Iterable[Path]) -> tuple[Path, ...]:
    """Resolve the folders that a command line names with ``--root``.

    Raises
    ------
    AccessError
        One of them is no folder.
    """
    for root in roots:
        if not root.is_dir():
            raise AccessError(f"--root '{root}' is not a folder. Name a folder below which things may be opened.")
    return resolved_roots(roots)


def resolved_roots(roots: Iterable[str | Path]) -> tuple[Path, ...]:
    """Resolve each root once, for many calls of `is_inside`."""
    return tuple(Path(root).expanduser().resolve() for root in roots)


def is_inside(resolved: str | Path, roots: Iterable[Path]) -> bool:
    """Say whether a path lies below a root; both must be resolved already."""
    return any(Path(resolved).is_relative_to(root) for root in roots)


def real(path: str | Path) -> str:
    """Resolve links the quick way, for calls by the hundred thousand."""
    return os.path.realpath(path)
