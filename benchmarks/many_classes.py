"""Audits of studies with thousands of classes: seconds, and memory above the imports and the memory-mapped arrays.

Each study is a folder of ``.npy`` files with planted label errors. It is opened with a new workspace in a process of
its own, ranked and summed up as `margin audit` and the Overview do, and the number of wrong labels is estimated. The
memory is the largest that the process had of its own (Linux: RssAnon), less that of the same on a study of 300
samples; pages of memory-mapped files are not in it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

SIZES = ((20_000, 5_000), (100_000, 1_000))
DIMENSIONS = 64
FLIPPED = 0.03
SIBLINGS = 5
"""Classes that look alike; half of the planted errors are among them."""
SPREAD = 0.5
"""Distance of the siblings of a group from its center, where groups are 1 apart."""
NOISE = 0.8
"""Deviation of the samples of a class in each dimension, and that of what a model sees of them."""
MODEL_NOISE = 1.2
LIMIT = 3_600.0


def write_study(folder: Path, n: int, c: int, *, probabilities: bool, seed: int = 0) -> None:
    """Write a study as a folder of arrays; ``truth.txt`` beside them is not read by it."""
    rng = np.random.default_rng(seed)
    groups = rng.standard_normal((-(-c // SIBLINGS), DIMENSIONS))
    centers = np.repeat(groups, SIBLINGS, axis=0)[:c] + SPREAD * rng.standard_normal((c, DIMENSIONS))
    truth = rng.permutation(np.arange(n) % c)
    points = (centers[truth] + NOISE * rng.standard_normal((n, DIMENSIONS))).astype(np.float32)
    labels, flipped = truth.copy(), rng.choice(n, round(FLIPPED * n), replace=False)
    alike, anywhere = np.array_split(flipped, 2)
    labels[alike] = np.minimum(truth[alike] // SIBLINGS * SIBLINGS + (truth[alike] + 1) % SIBLINGS, c - 1)
    labels[anywhere] = (truth[anywhere] + rng.integers(1, c, len(anywhere))) % c
    folder.mkdir()
    np.save(folder / "embedding.npy", points)
    np.save(folder / "labels.npy", labels)
    np.savetxt(folder / "truth.txt", truth, fmt="%d")
    if not probabilities:
        return
    # What a good model would say: the classes' likelihoods under other noise, so that it errs elsewhere.
    table = np.lib.format.open_memmap(folder / "probabilities.npy", "w+", np.float32, (n, c))
    lengths = (centers**2).sum(axis=1)
    for start in range(0, n, 1_000):
        seen = centers[truth[start : start + 1_000]]
        seen = seen + MODEL_NOISE * rng.standard_normal(seen.shape)
        logits = (2 * seen @ centers.T - lengths) / (2 * MODEL_NOISE**2)
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        table[start : start + 1_000] = raised / raised.sum(axis=1, keepdims=True)
    table.flush()


def audit_here(source: Path) -> None:
    """Audit the study in this process, and print what was found as JSON."""
    from margin_core.audit.audit import audit
    from margin_core.review.estimates import estimate_error_count, estimate_error_probabilities, fit_error_posterior
    from margin_core.review.estimates.error_count import estimate_error_count_by_pair
    from margin_core.storage.engine import Run
    from margin_core.study import open_source

    start = time.monotonic()
    opened = open_source(source, workspace=source.with_suffix(".margin"))
    audited = audit(opened)
    ranked = time.monotonic()
    study, found = opened.study, audited.explanation
    score = audited.task.fit_label_error_score(study, found.steps, Run(opened.engine))
    posterior = fit_error_posterior(estimate_error_probabilities(score, study.labels))
    count, pairs = estimate_error_count(posterior), estimate_error_count_by_pair(posterior)
    end = time.monotonic()
    wrong = (np.loadtxt(source / "truth.txt", dtype=int) != study.labels)[found.rows]
    print(
        json.dumps(
            {
                "ranked": ranked - start,
                "seconds": end - start,
                "precision": float((np.cumsum(wrong) / np.arange(1, len(wrong) + 1))[wrong].mean()),
                "suspects": audited.overview.suspects,
                "wrong": int(wrong.sum()),
                "count": [count.low, count.median, count.high],
                "pairs": len(pairs),
            }
        )
    )


def measure(source: Path) -> dict[str, float]:
    """Audit the study in a process of its own; its seconds, and the most memory it had, in GB."""
    process = subprocess.Popen([sys.executable, __file__, "--here", source], stdout=subprocess.PIPE, text=True)
    most = [0]

    def watch() -> None:
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            held = [line for line in status.read_text().splitlines() if line.startswith("RssAnon")]
            most[0] = max([most[0], *(int(line.split()[1]) for line in held)])
            time.sleep(0.01)

    watching = threading.Thread(target=watch)
    watching.start()
    stdout, _ = process.communicate(timeout=LIMIT)
    watching.join()
    if process.returncode:
        raise SystemExit(process.returncode)
    return {**json.loads(stdout.splitlines()[-1]), "memory": most[0] / 2**20}


def calibration_loop() -> float:
    """Return the seconds of a fixed work of the machine: products, exponentials and sorts."""
    rng = np.random.default_rng(0)
    start = time.monotonic()
    for _ in range(5):
        table = rng.standard_normal((2_000, 2_000), dtype=np.float32)
        np.sort(np.exp(table @ table.T / 1_000), axis=1)
    return time.monotonic() - start


def main() -> None:
    """Print a table, a row for each study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--here", type=Path, metavar="SOURCE", help="audit this study in this process, print JSON")
    parser.add_argument(
        "--size", type=int, nargs=2, action="append", metavar=("N", "C"), help="samples and classes; may be repeated"
    )
    parser.add_argument("--only", choices=("given", "none"), help="with probabilities given, or without")
    asked = parser.parse_args()
    if asked.here is not None:
        audit_here(asked.here)
        return
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small"
        write_study(small, 300, 3, probabilities=True)
        imports = measure(small)["memory"]
        print(f"calibration loop {calibration_loop():.2f} s; imports {imports:.2f} GB\n")
        print("| samples | classes | probabilities | ranked, s | with estimates, s | GB above imports | loop, s "
              "| average precision | wrong | suspects | estimate |")  # fmt: skip
        print("|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---|", flush=True)
        for n, c in asked.size or SIZES:
            for given in {"given": (True,), "none": (False,), None: (True, False)}[asked.only]:
                source = Path(folder) / f"{n}x{c}{'p' if given else ''}"
                write_study(source, n, c, probabilities=given)
                found = measure(source)
                loop = calibration_loop()
                low, median, high = found["count"]
                print(
                    f"| {n:,} | {c:,} | {'given' if given else 'none'} | {found['ranked']:.1f} "
                    f"| {found['seconds']:.1f} | {found['memory'] - imports:.2f} | {loop:.2f} "
                    f"| {found['precision']:.3f} | {found['wrong']:,} | {found['suspects']:,} "
                    f"| {median:,} ({low:,} to {high:,}) |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
