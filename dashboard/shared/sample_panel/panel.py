"""The panel of the picked sample, with what follows from its buttons."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.shared import navigation, state
from dashboard.shared.layout import classes
from dashboard.shared.sample_panel.component import NearestSample, sample_panel
from dashboard.study.open_study import OpenStudy


def show_picked_sample(
    opened: OpenStudy,
    gestures: Sequence[tuple[str, str]],
    nearest: NearestSample | None = None,
    *,
    first: int | None = None,
) -> None:
    """Show the sample that is picked; a button of the panel may turn the tab to another page.

    Parameters
    ----------
    gestures : sequence of (str, str)
        What the page offers to pick a sample: a gesture and what it does; shown while none is picked.
    nearest : NearestSample, optional
        A sample of another study that is shown under the picked one.
    first : int, optional
        The row that is shown while none is picked; without one, the most likely label errors are offered.
    """
    picked = state.PICKED.get()
    events = sample_panel(
        opened.key, first if picked is None else picked, classes(opened), opened.version, kind=opened.pictures.kind,
        pages=state.SAMPLE_PAGES.get(), gestures=gestures, nearest=nearest, key="panel",
    )  # fmt: skip
    if events.row is not None and state.is_new("panel", events.seq):
        navigation.follow_sample(opened, events.action, events.row)
