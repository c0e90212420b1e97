"""Numbers as JSON has them."""

from __future__ import annotations

import math


def known(number: float) -> float | None:
    """Give a number as JSON has it: None where it is not known."""
    return round(number, 4) if math.isfinite(number) else None
