"""What the corrections so far changed: a linear model on held-out samples, before and after them."""

from __future__ import annotations

from dashboard.study.open_study import OpenStudy
from margin_core.review.impact import CorrectionImpact, Corrections
from margin_core.review.impact.stored_impact import load_impact
from margin_core.storage.fingerprint import fingerprint

DRAWN = ("label error score", "neighbor disagreement", "self-confidence (cleanlab)", "random order")
"""Orders in the picture beside the own one; the table has them all."""


def impact_key(corrections: Corrections) -> str:
    """Return the fingerprint of corrections."""
    return fingerprint(corrections.rows, corrections.labels, corrections.verified)


def impact_of(opened: OpenStudy, corrections: Corrections) -> CorrectionImpact:
    """Load what corrections changed.

    Raises
    ------
    NotComputed
        It was not measured yet.
    MissingPart
        It cannot be measured on this study.
    """
    return opened.memory.recall("impact", impact_key(corrections), lambda: load_impact(opened.audited, corrections))
