"""The paper's case I on USPS: test error of the nearest prototype, each rule beside the paper's and its peers.

Also how well the means of random features stand for exact kernel sums, and what a million samples take.
`docs/explanation/prototypes.md` says what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from label_errors import Memory
from numpy.typing import NDArray
from pages import keep
from record import Cell, Line, Part, Table, Watch, plain
from threadpoolctl import threadpool_limits

from margin_core import Study, explain
from margin_core.function.distances import squared_distances
from margin_core.function.mean_discrepancy import mean_discrepancy
from margin_core.graph import Knn
from margin_core.influence import HighPass
from margin_core.interpretation.facility_location import facility_location
from margin_core.tasks import Prototypes
from margin_core.tasks.prototypes.selection import interleave
from margin_core.tasks.prototypes.selection.coverage import CANDIDATES, COVERED
from margin_core.tasks.prototypes.selection.coverage import MAX_EXACT_SAMPLES as LIMIT

FIRST = (20, 50, 100, 200)
PAPER = (110, 130, 185, 219, 286, 329, 410)
COUNTS = tuple(sorted((*FIRST, *PAPER)))
SEEDS = (0, 1, 2, 3, 4)
GAMMA = 0.026
"""Of the peer's own experiment on these pixels, by cross-validation."""

OURS_ALL, OURS = "the default, global", "the default, per class"
CRITIC_ALL, CRITIC = "MMD-critic, global", "MMD-critic, per class"
LITERAL = "the paper's rule as printed"
RANDOM, BALANCED = "random", "random, classes in turn"
BINARY = Knn(k=25, weights="binary")
CRITICISMS, CRITICS = "the default, global", "MMD-critic, log det"

RULES = {
    OURS_ALL: Prototypes(scope="all"),
    OURS: Prototypes(),
    CRITIC_ALL: Prototypes(pick="mmd_critic", scope="all", gamma=GAMMA),
    CRITIC: Prototypes(pick="mmd_critic", gamma=GAMMA),
    **{
        f"least influential, {variant}, {operator.replace('_', ' ')}": Prototypes(
            pick="influence", scope="all", variant=variant, gamma=GAMMA, graph=BINARY,
            high_pass=HighPass(operator=operator),
        )
        for variant in ("V1", "V2")
        for operator in ("random_walk", "symmetric")
    },
    **{
        f"least influential, {variant}, classes in turn": Prototypes(
            pick="round_robin", variant=variant, gamma=GAMMA, graph=BINARY
        )
        for variant in ("V1", "V2")
    },
    LITERAL: Prototypes(pick="literal", share=0.1, scope="all", variant="V1", gamma=GAMMA, graph=BINARY),
    "the same, V2": Prototypes(pick="literal", share=0.1, scope="all", gamma=GAMMA, graph=BINARY),
    "the same, calmest half": Prototypes(pick="literal", scope="all", variant="V1", gamma=GAMMA, graph=BINARY),
}  # fmt: skip
MEDOIDS = {
    "k-medoids, global": Prototypes(pick="k_medoids", scope="all"),
    "k-medoids, per class": Prototypes(pick="k_medoids"),
}
ODD = {
    CRITICISMS: Prototypes(scope="all"),
    "the default, per class": Prototypes(),
    "the default, per class, log det": Prototypes(criticisms_by="log_det"),
    **{
        f"most influential, {variant}, {operator.replace('_', ' ')}": Prototypes(
            scope="all", variant=variant, gamma=GAMMA, graph=BINARY, high_pass=HighPass(operator=operator)
        )
        for variant in ("V1", "V2")
        for operator in ("random_walk", "symmetric")
    },
    CRITICS: Prototypes(pick="mmd_critic", criticisms_by="mmd_critic", scope="all", gamma=GAMMA, prototypes=410),
}  # fmt: skip
TARGETS = {OURS_ALL: (0.29, 0.20, 0.16, 0.13), OURS: (0.24, 0.165, 0.135, 0.11)}
SHARE = 0.9
"""Of the training samples, in each draw of the second table."""

MANY, WIDE, MEMORY = 1_000_000, 128, 4.0


