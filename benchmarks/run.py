"""Measure, and write docs/benchmarks.md from what is kept in benchmarks/results/."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from record import RESULTS, Part, markdown

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
PARTS = (
    "label_errors", "enron", "trust", "learning", "bought", "scores", "prototypes", "boundary", "invertible",
    "saliency", "fragility", "saliency_speed", "saliency_queue", "speed", "browser",
)  # fmt: skip

HEAD = """# Figures

Written by `benchmarks/run.py` from `benchmarks/results/`; do not edit. Targets are what was promised before anything
was measured; what misses its target stands here too. Wall times depend on what else the machine did: see the load
average of each part. One data set with planted flips says how methods compare there, not how they do on yours.

Measure again: `make benchmarks`; one part: `python benchmarks/run.py --only speed`; only write this page:
`python benchmarks/run.py --only`.
"""


def page(results: Path = RESULTS) -> str:
    """Write the page from the results that are kept."""
    kept = [Part.read(results / f"{name}.json") for name in PARTS if (results / f"{name}.json").is_file()]
    missed = [f"- {part.title}: {line.what}" for part in kept for line in part.lines if line.met is False]
    judged = sum(line.met is not None for part in kept for line in part.lines)
    summary = [f"**{judged - len(missed)} of {judged} targets are met.**"]
    if missed:
        summary += ["Missed:", "", *missed]
    return "\n\n".join([HEAD.strip(), "\n".join(summary), *map(markdown, kept)]) + "\n"


def main() -> None:
    """Measure the parts asked for, and write the page."""
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
