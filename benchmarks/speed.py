"""How fast the audit and the map are, beside cleanlab's Datalab and umap-learn, in one run.

Prints ratios: both sides run in turn, each in a process of its own, so that a noisy machine hits both.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout

import numpy as np
from data import fashion
from sklearn.metrics import average_precision_score

AUDIT = {"n": 20_000, "dimensions": 512}
MAP = {"n": 20_000, "dimensions": 128}


def audit_ours(seed: int) -> dict[str, float]:
    """Graph and label flips, features given."""
    from margin_core import Study, explain
    from margin_core.tasks import LabelFlips

    data = fashion(**AUDIT, share=0.06, seed=seed)
    start = time.perf_counter()
    found = explain(LabelFlips(), Study.build(embedding=data.features, labels=data.labels)).findings
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "precision": average_precision_score(data.wrong[found.ids.astype(int)], found.scores)}


def audit_datalab(seed: int) -> dict[str, float]:
    """Datalab on the same features."""
    from cleanlab import Datalab

    data = fashion(**AUDIT, share=0.06, seed=seed)
    start = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        lab = Datalab({"label": data.labels}, label_name="label", verbosity=0)
        lab.find_issues(features=data.features, issue_types={"label": {}, "outlier": {}, "near_duplicate": {}})
    seconds = time.perf_counter() - start
    suspicion = 1 - lab.get_issues("label")["label_score"].to_numpy()
    return {"seconds": seconds, "precision": average_precision_score(data.wrong, suspicion)}


def map_ours(seed: int) -> dict[str, float]:
    """Graph and map."""
    from margin_core import Study
    from margin_core.domain import every_sample
    from margin_core.graph import Knn, build_graph
    from margin_core.projection import lay_out

    data = fashion(**MAP, share=0.0, seed=seed)
    start = time.perf_counter()
    domain = every_sample(Study.build(embedding=data.features))
    lay_out(Knn(), domain, build_graph(Knn(), domain))
    return {"seconds": time.perf_counter() - start}


def map_umap(seed: int) -> dict[str, float]:
    """umap-learn alone, without a seed, so that it may use every core."""
    data = fashion(**MAP, share=0.0, seed=seed)
    start = time.perf_counter()
    from umap import UMAP

    UMAP(n_neighbors=21).fit_transform(data.features)
    return {"seconds": time.perf_counter() - start}


SIDES: dict[str, Callable[[int], dict[str, float]]] = {
    "audit_ours": audit_ours,
    "audit_datalab": audit_datalab,
    "map_ours": map_ours,
    "map_umap": map_umap,
}


def measure(side: str, seed: int) -> dict[str, float]:
    """Run one side in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--side", side, "--seed", str(seed)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the ratios, or run one side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    if asked.side:
        print(json.dumps(SIDES[asked.side](asked.seed)))
        return
    for title, ours, peer in (
        ("graph + label flips, 20,000 x 512, against Datalab (label, outlier, near_duplicate)",
         "audit_ours", "audit_datalab"),
        ("graph + map, 20,000 x 128, against umap-learn alone (unseeded)", "map_ours", "map_umap"),
    ):  # fmt: skip
        pairs = [(measure(ours, seed), measure(peer, seed)) for seed in range(asked.runs)]
        ratios = [theirs["seconds"] / mine["seconds"] for mine, theirs in pairs]
        print(f"{title}: {np.median(ratios):.2f} x faster (each run: {', '.join(f'{r:.2f}' for r in ratios)})")
        if "precision" in pairs[0][0]:
            for name, side in (("ours", 0), ("Datalab", 1)):
                precision = [pair[side]["precision"] for pair in pairs]
                print(f"  average precision, 6 % uniform flips, {name}: "
                      f"{np.mean(precision):.3f} +- {np.std(precision):.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
