"""Names of a package that are imported when they are first used.

A package names what it offers in one place, and whoever imports it pays for all of that: seconds, where torch or plotly
are behind a name. With `lazy_names` a package pays for a module when one of its names is used (PEP 562). It is only for
packages where somebody waits for what they do not use; docs/decisions/0024 has the times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(
    package: str, modules: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package, which import its names when they are used.

    Parameters
    ----------
    package : str
        ``__name__`` of the package.
    modules : mapping of str to tuple of str
        The names that each module of the package offers. For type checkers, the package imports them under
        ``TYPE_CHECKING`` too.

    Returns
    -------
    getattr : callable
    dir : callable
    """
    home_of = {name: f"{package}.{module}" for module, names in modules.items() for name in names}

    def __getattr__(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        return getattr(import_module(home_of[name]), name)

    def __dir__() -> list[str]:
        return sorted({*vars(import_module(package)), *home_of})

    return __getattr__, __dir__
