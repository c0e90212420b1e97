"""Measure one part after the other, each of which writes the pages of docs/benchmarks; or only write the pages."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from pages import write_pages
from record import PARTS

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
    write_pages()


if __name__ == "__main__":
    main()
