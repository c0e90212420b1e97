"""How fast the audit and the map are, beside cleanlab's Datalab and umap-learn, in one run.

Both sides run in turn, each in a process of its own, the first of a pair changing, so that a noisy machine hits both.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any

import numpy as np
from data import Flipped, fashion
from pages import keep
from record import Line, Part, Watch, plain
from sklearn.metrics import average_precision_score

AUDIT = {"n": 20_000, "dimensions": 512}
WARM = {"n": 600, "dimensions": 512}
"""What both sides are run on before the clock starts, so that neither pays for imports."""

MAP = {"n": 20_000, "dimensions": 128}
FLIPPED = 0.06
RUNS = 3
LONGEST = 1800.0

Found = dict[str, float]


@contextmanager
def timed(found: Found) -> Iterator[None]:
    """Note wall and CPU seconds of a block; imports and data are outside of it."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    found |= {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def audit_ours(seed: int) -> Found:
    """Graph and label flips, features given."""
    from margin_core import Study, explain
    from margin_core.tasks import LabelFlips

    def ranked(data: Flipped) -> Any:
        return explain(LabelFlips(), Study.build(embedding=data.features, labels=data.labels)).findings

    data, result = fashion(**AUDIT, share=FLIPPED, seed=seed), Found()
    ranked(fashion(**WARM, share=FLIPPED, seed=seed))
    with timed(result):
        found = ranked(data)
    precision = average_precision_score(data.wrong[found.ids.astype(int)], found.scores)
    return result | {"precision": float(precision)}


def audit_datalab(seed: int) -> Found:
    """Datalab on the same features."""
    from cleanlab import Datalab

    def ranked(data: Flipped) -> Any:
        lab = Datalab({"label": data.labels}, label_name="label", verbosity=0)
        lab.find_issues(features=data.features, issue_types={"label": {}, "outlier": {}, "near_duplicate": {}})
        return lab

    data, result = fashion(**AUDIT, share=FLIPPED, seed=seed), Found()
    with redirect_stdout(io.StringIO()):
        ranked(fashion(**WARM, share=FLIPPED, seed=seed))
        with timed(result):
            lab = ranked(data)
    label_error_score = 1 - lab.get_issues("label")["label_score"].to_numpy()
    return result | {"precision": float(average_precision_score(data.wrong, label_error_score))}


def map_ours(seed: int) -> Found:
    """Graph and map, seeded."""
    from umap import UMAP  # noqa: F401 - both sides import it before the clock starts

    from margin_core import Study
    from margin_core.domain import every_sample
    from margin_core.graph import Knn, build_graph
    from margin_core.projection import compute_map

    data, result = fashion(**MAP, share=0.0, seed=seed), Found()
    with timed(result):
        domain = every_sample(Study.build(embedding=data.features))
        compute_map(Knn(), domain, build_graph(Knn(), domain))
    return result


def map_umap(seed: int) -> Found:
    """umap-learn alone, without a seed, so that it may use every core."""
    from umap import UMAP

    data, result = fashion(**MAP, share=0.0, seed=seed), Found()
    with warnings.catch_warnings(), timed(result):
        warnings.simplefilter("ignore")
        UMAP(n_neighbors=21).fit_transform(data.features)
    return result


SIDES: dict[str, Callable[[int], Found]] = {
    "audit_ours": audit_ours,
    "audit_datalab": audit_datalab,
    "map_ours": map_ours,
    "map_umap": map_umap,
}


def in_a_process(side: str, seed: int) -> Found:
    """Run one side in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--side", side, "--seed", str(seed)],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=LONGEST,
    )  # fmt: skip
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def pairs(ours: str, peer: str, seeds: Sequence[int]) -> list[tuple[Found, Found]]:
    """Run both sides at each seed, the first of a pair in turn."""
    found = []
    for place, seed in enumerate(seeds):
        first, second = (ours, peer) if place % 2 == 0 else (peer, ours)
        by_side = {first: in_a_process(first, seed), second: in_a_process(second, seed)}
        found.append((by_side[ours], by_side[peer]))
    return found


def compared(what: str, peer: str, found: Sequence[tuple[Found, Found]], target: float, size: str) -> list[Line]:
    """Set the two sides beside each other."""
    ratio = {name: [theirs[name] / mine[name] for mine, theirs in found] for name in ("seconds", "cpu")}
    each = ", ".join(f"{one:.1f}" for one in ratio["seconds"])
    lines = [
        Line(
            f"{what}: times faster than {peer}", float(np.median(ratio["seconds"])), "x",
            f"wall time, median of the ratios of each run ({each}); {size}.", len(found), target=target, at_least=True,
        ),
        Line(
            f"{what}: times less CPU than {peer}", float(np.median(ratio["cpu"])), "x",
            "CPU seconds of all cores, which depend less on the load of the machine.", len(found),
        ),
    ]  # fmt: skip
    for name, side in (("ours", 0), (peer, 1)):
        lines += [
            Line.of(
                f"{what}, {name}: wall", [pair[side]["seconds"] for pair in found], "s", "without imports and data."
            ),
            Line.of(f"{what}, {name}: CPU", [pair[side]["cpu"] for pair in found], "s", "all cores together."),
        ]
    return lines


def measure(seeds: Sequence[int]) -> Part:
    """Measure both comparisons."""
    watch = Watch(", ".join(map(str, seeds)))
    audits = pairs("audit_ours", "audit_datalab", seeds)
    mine, theirs = ([pair[side]["precision"] for pair in audits] for side in (0, 1))
    precision = [
        Line(
            "the same audit: average precision over Datalab's", float(np.mean(mine) / np.mean(theirs)), "x",
            f"{FLIPPED:.0%} uniform flips: ours {np.mean(mine):.3f} ± {np.std(mine):.3f}, Datalab "
            f"{np.mean(theirs):.3f} ± {np.std(theirs):.3f}.", len(seeds), target=1.0, at_least=True,
        )
    ]  # fmt: skip
    maps = pairs("map_ours", "map_umap", seeds)
    return Part(
        "speed",
        "Speed beside other programs",
        "Fashion-MNIST's pictures as principal components. Both programs run alternately, each in a separate process, "
        "with all cores. Datalab looks for label errors, outliers and near duplicates; ours builds the graph, fits its "
        "models and ranks the labels. umap-learn has no fixed seed, so that it can use all cores; our map has one and "
        "uses one core.",
        (
            *compared("graph + label flips", "Datalab", audits, 8.0, "20,000 samples, 512 features"),
            *precision,
            *compared("graph + map", "umap-learn", maps, 1.0, "20,000 samples, 128 features, 20 neighbors"),
        ),
        (),
        watch.circumstances(),
    )


def main() -> None:
    """Measure, print, and keep the results; or run one side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", choices=SIDES, help="run one side and print what it found")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    if asked.side:
        print(json.dumps(SIDES[asked.side](asked.seed)))
        return
    part = measure(range(asked.runs))
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
