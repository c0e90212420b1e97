"""From a file of texts or of columns to a ranked queue: seconds and memory of one command.

    python benchmarks/from_file.py --messages enron1.csv.gz sms_spam.csv

Measure it on a machine that does nothing else. The table is made: 100,000 rows of 40 mixed columns.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from pages import keep
from record import Line, Part, Watch, plain

ROWS, NUMBERS, CATEGORIES, DATES = 100_000, 28, 10, 2
REPEATS = 2
MAX_TEXTS, MAX_TABLE, MAX_MEMORY = 15.0, 60.0, 1.5
KIB_OR_BYTE = 1 if sys.platform == "darwin" else 1024


def write_table(path: Path) -> None:
    """Write a table of numbers, some of them missing, categories and dates, of which a few decide the label."""
    random = np.random.default_rng(0)
    numbers = random.normal(size=(ROWS, NUMBERS)).round(4)
    columns: dict[str, object] = {f"number {place}": numbers[:, place] for place in range(NUMBERS)}
    columns["number 5"] = np.where(random.random(ROWS) < 0.05, np.nan, numbers[:, 5])
    words = random.choice(["red", "green", "blue", "yellow", "gray"], (ROWS, CATEGORIES))
    columns |= {f"category {place}": words[:, place] for place in range(CATEGORIES)}
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 1000, ROWS * DATES), unit="D")
    columns |= {f"day {place}": days[place * ROWS : (place + 1) * ROWS].strftime("%Y-%m-%d") for place in range(DATES)}
    score = numbers[:, 0] + numbers[:, 1] + 1.5 * (words[:, 0] == "red")
    wrong = random.random(ROWS) < 0.03
    columns["label"] = np.where((score > 0.5) != wrong, "yes", "no")
    pd.DataFrame(columns).to_csv(path, index=False)


def audited(path: Path) -> tuple[float, float]:
    """Return the seconds from the command to a ranked queue, and the peak of its memory in GB."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "margin_core", "audit", str(path), "--task", "label_flips", "--quiet"]
        places = ["--workspace", f"{out}/w.margin", "--out", f"{out}/found"]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
        start = time.perf_counter()
        process = subprocess.Popen(
            [*command, *places], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}.")
    return seconds, used.ru_maxrss * KIB_OR_BYTE / 1e9


def main() -> None:
    """Measure, and keep what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=Path, nargs="*", default=[], help="CSV files of texts")
    parser.add_argument("--dry", action="store_true", help="print only; keep no result")
    asked = parser.parse_args()
    watch = Watch("none")
    lines = []
    for path in asked.messages:
        seconds = [audited(path)[0] for _ in range(REPEATS)]
        lines.append(Line.of(path.name, seconds, "s", "`margin audit` of texts, new workspace.", target=MAX_TEXTS))
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        write_table(table)
        found = [audited(table) for _ in range(REPEATS)]
    what = f"{ROWS:,} rows of {NUMBERS + CATEGORIES + DATES} mixed columns"
    lines += [
        Line.of(what, [seconds for seconds, _ in found], "s", "The same of a table.", target=MAX_TABLE),
        Line.of(f"{what}: memory", [memory for _, memory in found], "GB", "Peak of the process.", target=MAX_MEMORY),
    ]
    part = Part("from_file", "From a file to a ranked queue", "One command, in a process of its own.",
                tuple(lines), (), watch.circumstances())  # fmt: skip
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
