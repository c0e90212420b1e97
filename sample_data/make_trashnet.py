"""Make the bundled study of photographs from the pictures of TrashNet.

    python sample_data/make_trashnet.py FOLDER        (holds one folder a class, as TrashNet's data do)

Real photographs, 5 % of the labels changed to another class at a recorded seed, EfficientNet-Lite0 with a linear
classifier that was trained on the labels *as given*, wrong ones included. Names and order of the pictures say nothing
about their class; the correct labels and the original names go into `truth.npz`, which nothing that ranks or trains
ever reads.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from PIL import Image

from margin_core.probe.features import reduce_features
from margin_core.probe.linear_probe import fit_probe
from margin_core.study.models.efficientnet import load_efficientnet
from margin_core.study.models.exported import KIND
from margin_core.study.probe_model.linear_fit import fit_linear

HERE = Path(__file__).resolve().parent

SEED = 22
FLIPPED = 0.05
FOLDS = 5
LONGEST_SIDE, QUALITY = 208, 76
"""Of the bundled pictures: pixels, and JPEG's quality."""
DIMENSIONS = 256
"""Leading principal components of the features that are kept."""
BATCH = 64


def originals(folder: Path) -> list[tuple[str, Path]]:
    """Return class and path of every picture, in the order of their numbers."""
    found = [(path.parent.name, path) for path in folder.glob("*/*.jpg")]
    return sorted(found, key=lambda one: (one[0], int(re.sub(r"\D", "", one[1].stem))))


def write_smaller(source: Path, target: Path) -> None:
    """Write a picture with its longest side shortened."""
    with Image.open(source) as picture:
        share = LONGEST_SIDE / max(picture.size)
        size = tuple(round(side * share) for side in picture.size)
        picture.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(
            target, "JPEG", quality=QUALITY, optimize=True, progressive=True
        )


def features_of(paths: list[Path]) -> NDArray[np.float32]:
    """Compute the features of EfficientNet-Lite0 with its ImageNet weights."""
    model = load_efficientnet(None, (), None)

    def batches() -> Iterator[NDArray[np.float32]]:
        for start in range(0, len(paths), BATCH):
            yield model.embed([np.asarray(Image.open(path)) for path in paths[start : start + BATCH]])

    return np.concatenate(list(batches()))


def make(source: Path, folder: Path) -> None:
    """Write the folder of the study."""
    found = originals(source)
    random = np.random.default_rng(SEED)
    found = [found[place] for place in random.permutation(len(found))]
    names = sorted({name for name, _ in found})
    correct = np.array([names.index(name) for name, _ in found])
    ids = np.array([f"photo-{number:04d}" for number in range(1, len(found) + 1)])
    given = correct.copy()
    rows = random.choice(len(found), round(FLIPPED * len(found)), replace=False)
    given[rows] = (correct[rows] + random.integers(1, len(names), len(rows))) % len(names)

    pictures = folder / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    paths = [pictures / f"{sample_id}.jpg" for sample_id in ids]
    for (_, original), path in zip(found, paths, strict=True):
        write_smaller(original, path)
    features = features_of(paths)
    points, usable = reduce_features(features)
    probe = fit_probe(points, usable, given, len(names), ids=ids, folds=FOLDS)
    classifier = fit_linear(features, given, len(names), ids=ids, groups=None)
    centered = features - features.mean(axis=0)
    _, _, axes = np.linalg.svd(centered, full_matrices=False)
    embedding = (centered @ axes[:DIMENSIONS].T).astype(np.float16)

    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["id", "file", "label"])
        table.writerows((one, f"pictures/{one}.jpg", names[label]) for one, label in zip(ids, given, strict=True))
    np.savez(folder / "outputs.npz", ids=ids, embedding=embedding, probabilities=probe.probabilities.dense())
    np.savez(
        folder / "truth.npz", ids=ids, labels=correct, class_names=np.array(names),
        originals=np.array([original.name for _, original in found]),
    )  # fmt: skip
    facts = {
        KIND: "efficientnet-lite0-classifier",
        "class_names": json.dumps(names),
        "description": "EfficientNet-Lite0 with a linear classifier",
    }
    weights = {name: classifier[name] for name in ("weights", "bias")}
    (folder / "classifier.safetensors").write_bytes(safetensors.numpy.save(weights, facts))
    settings = {
        "name": "TrashNet",
        "source": "labels.csv",
        "outputs": "outputs.npz",
        "model": "classifier.safetensors",
        "features": f"{DIMENSIONS} principal components of the features of EfficientNet-Lite0 (ImageNet)",
        "truth": "truth.npz",
    }
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in settings.items()]
    (folder / "study.toml").write_text("".join(lines), encoding="utf-8")
    right = float((probe.probabilities.argmax() == correct).mean())
    print(f"{len(found):,} pictures, {len(rows):,} labels changed, out-of-sample accuracy {right:.1%}")
    for what, values in {"ids": ids, "labels, correct": correct, "labels, as given": given}.items():
        print(f"{what}: {sha256(np.ascontiguousarray(values).tobytes()).hexdigest()}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="folder with one folder a class")
    parser.add_argument("--out", type=Path, default=HERE / "trashnet")
    arguments = parser.parse_args()
    make(arguments.source, arguments.out)


if __name__ == "__main__":
    main()
