"""What a view is: one screen of the dashboard, and where its parts lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from dashboard.shared.channels import Channel, MapFilter
    from dashboard.study.open_study import OpenStudy


class Section(StrEnum):
    """A section of the menu."""

    DATA = "Data"
    LABELS = "Labels"
    MODEL = "Model"
    EXPORT = "Export"
    STUDY = "Study"


def every_study(opened: OpenStudy) -> bool:
    """Return True: each study has this view."""
    return True


@dataclass(frozen=True, kw_only=True)
class View:
    """One screen of the dashboard: a page in the menu, and what it adds to the server and to the map.

    A view is made when the dashboard starts, before anything is shown; so it names its modules and does not import
    them.

    Attributes
    ----------
    title : str
        In the menu.
    icon : str
        Its name among Material Symbols.
    section : Section
    path : str
        Of the page's address.
    page : Path
        The page: a script that Streamlit runs.
    routes : str or None
        A module whose ``ROUTES`` answer what the page's components ask for.
    map_colors : str or None
        A module whose ``CHANNELS`` and ``FILTERS`` color and filter the map.
    is_shown : callable
        Whether a study has this view.
    needs_study : bool
        Whether there must be an open study; a view without one is shown always.
    shows_progress : bool
        Whether the page says itself how far the review is; then the sidebar does not, whose number would lag behind.
    """

    title: str
    icon: str
    section: Section
    path: str
    page: Path
    routes: str | None = None
    map_colors: str | None = None
    is_shown: Callable[[OpenStudy], bool] = every_study
    needs_study: bool = True
    shows_progress: bool = False

    def load_routes(self) -> Sequence[BaseRoute]:
        """Import and return the routes of this view."""
        return _load(self.routes, "ROUTES")

    def channels(self) -> Sequence[Channel]:
        """Import and return what this view colors the map by."""
        return _load(self.map_colors, "CHANNELS")

    def filters(self) -> Sequence[MapFilter]:
        """Import and return what this view filters the map by."""
        return _load(self.map_colors, "FILTERS")


def _load(module: str | None, name: str) -> Sequence[Any]:
    return () if module is None else getattr(import_module(module), name, ())