@dataclass(frozen=True)
class Digits:
    """USPS as the paper has it: 16 x 16 pixels in [-1, 1]."""

    train: NDArray[np.float32]
    labels: NDArray[np.int64]
    test: NDArray[np.float32]
    truth: NDArray[np.int64]

    @classmethod
    def read(cls, path: Path) -> Digits:
        """Read a file with X_train, y_train, X_test, y_test, pixels as thousandths."""
        with np.load(path, allow_pickle=False) as kept:
            pixels = [
                kept[name].reshape(len(kept[name]), -1).astype(np.float32) / 1000 for name in ("X_train", "X_test")
            ]
            return cls(pixels[0], kept["y_train"].astype(np.int64), pixels[1], kept["y_test"].astype(np.int64))

    def some(self, rows: NDArray[np.int64]) -> Digits:
        """Return a set with these training samples only."""
        return Digits(self.train[rows], self.labels[rows], self.test, self.truth)


class Judge:
    """How often the nearest of some training samples has another class than a test sample."""

    def __init__(self, digits: Digits) -> None:
        self.digits = digits
        self.study = Study.build(embedding=digits.train, labels=digits.labels)
        self._memory = Memory()
        inner = digits.test @ digits.train.T
        self._apart = np.square(digits.train).sum(axis=1) - 2 * inner  # but for what is the same in a row

    def error(self, rows: NDArray[np.int64]) -> float:
        """Return the error of the nearest neighbor among some training samples."""
        nearest = rows[self._apart[:, rows].argmin(axis=1)]
        return float((self.digits.labels[nearest] != self.digits.truth).mean())

    def errors(self, rows: NDArray[np.int64], counts: Sequence[int] = COUNTS) -> list[float]:
        """Return the error of the first so many, for every count."""
        return [self.error(rows[:count]) for count in counts]

    def picked(self, task: Prototypes, role: str) -> NDArray[np.int64]:
        """Return the rows that a task picks in a role."""
        found = explain(task, self.study, engine=self._memory).findings
        return found.ids[found.roles == role].astype(np.int64)


