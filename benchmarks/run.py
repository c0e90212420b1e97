"""Measure one part after the other, each of which writes docs/benchmarks/all.md; or only write the pages."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from record import PAGE, PARTS, page
from ten_figures import TEN, ten_figures_page

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Measure the parts asked for; without any, write the pages from what is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="*", choices=PARTS, default=PARTS, help="measure these; none: write the pages only"
    )
    asked = parser.parse_args()
    for name in asked.only:
        subprocess.run([sys.executable, str(HERE / f"{name}.py")], check=True)
    PAGE.write_text(page(), encoding="utf-8")
    TEN.write_text(ten_figures_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
