"""Keep what a benchmark found, and write the two pages of figures from all that is kept."""

from __future__ import annotations

from pathlib import Path

from record import RESULTS, Part, page
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
