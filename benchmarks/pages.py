"""Keep what a benchmark found, and write the two pages of figures from all that is kept."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from record import RESULTS, Part, page, plain
from ten_figures import ten_figures_page

DOCS = RESULTS.parents[1] / "docs" / "benchmarks"


def keep(part: Part, results: Path = RESULTS, docs: Path = DOCS) -> None:
    """Store a part's figures and write both pages anew, so that results and pages never say different things."""
    part.write(results)
    write_pages(results, docs)


def write_pages(results: Path = RESULTS, docs: Path = DOCS) -> None:
    """Write the page of all figures and that of the ten that matter from the results that are kept."""
    (docs / "all.md").write_text(page(results), encoding="utf-8")
    (docs / "index.md").write_text(ten_figures_page(results), encoding="utf-8")


def run_over_seeds(measure: Callable[[Sequence[int]], Part], description: str | None, seeds: Sequence[int]) -> None:
    """Measure a part over the seeds that the command line names, print it, and store it unless told not to."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seeds", type=int, nargs="+", default=seeds)
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    part = measure(asked.seeds)
    print(plain(part))
    if not asked.dry:
        keep(part)
