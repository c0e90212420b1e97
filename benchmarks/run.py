"""Measure one part after the other, each of which writes docs/benchmarks.md; or only write that page."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from record import PAGE, PARTS, page

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Measure the parts asked for; without any, write the page from what is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="*", choices=PARTS, default=PARTS, help="measure these; none: write the page only"
    )
    asked = parser.parse_args()
    for name in asked.only:
        subprocess.run([sys.executable, str(HERE / f"{name}.py")], check=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
