"""Numbers as JSON has them."""

from __future__ import annotations

import math


def number_or_none(number: float) -> float | None:
    """Return a number as JSON has it, with four decimals: None where it is not finite."""
    return round(number, 4) if math.isfinite(number) else None
