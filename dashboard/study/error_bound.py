"""When the bound on the wrong labels that are left is worth saying."""

from __future__ import annotations

from dashboard.study.open_study import OpenStudy


def is_bound_informative(opened: OpenStudy) -> bool:
    """Return whether the bound on the wrong labels that are left says more than that little was checked."""
    return opened.session.remaining().is_informative(opened.audited.overview.labeled)
