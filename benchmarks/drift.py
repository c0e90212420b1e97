"""New data against a reference: false alarms of the tests, their power beside frouros, and what ranks as novel.

frouros pins other versions than this package, so it runs in an environment of its own, whose Python ``--frouros``
names; it is left out without it::

    python -m venv frouros && frouros/bin/pip install frouros
    python benchmarks/drift.py --frouros frouros/bin/python
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pages import keep
from record import Cell, Line, Part, Table, Watch, plain
from scipy.ndimage import gaussian_filter
from sklearn.metrics import roc_auc_score

from margin_core import Study, explain, load_study
from margin_core.storage.engine import Run
from margin_core.tasks import Drift
from margin_core.tasks.drift.drift_test import measure_drift

BUNDLED = Path(__file__).resolve().parents[1] / "sample_data"
PAIRS, ALLOWED = 200, 17
LEVEL, PERMUTATIONS = 0.05, 199
SIZES = (50, 100, 200, 400)
REPEATS = 20
SIDE = 200
"""Samples on either side, for false alarms."""

FROUROS = """
import sys
from functools import partial
import numpy as np
from frouros.callbacks import PermutationTestDistanceBased
from frouros.detectors.data_drift import MMD
from frouros.utils.kernels import rbf_kernel
from scipy.spatial.distance import pdist

