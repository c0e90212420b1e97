"""When the bound on the wrong labels that are left is worth saying."""

from __future__ import annotations

from dashboard.study.open_study import OpenStudy

INFORMATIVE_SHARE = 0.2
"""Of all labels the bound is this share at most: a larger one only says that little was checked yet."""


def is_bound_informative(opened: OpenStudy) -> bool:
    """Return whether the bound on the wrong labels that are left says more than that little was checked."""
    return opened.session.remaining().upper <= INFORMATIVE_SHARE * opened.audited.overview.labeled
