"""What a benchmark found: lines beside their targets, tables, circumstances; kept as JSON, shown as Markdown."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).resolve().parent / "results"
PACKAGES = (
    "numpy", "scikit-learn", "faiss-cpu", "umap-learn", "torch", "streamlit", "plotly", "cleanlab", "playwright",
)  # fmt: skip

PARTS = (
    "label_errors", "enron", "error_estimates", "learning", "impact", "scores", "prototypes", "boundary", "invertible",
    "graph_networks", "noisy_graph",
    "saliency", "fragility", "saliency_speed", "saliency_queue", "variable_importance", "variable_importance_paper",
    "adversarial", "drift", "active_sampling", "speed", "default_features", "embedding", "first_heatmap", "from_file",
    "browser",
)  # fmt: skip

HEAD = """# All figures

All benchmark results. This page is generated from `benchmarks/results/`; do not edit it. Targets were set before
anything was measured, and missed targets are listed too. Wall times depend on the load of the machine, which is stated
for each part. One data set with planted errors shows how methods compare there; on your data the order may be
different. The ten most important figures: [benchmarks](index.md).

To measure again: `make benchmarks`; one part: `python benchmarks/run.py --only speed`; only to write the pages:
`python benchmarks/run.py --only`.
"""

Cell = tuple[float, float | None]
"""Mean and standard deviation; None where there was one run only."""


@dataclass(frozen=True)
class Line:
    """One measured figure.

    Attributes
    ----------
    what : str
        What was measured.
    figure : float
        The median where there were several.
    unit : str
        Empty for a share or a plain number.
    meaning : str
        From where to where, in a sentence.
    n : int
        How many measurements.
    high : float or None
        95 % of the measurements were at most this.
    target, high_target : float or None
        What was promised of `figure` and `high`.
    at_least : bool
        Whether larger is better.
    """

    what: str
    figure: float
    unit: str
    meaning: str
    n: int = 1
    high: float | None = None
    target: float | None = None
    high_target: float | None = None
    at_least: bool = False

    @classmethod
    def of(cls, what: str, values: Sequence[float], unit: str, meaning: str, **targets: Any) -> Line:
        """Sum measurements up by their median and their 95 % quantile."""
        middle, high = np.quantile(values, [0.5, 0.95])
        return cls(what, float(middle), unit, meaning, len(values), float(high) if len(values) > 1 else None, **targets)

    @property
    def met(self) -> bool | None:
        """Whether what was promised holds; None when nothing was."""
        promised = [(self.figure, self.target), (self.high, self.high_target)]
        kept = [(a >= b) if self.at_least else (a <= b) for a, b in promised if a is not None and b is not None]
        return all(kept) if kept else None

    @property
    def target_in_words(self) -> str:
        """What was promised."""
        if self.target is None:
            return ""
        words = f"{'≥' if self.at_least else '≤'} {shown(self.target)}"
        return words if self.high_target is None else f"{words}; 95 % ≤ {shown(self.high_target)}"

    @property
    def verdict(self) -> str:
        """Return whether the target is met, in a word."""
        return {None: "", True: "met", False: "**missed**"}[self.met]


@dataclass(frozen=True)
class Table:
    """Means and standard deviations: one row a method, one column a condition."""

    title: str
    columns: tuple[str, ...]
    rows: dict[str, list[Cell | None]]
    note: str


@dataclass(frozen=True)
class Part:
    """Everything one benchmark found."""

    name: str
    title: str
    about: str
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    circumstances: dict[str, str] = field(default_factory=dict)

    def write(self, results: Path = RESULTS) -> None:
        """Write it as JSON; `pages.keep` writes the pages anew, too."""
        results.mkdir(parents=True, exist_ok=True)
        text = json.dumps(_rounded(asdict(self)), indent=1, ensure_ascii=False)
        (results / f"{self.name}.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Part:
        """Read what `write` kept."""
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            kept["name"],
            kept["title"],
            kept["about"],
            tuple(Line(**line) for line in kept["lines"]),
            tuple(
                Table(table["title"], tuple(table["columns"]), {
                    name: [None if cell is None else (cell[0], cell[1]) for cell in cells]
                    for name, cells in table["rows"].items()
                }, table["note"])
                for table in kept["tables"]
            ),
            kept["circumstances"],
        )  # fmt: skip


class Watch:
    """The circumstances of a run, from its start to its end."""

    def __init__(self, seeds: str) -> None:
        self._seeds = seeds
        self._load = os.getloadavg()[0]
        self._start = time.monotonic()

    def circumstances(self) -> dict[str, str]:
        """Describe machine and run in general words."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        graphics = "a GPU" if any(Path("/dev").glob("nvidia[0-9]*")) else "no GPU (WebGL in software)"
        return {
            "date": date.today().isoformat(),
            "machine": f"{os.cpu_count()} cores, {graphics}, {memory:.0f} GB, {platform.system()}, "
            f"Python {platform.python_version()}",
            "load average (1 minute)": f"{self._load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end",
            "took": f"{(time.monotonic() - self._start) / 60:.1f} minutes",
            "seeds": self._seeds,
            "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        }


def shown(figure: float) -> str:
    """Write a figure with three digits that count."""
    size = abs(figure)
    if size >= 100 or figure == int(figure):
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if size >= 10 else f"{figure:.2f}" if size >= 1 else f"{figure:.3f}"


def with_unit(figure: float, unit: str) -> str:
    return f"{shown(figure)} {unit}".strip()


def markdown(part: Part) -> str:
    """Write a part as a section of the page."""
    out = [f"## {part.title}", "", part.about, ""]
    out += [f"- {name}: {value}" for name, value in part.circumstances.items()]
    if part.lines:
        out += ["", "| what | measured | 95 % | n | target | |", "|---|---:|---:|---:|---|---|"]
        for line in part.lines:
            high = "" if line.high is None else with_unit(line.high, line.unit)
            out.append(
                f"| {line.what} | {with_unit(line.figure, line.unit)} | {high} | {line.n:,} | {line.target_in_words} "
                f"| {line.verdict} |"
            )
        out += ["", "What each line means:", ""]
        out += [f"- *{line.what}*: {line.meaning}" for line in part.lines]
    for table in part.tables:
        out += [
            "",
            f"### {table.title}",
            "",
            f"| | {' | '.join(table.columns)} |",
            "|---" * (len(table.columns) + 1) + "|",
        ]
        for name, cells in table.rows.items():
            out.append(f"| {name} | {' | '.join(_cell(cell) for cell in cells)} |")
        out += ["", table.note]
    return "\n".join(out)


def page(results: Path = RESULTS) -> str:
    """Write the page from the results that are kept."""
    kept = [Part.read(results / f"{name}.json") for name in PARTS if (results / f"{name}.json").is_file()]
    missed = [f"- {part.title}: {line.what}" for part in kept for line in part.lines if line.met is False]
    judged = sum(line.met is not None for part in kept for line in part.lines)
    summary = [f"**{judged - len(missed)} of {judged} targets are met.**"]
    if missed:
        summary += ["Missed:", "", *missed]
    return "\n\n".join([HEAD.strip(), "\n".join(summary), *map(markdown, kept)]) + "\n"


def in_words(line: Line) -> str:
    """Write a line for the terminal."""
    high = "" if line.high is None else f", 95 % {with_unit(line.high, line.unit)}"
    target = f"   target {line.target_in_words}: {line.verdict.strip('*')}" if line.met is not None else ""
    return f"  {line.what}: {with_unit(line.figure, line.unit)}{high} (n = {line.n:,}){target}"


def plain(part: Part) -> str:
    """Write a part for the terminal."""
    out = [part.title, *map(in_words, part.lines)]
    for table in part.tables:
        out += ["", f"  {table.title}", " " * 40 + "  ".join(f"{column:>16}" for column in table.columns)]
        out += [
            f"  {name:<38}" + "  ".join(f"{_cell(cell):>16}" for cell in cells) for name, cells in table.rows.items()
        ]
    return "\n".join(out)


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    mean, spread = cell
    return f"{mean:.3f}" if spread is None else f"{mean:.3f} ± {spread:.3f}"


def _rounded(value: Any) -> Any:
    match value:
        case float():
            return float(f"{value:.5g}")
        case dict():
            return {name: _rounded(one) for name, one in value.items()}
        case list() | tuple():
            return [_rounded(one) for one in value]
        case _:
            return value