def at_random(digits: Digits, seed: int, *, in_turns: bool) -> NDArray[np.int64]:
    """Draw an order of the training samples, or one in which the classes come in turn."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(digits.labels))
    if not in_turns:
        return order
    return interleave([order[digits.labels[order] == which] for which in range(10)], len(order))


def row(errors: Sequence[Sequence[float]]) -> list[Cell | None]:
    """Sum draws up; one alone has no spread."""
    table = np.array(errors)
    if len(table) == 1:
        return [(float(one), None) for one in table[0]]
    return [(float(a), float(b)) for a, b in zip(table.mean(axis=0), table.std(axis=0), strict=True)]


def prototypes_table(judge: Judge, draws: int = 10) -> Table:
    """Measure every rule on the whole training set."""
    rows = {name: row([judge.errors(judge.picked(task, "prototype"))]) for name, task in RULES.items()}
    for name, task in MEDOIDS.items():
        asked = [task.with_parameters({"prototypes": count}) for count in COUNTS]
        rows[name] = row([[judge.error(judge.picked(one, "prototype")) for one in asked]])
    for name, in_turns in ((RANDOM, False), (BALANCED, True)):
        rows[name] = row([judge.errors(at_random(judge.digits, seed, in_turns=in_turns)) for seed in range(draws)])
    return Table(
        "Prototypes: error of the nearest one", tuple(map(str, COUNTS)), rows,
        f"By number of prototypes; smaller is better. Random: mean ± standard deviation of {draws} draws; k-medoids is "
        "recomputed for each number.",
    )  # fmt: skip


def criticisms_table(judge: Judge, draws: int = 10) -> Table:
    """Measure the criticisms as the paper does: the worse they classify, the more they are what is not typical."""
    rows = {name: row([judge.errors(judge.picked(task, "criticism"), PAPER)]) for name, task in ODD.items()}
    rows[RANDOM] = row([judge.errors(at_random(judge.digits, seed, in_turns=False), PAPER) for seed in range(draws)])
    return Table(
        "Criticisms: error of the nearest one", tuple(map(str, PAPER)), rows,
        "By number of criticisms; larger = less typical. MMD-critic's beside its first 410 prototypes.",
    )  # fmt: skip


def draws_table(digits: Digits, seeds: Sequence[int]) -> Table:
    """Measure the chief rules on draws of the training set, since one set says little to a hundredth."""
    chief = {name: RULES[name] for name in (OURS_ALL, CRITIC_ALL, OURS, CRITIC)}
    found: dict[str, list[list[float]]] = {name: [] for name in (*chief, BALANCED)}
    for seed in seeds:
        kept = np.random.default_rng(seed).permutation(len(digits.labels))[: int(SHARE * len(digits.labels))]
        judge = Judge(digits.some(np.sort(kept)))
        for name, task in chief.items():
            found[name].append(judge.errors(judge.picked(task, "prototype"), FIRST))
        found[BALANCED].append(judge.errors(at_random(judge.digits, seed, in_turns=True), FIRST))
    return Table(
        f"Prototypes from {SHARE:.0%} of the training samples", tuple(map(str, FIRST)),
        {name: row(errors) for name, errors in found.items()},
        f"Mean ± standard deviation over {len(seeds)} draws.",
    )  # fmt: skip


def features_line(judge: Judge) -> Line:
    """Compare influence from random features with influence from exact sums, at the same places."""
    task = Prototypes(scope="all")
    found = explain(task, judge.study, engine=Memory())
    everybody = (np.arange(len(judge.study)),)
    rough = mean_discrepancy(
        judge.study.embedding, found.graph.neighbours, everybody, gamma=GAMMA, exact_pairs=0
    )  # fmt: skip
    exact = mean_discrepancy(judge.study.embedding, found.graph.neighbours, everybody, gamma=GAMMA)
    ranks = [np.argsort(np.argsort(values)) for values in (rough, exact)]
    return Line(
        "random features against exact sums: rank correlation of the signal", float(np.corrcoef(ranks)[0, 1]), "",
        "V2, 512 frequencies, all of USPS; exact sums are used up to 50,000 samples.",
    )  # fmt: skip


def signal_of_many(count: int) -> dict[str, float]:
    """Measure one process that makes the signal of many samples in ten classes."""
    rng = np.random.default_rng(0)
    points = rng.standard_normal((count, WIDE), dtype=np.float32)
    labels = np.arange(count) % 10
    points += 3 * rng.standard_normal((10, WIDE), dtype=np.float32)[labels]
    near = (np.arange(count, dtype=np.int32)[:, None] + 10 * np.arange(1, 21, dtype=np.int32)) % np.int32(count)
    start, cpu = time.monotonic(), time.process_time()
    values = mean_discrepancy(points, near, (np.arange(count),), gamma=1 / (2 * WIDE))
    assert np.isfinite(values).all()
    return {
        "seconds": time.monotonic() - start,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def coverage_of_many(count: int) -> dict[str, float]:
    """Measure one process that picks 500 of the candidates drawn from many samples so that they cover all.

    ``farther`` is the mean distance to the nearest of them over that to the nearest of 500 of all candidates.
    """
    rng = np.random.default_rng(0)
    points = rng.standard_normal((count, WIDE), dtype=np.float32)
    points += 2 * rng.standard_normal((400, WIDE), dtype=np.float32)[np.arange(count) % 400]
    start = time.process_time()
    some = np.sort(rng.choice(count, min(COVERED, count), replace=False))
    candidates = points[::2][np.sort(rng.choice(count // 2, min(CANDIDATES, count // 2), replace=False))]
    drawn = candidates[facility_location(points[some], candidates, 500)]
    cpu = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    start = time.process_time()
    whole = points[::2][facility_location(points, points[::2], 500)]
    return {
        "cpu": cpu,
        "peak": peak,
        "whole": time.process_time() - start,
        "farther": _distance(points, drawn) / _distance(points, whole),
    }


def _distance(points: NDArray[np.float32], prototypes: NDArray[np.float32]) -> float:
    """Return the mean distance to the nearest prototype."""
    return float(np.sqrt(squared_distances(points, prototypes)).min(axis=1).mean())


ALONE = {"signal": signal_of_many, "coverage": coverage_of_many}


def alone(what: str, count: int) -> Mapping[str, float]:
    """Measure in a process of its own, for its peak of memory."""
    ran = subprocess.run(
        [sys.executable, __file__, "--alone", what, str(count)], check=True, capture_output=True, text=True
    )
    return json.loads(ran.stdout)  # type: ignore[no-any-return]


def lines(table: Table, odd: Table) -> list[Line]:
    """Set what was measured beside what was promised."""
    out = []
    for name, targets in TARGETS.items():
        for count, target in zip(FIRST, targets, strict=True):
            cell = table.rows[name][COUNTS.index(count)]
            assert cell is not None
            out.append(
                Line(f"{name}, {count} prototypes", cell[0], "", "test error of the nearest prototype.", target=target)
            )
    ours = [cell[0] for cell in odd.rows[CRITICISMS] if cell]
    for peer in (CRITICS, RANDOM):
        theirs = [cell[0] for cell in odd.rows[peer] if cell]
        lead = min(one - other for one, other in zip(ours, theirs, strict=True))
        out.append(
            Line(
                f"criticisms: least lead over those of {peer.split(',')[0]}", lead, "",
                "error of the default's, global, less theirs, at the number of the paper where it is smallest.",
                len(PAPER), target=0.0, at_least=True,
            )
        )  # fmt: skip
    return out


def measure(path: Path, seeds: Sequence[int], many: int) -> Part:
    """Measure everything."""
    watch = Watch(", ".join(map(str, seeds)))
    digits = Digits.read(path)
    judge = Judge(digits)
    prototypes, criticisms = prototypes_table(judge), criticisms_table(judge)
    whole = judge.error(np.arange(len(digits.labels)))
    signal, covering = alone("signal", many), alone("coverage", LIMIT)
    more = [
        Line("all training samples", whole, "", "error with all 7,291 as prototypes: a check of data and evaluation."),
        features_line(judge),
        Line(
            f"signal of {many:,} × {WIDE}: peak memory", signal["peak"], "GB",
            f"of the process, data included; {signal['cpu']:,.0f} s of processor time.", target=MEMORY,
        ),
        Line(
            f"500 prototypes of {LIMIT:,} × {WIDE}: distance with drawn candidates over that with all",
            covering["farther"], "x",
            f"mean distance of a sample to its nearest prototype; {CANDIDATES:,} candidates and {COVERED:,} samples to "
            f"cover drawn ({covering['cpu']:.0f} s of processor time) over all {LIMIT // 2:,} candidates and all "
            f"samples ({covering['whole']:.0f} s). Classes of more than {LIMIT:,} are drawn from.",
        ),
    ]  # fmt: skip
    return Part(
        "prototypes",
        "The paper's case I: prototypes and criticisms of USPS",
        "USPS digits, 7,291 for training and 2,007 for testing, 16 × 16 pixels in [-1, 1]. A test sample is assigned "
        "the class of the nearest of the first m prototypes (criticisms). Other methods use the kernel width .026 of "
        "MMD-critic's own experiment, the default its median rule. Results: docs/explanation/prototypes.md.",
        (*lines(prototypes, criticisms), *more),
        (prototypes, draws_table(digits, seeds), criticisms),
        watch.circumstances(),
    )


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--many", type=int, default=MANY, help="samples of the test of memory")
    parser.add_argument("--alone", nargs=2, metavar=("WHAT", "COUNT"), help="measure one thing in this process")
    parser.add_argument(
        "--usps", type=Path, default=os.environ.get("MARGIN_USPS"),
        help="an .npz of USPS with X_train, y_train, X_test, y_test (default: the variable MARGIN_USPS)",
    )  # fmt: skip
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked: Any = parser.parse_args()
    if asked.alone:
        with threadpool_limits(1):
            print(json.dumps(ALONE[asked.alone[0]](int(asked.alone[1]))))
        return
    if asked.usps is None:
        print("USPS was left out: name a file with --usps.")
        return
    with threadpool_limits(1):
        part = measure(Path(asked.usps), asked.seeds, asked.many)
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
