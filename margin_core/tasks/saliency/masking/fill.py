"""What a fill is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Floats

Fill = Callable[[NDArray[np.bool_]], Floats]
"""From what is visible (b, h, w) to what the hidden pixels take: (channels, h, w), or one such array for each mask."""
