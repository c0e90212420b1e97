"""Which pages there are and what the menu says of them, read off `VIEWS`; plain functions, called at every rerun."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from dashboard.shared import wording
from dashboard.shared.menu.component import MenuPage, MenuSection, MenuStudy
from dashboard.study.open_study import OpenStudy
from dashboard.views import OPENING, VIEWS
from dashboard.views.base import View
from dashboard.views.open_source import OPEN


def listed_views(opened: OpenStudy | None, *, is_opening: bool) -> tuple[View, ...]:
    """Select the views of the menu, in its order; the first is where a tab begins.

    Parameters
    ----------
    opened : OpenStudy or None
        The study of the tab, once it can be reviewed.
    is_opening : bool
        Whether there is one on its way.

    Returns
    -------
    tuple of View
    """
    if opened is not None:
        return tuple(view for view in VIEWS if not view.needs_study or view.is_listed(opened))
    without_study = tuple(view for view in VIEWS if not view.needs_study)
    return (OPENING, *without_study) if is_opening else without_study


def page_scripts(opened: OpenStudy | None, *, is_opening: bool) -> dict[View, Path]:
    """Return the script behind the address of every view, those of the menu first.

    No address is ever unknown: what the menu does not list says what it lacks, and without a study the page that opens
    one stands in its place.

    Parameters
    ----------
    opened : OpenStudy or None
    is_opening : bool

    Returns
    -------
    dict from View to Path
    """
    instead = OPENING if is_opening else OPEN
    listed = listed_views(opened, is_opening=is_opening)
    return {
        view: view.page if opened is not None or view in listed else instead.page
        for view in (*listed, *(view for view in VIEWS if view not in listed))
    }


def menu_sections(listed: tuple[View, ...], opened: OpenStudy | None, request_key: str | None) -> list[MenuSection]:
    """Group the listed views by section, each with its address and its count.

    Parameters
    ----------
    listed : tuple of View
    opened : OpenStudy or None
        The study that is counted.
    request_key : str or None
        Names the study in addresses.

    Returns
    -------
    list of MenuSection
    """
    query = f"?study={request_key}" if request_key else ""
    return [
        MenuSection(
            title=str(section),
            pages=[
                MenuPage(
                    path=view.path,
                    address=f"/{'' if view is listed[0] else view.path}{query}",
                    title=view.title,
                    icon=view.icon,
                    count=view.count(opened) if view.count is not None and opened is not None else None,
                    followsDecisions=view.follows_decisions,
                )
                for view in views
            ],
        )
        for section, views in groupby(listed, lambda view: view.section)
    ]


def sample_pages(
    listed: tuple[View, ...], opened: OpenStudy | None, shown: View | None = None
) -> tuple[tuple[str, str], ...]:
    """Select the pages to which the panel of a sample leads.

    Parameters
    ----------
    listed : tuple of View
    opened : OpenStudy or None
    shown : View, optional
        The page that the panel is on, which it need not lead to.

    Returns
    -------
    tuple of (str, str)
        The path of each, and what its button is called.
    """
    if opened is None:
        return ()
    leading = (view for view in listed if view.sample_action and view is not shown)
    return tuple((view.path, view.sample_action) for view in leading if view.missing(opened) is None)


def about_study(opened: OpenStudy) -> MenuStudy:
    """Return what the menu says of a study: its name, its size, what scores rest on, how far the review is."""
    study, progress = opened.study, opened.session.progress()
    edges = 0 if study.maybe_graph is None else study.maybe_graph.nnz // 2
    return MenuStudy(
        name=study.name,
        size=wording.size_of(len(study), len(study.class_names)),
        features=wording.rest_on(study.features, edges),
        decided=progress.decided,
        open=progress.open,
        skipped=progress.skipped,
        labeled=opened.session.n_labeled,
        isRanked=opened.has_scores,
        version=opened.session.version,
    )
