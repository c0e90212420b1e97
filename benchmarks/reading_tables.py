"""What it costs to find the kinds of the columns of a CSV beside reading it with pandas, and memory of a Parquet file.

Both sides of the first table run in turn, in one process after a run that does not count; the fastest run counts, as
whatever else the machine does only slows one down. The second opens pictures that a Parquet file holds, in a process of
its own, and looks at each once.
"""

from __future__ import annotations

import argparse
import io
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from margin_core.study.readers.chosen_kinds import type_columns
from margin_core.study.readers.column_table import read_table
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.samples import ReadRequest

ROWS, RUNS = 100_000, 7
PICTURES, SIDE = 1_500, 224
KIB_OR_BYTE = 1024 if sys.platform.startswith("linux") else 1


def write_table(path: Path, n: int) -> None:
    """Write 50 columns: 30 of floats, the others of all kinds that a column may be."""
    random = np.random.default_rng(0)
    columns: dict[str, object] = {f"x{place}": random.normal(size=n).round(6) for place in range(30)}
    columns |= {f"count {place}": random.integers(0, 1000, n) for place in range(5)}
    columns |= {f"color {place}": random.choice(["red", "green", "blue", "none of these"], n) for place in range(5)}
    columns |= {f"is {place}": random.choice(["True", "False"], n) for place in range(3)}
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 1000, (2, n)).ravel(), unit="D")
    columns |= {f"day {place}": days[place * n : (place + 1) * n].strftime("%d.%m.%Y") for place in range(2)}
    marked = np.where(random.random((2, n)) < 0.01, "?", random.normal(size=(2, n)).round(4).astype(str))
    columns |= {f"marked {place}": marked[place] for place in range(2)}
    columns["code"] = [f"k{row:07d}" for row in random.permutation(n)]
    columns["word"] = random.choice([f"w{place}" for place in range(20_000)], n)
    columns["label"] = random.choice(["a", "b", "c"], n)
    pd.DataFrame(columns).to_csv(path, index=False)


def write_pictures(path: Path, n: int) -> None:
    """Write pictures into a Parquet file as the library Datasets does, 100 to a row group."""
    random = np.random.default_rng(0)
    cell = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    with pq.ParquetWriter(path, pa.schema([("image", cell), ("label", pa.int64())])) as writer:
        for start in range(0, n, 100):
            cells = []
            for number in range(start, min(start + 100, n)):
                stream = io.BytesIO()
                Image.fromarray(random.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)).save(stream, format="PNG")
                cells.append({"bytes": stream.getvalue(), "path": f"{number}.png"})
            labels = [number % 2 for number in range(len(cells))]
            writer.write_table(pa.table({"image": pa.array(cells, cell), "label": labels}))


def seconds(work: Callable[[], object]) -> float:
    """Return how long something took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare_with_pandas(path: Path, runs: int) -> dict[str, float]:
    """Return the fastest run of each side, in seconds."""
    table = read_table(path, {"label"})
    found: dict[str, list[float]] = {"pandas": [], "one core": [], "read": [], "typed": []}
    for run in range(runs + 1):
        took = {
            "pandas": seconds(lambda: pd.read_csv(path)),
            "one core": seconds(lambda: pd.read_csv(path, low_memory=False)),
            "read": seconds(lambda: read_table(path, {"label"})),
            "typed": seconds(lambda: type_columns(table, [name for name in table.columns if name != "label"], {})),
        }
        for name, value in took.items() if run else ():
            found[name].append(value)
    return {name: min(values) for name, values in found.items()}


def peak() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_OR_BYTE / 1e6


def print_peak(small: Path, large: Path) -> None:
    """Read each picture of a small file, then of a large one, and print how the peak of memory grew."""
    for path in (small, large):
        before, pictures = peak(), read_samples(ReadRequest(path)).inputs
        for row in range(len(pictures)):
            pictures[row]
    print(f"{peak() - before:.1f} {peak():.1f}")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the CSV")
    parser.add_argument("--pictures", type=int, default=PICTURES, help="pictures of the Parquet file")
    parser.add_argument("--peak-of", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peak_of:
        print_peak(*given.peak_of)
        return
    with tempfile.TemporaryDirectory() as folder:
        csv, small, large = (Path(folder) / name for name in ("wide.csv", "small.parquet", "large.parquet"))
        write_table(csv, given.rows)
        took = compare_with_pandas(csv, RUNS)
        print(f"A CSV of {given.rows:,} x 50, {csv.stat().st_size / 1e6:.0f} MB, fastest of {RUNS} runs\n")
        print("| pandas reads it | with low_memory=False | MARGIN reads it | kinds of its columns | share of pandas |")
        print("|---:|---:|---:|---:|---:|")
        print(
            f"| {took['pandas']:.3f} s | {took['one core']:.3f} s | {took['read']:.3f} s | {took['typed']:.3f} s | "
            f"{took['typed'] / took['pandas']:.0%}, {took['typed'] / took['one core']:.0%} |\n"
        )
        write_pictures(small, 20)
        write_pictures(large, given.pictures)
        command = [sys.executable, __file__, "--peak-of", str(small), str(large)]
        grown, most = map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
        size = large.stat().st_size / 1e6
        print(f"A Parquet file of {given.pictures:,} pictures of {SIDE} x {SIDE}, each looked at once\n")
        print(
            "| size of the file | peak of memory | of it beyond a file of 20 pictures | share |\n|---:|---:|---:|---:|"
        )
        print(f"| {size:.0f} MB | {most:.0f} MB | {grown:.0f} MB | {grown / size:.0%} |")


if __name__ == "__main__":
    main()
