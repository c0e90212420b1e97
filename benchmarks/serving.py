"""The dashboard as the browser tests run it, one process, ended by its own id; and what they do on its map."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests" / "browser"))

from maps import lasso, on_screen  # noqa: E402
from running import BUNDLED, CHROMIUM, FLAGS, RunningDashboard, free_port, margin, quiet_environment  # noqa: E402

__all__ = [
    "BUNDLED",
    "CHROMIUM",
    "FLAGS",
    "ROOT",
    "RunningDashboard",
    "free_port",
    "lasso",
    "margin",
    "on_screen",
    "quiet_environment",
]
