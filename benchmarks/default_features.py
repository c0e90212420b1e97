"""Which features a folder of photographs should get when none are named: average precision of planted errors, and time.

The photographs are those of the bundled study (TrashNet), or of ``--photos FOLDER`` with a folder a class.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from data import planted
from numpy.typing import NDArray
from pages import keep
from record import Cell, Part, Table, Watch, plain
from sklearn.metrics import average_precision_score

from margin_core import Study, explain, load_study
from margin_core.storage.engine import Run
from margin_core.study.features import with_model
from margin_core.study.models.named_model import NamedModel
from margin_core.study.models.preparation import Preparation
from margin_core.tasks import LabelFlips

PHOTOGRAPHS = Path(__file__).resolve().parents[1] / "sample_data" / "trashnet"
NETWORKS = ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2")
PIXELS = "pixels, 16 x 16"
SHARE = 0.05
SEEDS = (0, 1, 2, 3, 4)
SIDE = 16


def read(folder: Path | None) -> tuple[Study, NDArray[np.int64]]:
    """Return the photographs with their labels as published."""
    if folder is not None:
        study = load_study(folder, model=_Nothing())
        return study, study.labels.astype(np.int64)
    study = load_study(PHOTOGRAPHS)
    with np.load(PHOTOGRAPHS / "truth.npz") as truth:
        known = dict(zip(truth["ids"].tolist(), truth["labels"].tolist(), strict=True))
    return study, np.unique([known[one] for one in study.ids.tolist()], return_inverse=True)[1].astype(np.int64)


class _Nothing:
    """A model that is asked for nothing but one number a picture, so that reading a folder embeds nothing."""

    fingerprint = description = "nothing"
    class_names = ("none",)

    def embed(self, inputs: object) -> NDArray[np.float32]:
        return np.zeros((len(inputs), 1), np.float32)  # type: ignore[arg-type]

    def probabilities(self, inputs: object) -> NDArray[np.float32]:
        return np.ones((len(inputs), 1), np.float32)  # type: ignore[arg-type]


def features_of(name: str, study: Study) -> tuple[NDArray[np.float32], float]:
    """Return features, and the seconds that they took, loading the network included."""
    start = time.perf_counter()
    if name == PIXELS:
        shrink = Preparation(SIDE, SIDE, (127.0,) * 3, (128.0,) * 3).resize
        pixels = [shrink(study.inputs[row]).reshape(-1) for row in range(len(study))]
        return np.stack(pixels).astype(np.float32), time.perf_counter() - start
    bare = Study.build(inputs=study.inputs, labels=study.labels, class_names=study.class_names)
    embedded, _ = with_model(bare, NamedModel(name, None, Run(device="cpu")), Run(device="cpu"))
    return np.asarray(embedded.embedding), time.perf_counter() - start


def main() -> None:
    """Measure, and keep what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, help="a folder of photographs, one folder a class")
    parser.add_argument("--dry", action="store_true", help="print only; keep no result")
    asked = parser.parse_args()
    watch = Watch(", ".join(map(str, SEEDS)))
    study, truth = read(asked.photos)
    rows: dict[str, list[Cell | None]] = {}
    for name in (*NETWORKS, PIXELS):
        features, seconds = features_of(name, study)
        precisions = []
        for seed in SEEDS:
            flipped = planted(features, truth, share=SHARE, seed=seed)
            found = explain(LabelFlips(), Study.build(embedding=features, labels=flipped.labels)).findings
            precisions.append(average_precision_score(flipped.wrong[found.ids.astype(int)], found.scores))
        mean, spread = float(np.mean(precisions)), float(np.std(precisions, ddof=1))
        rows[name] = [(mean, spread), (seconds, None), (len(study) / seconds, None)]
        print(name, rows[name], flush=True)
    table = Table(
        f"{len(study):,} photographs in {len(study.class_names)} classes, {SHARE:.0%} of the labels flipped",
        ("average precision", "seconds", "pictures a second"),
        rows,
        "Labels flipped to any other class with equal probability; ranked by the task `label_flips` with its defaults; "
        "mean and standard deviation over five seeds. The published labels are taken to be correct, although some are "
        "not. Seconds with reading the pictures and loading the network, once, on the CPU. No other network comes with "
        "its weights in a package, which an offline default needs.",
    )
    part = Part("default_features", "Features of photographs", "Which network embeds pictures when none is named.",
                (), (table,), watch.circumstances())  # fmt: skip
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