pairs = np.load(sys.argv[1])
found = []
for number in range(len(pairs.files) // 2):
    new, old = (pairs[f"{name}{number}"].astype(np.float64) for name in ("new", "old"))
    sigma = np.sqrt(np.median(pdist(np.concatenate([new, old]), "sqeuclidean")) / 2)
    row = []
    for kernel in (rbf_kernel, partial(rbf_kernel, sigma=sigma)):
        test = PermutationTestDistanceBased(num_permutations=int(sys.argv[3]), random_state=0, num_jobs=1, name="test")
        detector = MMD(kernel=kernel, callbacks=[test])
        detector.fit(X=old)
        _, logs = detector.compare(X=new)
        row.append(logs["test"]["p_value"])
    found.append(row)
np.save(sys.argv[2], np.array(found))
"""
PEERS = ("frouros MMD, its default kernel", "frouros MMD, kernel by the median rule")
WHOLE, CLASSES = "the whole (MMD)", "any class (MMD, Holm)"

Side = dict[str, NDArray[Any]]
Shift = Callable[[Study, NDArray[np.int64], NDArray[np.int64], np.random.Generator], Side]
"""Of a study: rows of the new samples, rows that are in neither side, and a source of randomness."""


def plain_side(study: Study, rows: NDArray[np.int64]) -> Side:
    return {"embedding": study.embedding[rows], "labels": study.labels[rows]}


def compare(study: Study, new: Side, old: Side, *, labeled: bool = True) -> Study:
    """Return the new samples as a study with the old ones as its reference."""
    names = study.class_names
    reference = Study.build(name="old", class_names=names, **old)
    if not labeled:
        return Study.build(embedding=new["embedding"], reference=reference)
    return Study.build(name="new", class_names=names, reference=reference, **new)


def p_values_of(study: Study) -> tuple[float, float]:
    """Return the p-value of the whole, and the least corrected one of a class."""
    found = measure_drift(study, PERMUTATIONS, 1000, LEVEL, Run())
    corrected = found.classes.corrected
    return found.whole.p_value, float(np.nanmin(corrected)) if np.isfinite(corrected).any() else 1.0


def false_alarms(study: Study, seed: int, *, labeled: bool) -> tuple[int, int]:
    """Count the pairs of one distribution in which the whole, and any class, is said to differ."""
    alarms = np.zeros(2, dtype=int)
    for pair in range(PAIRS):
        rows = np.random.default_rng((seed, pair)).permutation(len(study))
        new, old = plain_side(study, rows[:SIDE]), plain_side(study, rows[SIDE : 2 * SIDE])
        alarms += np.array(p_values_of(compare(study, new, old, labeled=labeled))) <= LEVEL
    return int(alarms[0]), int(alarms[1])


def embed(study: Study, pictures: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(study.model.embed(np.clip(pictures, 0, 255).astype(np.uint8)), np.float32)


def new_class(study: Study, rows: NDArray[np.int64], free: NDArray[np.int64], random: np.random.Generator) -> Side:
    """Make a tenth of the new samples one of a class that the reference does not have."""
    fresh = np.flatnonzero(study.labels == HELD_OUT)
    rows = rows.copy()
    rows[: len(rows) // 10] = random.choice(fresh, len(rows) // 10, replace=False)
    return plain_side(study, rows)


def prior_shift(study: Study, rows: NDArray[np.int64], free: NDArray[np.int64], random: np.random.Generator) -> Side:
    """Replace two thirds of two classes by samples of the others."""
    scarce = np.isin(study.labels[rows], (0, 1))
    kept = rows[~scarce | (random.random(len(rows)) < 1 / 3)]
    others = free[~np.isin(study.labels[free], (0, 1))]
    return plain_side(study, np.concatenate([kept, random.choice(others, len(rows) - len(kept), replace=False)]))


def blurred(study: Study, rows: NDArray[np.int64], free: NDArray[np.int64], random: np.random.Generator) -> Side:
    """Blur by a Gaussian of 1 pixel."""
    pictures = gaussian_filter(np.asarray(study.inputs)[rows].astype(float), (0, 1.0, 1.0))
    return {"embedding": embed(study, pictures), "labels": study.labels[rows]}


def noisy(study: Study, rows: NDArray[np.int64], free: NDArray[np.int64], random: np.random.Generator) -> Side:
    """Add noise of standard deviation 25 of 255."""
    pictures = np.asarray(study.inputs)[rows].astype(float)
    return {"embedding": embed(study, pictures + random.normal(0, 25, pictures.shape)), "labels": study.labels[rows]}


def one_class_shifted(
    study: Study, rows: NDArray[np.int64], free: NDArray[np.int64], random: np.random.Generator
) -> Side:
    """Move the features of one class by half a standard deviation, each in a random direction."""
    side = plain_side(study, rows)
    step = 0.5 * study.embedding.std(axis=0) * random.choice([-1, 1], study.embedding.shape[1])
    return side | {"embedding": side["embedding"] + (side["labels"] == 3)[:, None] * step.astype(np.float32)}


def mean_shift(study: Study, rows: NDArray[np.int64], free: NDArray[np.int64], random: np.random.Generator) -> Side:
    """Move all features by a tenth of their standard deviation."""
    side = plain_side(study, rows)
    return side | {"embedding": side["embedding"] + 0.1 * study.embedding.std(axis=0)}


HELD_OUT = 8
SHIFTS: dict[str, Shift] = {
    "new class, 10 %": new_class,
    "prior shift": prior_shift,
    "blurred": blurred,
    "noisy": noisy,
    "one class shifted": one_class_shifted,
    "mean shift": mean_shift,
}


def drawn_pairs(study: Study, shift: Shift, size: int, seed: int, repeats: int) -> list[tuple[Side, Side]]:
    """Draw new samples, shifted, and old ones, from rows that both do not share."""
    pairs = []
    usual = np.flatnonzero(study.labels != HELD_OUT)
    for repeat in range(repeats):
        random = np.random.default_rng((seed, size, repeat))
        rows = random.permutation(usual)
        pairs.append((shift(study, rows[:size], rows[2 * size :], random), plain_side(study, rows[size : 2 * size])))
    return pairs


def frouros_p_values(python: str, pairs: Sequence[tuple[Side, Side]]) -> NDArray[np.float64]:
    """Return the p-values of frouros, by its default kernel and by one of our width, (pairs, 2)."""
    with tempfile.TemporaryDirectory() as folder:
        script, given, found = (Path(folder) / name for name in ("peer.py", "pairs.npz", "found.npy"))
        script.write_text(FROUROS)
        arrays = {f"{name}{number}": side["embedding"] for number, pair in enumerate(pairs)
                  for name, side in zip(("new", "old"), pair, strict=True)}  # fmt: skip
        np.savez(given, **arrays)
        subprocess.run([python, str(script), str(given), str(found), str(PERMUTATIONS)], check=True)
        return np.asarray(np.load(found))


def power(study: Study, seed: int, repeats: int, python: str | None) -> dict[str, dict[str, list[Cell | None]]]:
    """Return for each method and shift the share of pairs that are found to differ, by size."""
    found: dict[str, dict[str, list[Cell | None]]] = {}
    for title, shift in SHIFTS.items():
        for size in SIZES:
            pairs = drawn_pairs(study, shift, size, seed, repeats)
            ours = np.array([p_values_of(compare(study, *pair)) for pair in pairs])
            columns = {WHOLE: ours[:, 0], CLASSES: ours[:, 1]}
            if python is not None:
                columns |= dict(zip(PEERS, frouros_p_values(python, pairs).T, strict=True))
            for method, p_values in columns.items():
                share = float((p_values <= LEVEL).mean())
                spread = float(np.sqrt(share * (1 - share) / len(pairs)))
                found.setdefault(title, {}).setdefault(method, []).append((share, spread))
            print(title, size, {name: cells[-1] for name, cells in found[title].items()}, flush=True)
    return found


def novelty(study: Study, seeds: Sequence[int]) -> dict[str, list[Cell | None]]:
    """Return how well a class that the reference lacks ranks first, where it is frequent and where it is rare."""
    recipes = {
        "novelty (distance and share of new neighbors)": "scores",
        "distance to the reference alone": "distance",
        "share of new neighbors alone (1 - h)": "new_neighbors",
    }
    areas: dict[str, list[list[float]]] = {name: [[], []] for name in recipes}
    for seed in seeds:
        rows = np.random.default_rng(seed).permutation(len(study))
        half = len(rows) // 2
        for held in range(len(study.class_names)):
            old = rows[:half][study.labels[rows[:half]] != held]
            new = rows[half:]
            fresh, usual = new[study.labels[new] == held], new[study.labels[new] != held]
            for place, count in enumerate((len(fresh), 10)):
                chosen = np.concatenate([usual, fresh[:count]])
                both = compare(study, plain_side(study, chosen), plain_side(study, old))
                explanation = explain(Drift(permutations=19, test_samples=10), both)
                findings = explanation.findings
                is_fresh = (study.labels[chosen] == held)[explanation.rows]
                for name, column in recipes.items():
                    values = findings.scores if column == "scores" else findings.evidence[column]
                    areas[name][place].append(float(roc_auc_score(is_fresh, values)))
    return {name: [(float(np.mean(one)), float(np.std(one))) for one in both] for name, both in areas.items()}


def measure(seeds: Sequence[int], repeats: int, python: str | None) -> Part:
    watch = Watch(", ".join(map(str, seeds)))
    lines, tables = [], []
    studies = {name: load_study(BUNDLED / name) for name in ("digits", "fashion")}
    for name, study in studies.items():
        for labeled, how in ((True, "given labels"), (False, "predicted classes")):
            whole, classes = false_alarms(study, seeds[0], labeled=labeled)
            meaning = f"of {PAIRS} pairs of {SIDE} and {SIDE} samples of {name}, p at most {LEVEL:g}, {how}."
            if labeled:
                lines.append(Line(f"false alarms, {name}, {WHOLE}", whole, "", meaning, PAIRS, target=ALLOWED))
            lines.append(Line(f"false alarms, {name}, {CLASSES}, {how}", classes, "", meaning, PAIRS, target=ALLOWED))
            print(lines[-1], flush=True)
    note = (
        f"Share of {repeats} pairs with p at most {LEVEL:g}, {PERMUTATIONS} permutations, and its standard error; by "
        "samples on either side."
    )
    sizes = tuple(f"{size} + {size}" for size in SIZES)
    for title, rows in power(studies["fashion"], seeds[0], repeats, python).items():
        tables.append(Table(f"Power, fashion: {title}", sizes, rows, note))
    for name, study in studies.items():
        tables.append(
            Table(
                f"A class that the reference lacks, {name}", ("as frequent as the others", "10 samples"),
                novelty(study, seeds), "Area under the ROC curve of its samples among the new ones, mean and standard "
                "deviation over all classes, each left out of the reference in turn, and seeds.",
            )
        )  # fmt: skip
    return Part(
        "drift",
        "New data against a reference",
        "Samples of the bundled studies as new data and reference. frouros 0.9 runs in an environment of its own; its "
        "MMD has a Gaussian kernel of width 1 by default, and is measured with the width of the median rule, too.",
        tuple(lines),
        tuple(tables),
        watch.circumstances(),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=(0, 1, 2))
    parser.add_argument("--repeats", type=int, default=REPEATS, help="pairs of each shift and size")
    parser.add_argument("--frouros", metavar="PYTHON", help="the Python of an environment with frouros")
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    part = measure(asked.seeds, asked.repeats, asked.frouros)
    print(plain(part))
    if not asked.dry:
        keep(part)
