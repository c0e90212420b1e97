"""What a view is: one screen of the dashboard, and where its parts lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.study.parts import Part, missing_part

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from dashboard.shared.channels import Channel, MapFilter
    from dashboard.study.open_study import OpenStudy


class Section(StrEnum):
    """A section of the menu; the last one has no title."""

    DATA = "Data"
    LABELS = "Labels"
    MODEL = "Model"
    EXPORT = "Export"
    NONE = ""


@dataclass(frozen=True, kw_only=True)
class View:
    """One screen of the dashboard: a page in the menu, and what it adds to the server and to the map.

    A view is made when the dashboard starts, before anything is shown; so it names its modules and does not import
    them.

    Attributes
    ----------
    title : str
        In the menu, and at the head of the page.
    help : str
        What the page is for, behind the help mark of its title.
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
    needs : frozenset of Part
        Parts that a study must have. In place of the page of a view that lacks one, the dashboard says what is missing
        and how to get it, so the page itself need not ask.
    count : callable or None
        What the menu counts beside the title, of an open study: a number that is at hand, since every rerun asks for
        it. Nothing is shown for 0.
    needs_study : bool
        Whether there must be an open study; a view without one is shown always.
    sample_action : str
        What the button is called that leads from the panel of a sample to this page, with that sample picked; empty
        where there is none.
    follows_decisions : bool
        Whether the page shows decisions that are made elsewhere by itself; of others the menu offers a reload.
    """

    title: str
    icon: str
    section: Section
    path: str
    page: Path
    routes: str | None = None
    map_colors: str | None = None
    needs: frozenset[Part] = frozenset()
    count: Callable[[OpenStudy], int] | None = None
    needs_study: bool = True
    sample_action: str = ""
    follows_decisions: bool = False
    help: str = ""

    def missing(self, opened: OpenStudy) -> Part | None:
        """Return the first part that the view needs and a study lacks."""
        return missing_part(opened, self.needs)

    def is_listed(self, opened: OpenStudy) -> bool:
        """Return whether the menu lists the view: only one that lacks the truth, which nobody can add, is left out."""
        return missing_part(opened, self.needs & {Part.TRUTH}) is None

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
