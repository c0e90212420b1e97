"""Make a bundled study from its source, the same every time.

    python sample_data/make.py digits
    python sample_data/make.py fashion        (needs Debian's package dataset-fashion-mnist)

Real pictures, 6 % of the labels changed to another class at a recorded seed, and a small network trained on
the labels *as given*, wrong ones included. The correct labels go into a file of their own, `truth.npz`,
which nothing that ranks or trains ever reads.
"""

from __future__ import annotations

import os

# As little as possible that depends on the machine: one thread, and code paths that most processors have. It brings two
# processors closer, and still they may differ in the last bits of a sum, which training makes larger. Whoever asks for
# something else gets it. All of this is read once, when the libraries load.
os.environ |= {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MKL_CBWR": "COMPATIBLE",
    "ATEN_CPU_CAPABILITY": "avx2",
    "OPENBLAS_NUM_THREADS": "1",
} | os.environ

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import safetensors.torch
import sklearn
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn import functional

from margin_core.study.models.preparation import Preparation
from margin_core.study.models.small_cnn import SmallCnn, small_cnn_preparation

HERE = Path(__file__).resolve().parent
FASHION_FOLDER = Path("/usr/share/datasets/fashion-mnist")

FLIPPED = 0.06
"""Share of the labels that is changed."""

FOLDS = 5
BATCH = 128


@dataclass(frozen=True)
class Source:
    """Pictures with correct labels, before anything is changed."""

    inputs: NDArray[np.uint8]
    labels: NDArray[np.int64]
    ids: NDArray[np.str_]
    class_names: tuple[str, ...]


@dataclass(frozen=True)
class Training:
    """How the network is trained.

    Attributes
    ----------
    smoothing : float
        Label smoothing; it keeps the network from being sure of any single label, and so from learning the wrong ones
        by heart.
    shift : int
        Pictures are moved by up to so many pixels in each direction.
    mirror : bool
        Whether half of the pictures are mirrored.
    """

    channels: tuple[int, int]
    hidden: int
    dropout: float
    epochs: int
    rate: float
    weight_decay: float
    smoothing: float
    shift: int
    mirror: bool


@dataclass(frozen=True)
class Plan:
    """One bundled study."""

    title: str
    note: str
    seed: int
    training: Training
    read: Callable[[int], Source]
    origin: str
    license: str


def read_digits(seed: int) -> Source:
    """Read the 1,797 digits of 8 x 8 pixels that come with scikit-learn."""
    digits = load_digits()
    return Source(
        inputs=np.rint(digits.images * (255 / 16)).astype(np.uint8),
        labels=digits.target.astype(np.int64),
        ids=np.array([f"digit-{number:04d}" for number in range(len(digits.target))]),
        class_names=tuple(str(name) for name in digits.target_names),
    )


def read_fashion(seed: int) -> Source:
    """Read 400 training pictures of each of the ten classes, chosen at random, in the order of the source."""
    if not FASHION_FOLDER.is_dir():
        sys.exit(
            f"There is no folder {FASHION_FOLDER}. The study 'fashion' is made from Debian's package "
            "dataset-fashion-mnist; install it: apt-get install dataset-fashion-mnist"
        )
    pictures = _idx("train-images-idx3-ubyte.gz", header=16).reshape(-1, 28, 28)
    labels = _idx("train-labels-idx1-ubyte.gz", header=8).astype(np.int64)
    random = np.random.default_rng(seed)
    chosen = [random.choice(np.flatnonzero(labels == number), 400, replace=False) for number in range(10)]
    rows = np.sort(np.concatenate(chosen))
    return Source(
        inputs=pictures[rows],
        labels=labels[rows],
        ids=np.array([f"train-{row:05d}" for row in rows]),
        class_names=(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
        ),
    )  # fmt: skip


def _idx(name: str, header: int) -> NDArray[np.uint8]:
    return np.frombuffer(gzip.decompress((FASHION_FOLDER / name).read_bytes()), np.uint8, offset=header)


def flip(labels: NDArray[np.int64], classes: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Change a share of the labels, each to one of the other classes with equal probability."""
    rows = random.choice(len(labels), round(FLIPPED * len(labels)), replace=False)
    given = labels.copy()
    given[rows] = (labels[rows] + random.integers(1, classes, len(rows))) % classes
    return given


def flips_and_folds(labels: NDArray[np.int64], classes: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw the labels that are given, and the fifth that each sample is predicted with."""
    random = np.random.default_rng((seed, 1))
    given = flip(labels, classes, random)
    return given, random.permutation(len(given)) % FOLDS


def train(pictures: Tensor, labels: Tensor, classes: int, plan: Training, seed: int) -> SmallCnn:
    """Train one network: AdamW, one rise and fall of the learning rate, shifted (and mirrored) pictures."""
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    network = SmallCnn(*pictures.shape[2:], classes, channels=plan.channels, hidden=plan.hidden, dropout=plan.dropout)
    steps = len(pictures) // BATCH
    optimizer = torch.optim.AdamW(network.parameters(), lr=plan.rate, weight_decay=plan.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.rate, total_steps=plan.epochs * steps)
    network.train()
    for _ in range(plan.epochs):
        order = torch.randperm(len(pictures), generator=random)
        for rows in order[: steps * BATCH].split(BATCH):
            batch = shifted(pictures[rows], plan.shift, random)
            if plan.mirror:
                mirrored = torch.rand(len(batch), 1, 1, 1, generator=random) < 0.5
                batch = torch.where(mirrored, batch.flip(3), batch)
            loss = functional.cross_entropy(network(batch), labels[rows], label_smoothing=plan.smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return network.eval()


def shifted(pictures: Tensor, reach: int, random: torch.Generator) -> Tensor:
    """Move each picture by up to `reach` pixels each way, over black."""
    count, _, height, width = pictures.shape
    padded = functional.pad(pictures, (reach,) * 4)[:, 0]
    down, right = (torch.randint(2 * reach + 1, (count, 1, 1), generator=random) for _ in range(2))
    rows = down + torch.arange(height)[None, :, None]
    columns = right + torch.arange(width)[None, None, :]
    return padded[torch.arange(count)[:, None, None], rows, columns][:, None]


def cross_validated(
    pictures: Tensor, labels: Tensor, classes: int, plan: Training, seed: int, fold: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Predict every sample by a network that was trained without it."""
    probabilities = np.zeros((len(labels), classes), np.float32)
    for number in range(FOLDS):
        inside = fold != number
        network = train(pictures[inside], labels[inside], classes, plan, seed + number)
        with torch.inference_mode():
            probabilities[~inside] = network(pictures[~inside]).softmax(1).numpy()
    return probabilities


def make(name: str, plan: Plan, folder: Path) -> None:
    """Write the folder of one study."""
    folder.mkdir(parents=True, exist_ok=True)
    source = plan.read(plan.seed)
    classes = len(source.class_names)
    given, fold = flips_and_folds(source.labels, classes, plan.seed)
    prepare: Preparation = small_cnn_preparation(*source.inputs.shape[1:])
    pictures, labels = prepare(source.inputs), torch.from_numpy(given)
    probabilities = cross_validated(pictures, labels, classes, plan.training, plan.seed, fold)
    network = train(pictures, labels, classes, plan.training, plan.seed + FOLDS)

    weights = folder / "model.safetensors"
    # A single entry, because the order of several is not fixed.
    facts = {"class_names": json.dumps(source.class_names)}
    weights.write_bytes(safetensors.torch.save(network.state_dict(), facts))
    with torch.inference_mode():
        embedding = network.hidden(network.maps(pictures)).numpy()
    _save(
        folder / "study.npz", inputs=source.inputs, labels=given, class_names=np.array(source.class_names),
        ids=source.ids, embedding=embedding, probabilities=probabilities,
    )  # fmt: skip
    _save(folder / "truth.npz", ids=source.ids, labels=source.labels, class_names=np.array(source.class_names))
    settings = {
        "name": plan.title,
        "source": "study.npz",
        "model": "small_cnn:model.safetensors",
        "features": f"the {plan.training.hidden} hidden units of a small CNN trained on the labels as given",
        "truth": "truth.npz",
    }
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in settings.items()]
    (folder / "study.toml").write_text("".join(lines), encoding="utf-8")
    (folder / "README.md").write_text(
        readme(name, plan, source, given, fold, probabilities.argmax(1), checksums(folder)), encoding="utf-8"
    )


def _save(path: Path, **arrays: NDArray[np.generic]) -> None:
    np.savez(path, allow_pickle=False, **arrays)


def checksums(folder: Path) -> dict[str, str]:
    """Hash the files that hold numbers."""
    return {name: sha256((folder / name).read_bytes()).hexdigest() for name in
            ("study.npz", "model.safetensors", "truth.npz")}  # fmt: skip


def exact(source: Source, given: NDArray[np.int64], fold: NDArray[np.int64]) -> dict[str, str]:
    """Hash what no processor rounds: what was read, and what was drawn at the seed."""
    drawn = {
        "inputs": source.inputs, "ids": source.ids, "labels, correct": source.labels, "labels, as given": given,
        "fifths": fold,
    }  # fmt: skip
    return {name: sha256(np.ascontiguousarray(values).tobytes()).hexdigest() for name, values in drawn.items()}


def readme(
    name: str,
    plan: Plan,
    source: Source,
    given: NDArray[np.int64],
    fold: NDArray[np.int64],
    predicted: NDArray[np.int64],
    sums: Mapping[str, str],
) -> str:
    """Describe a study: where it is from, how it was made, and how to tell that it is unchanged."""
    count, height, width = source.inputs.shape
    flips = int((given != source.labels).sum())
    training = plan.training
    moves = f"moved by up to {training.shift} pixel" + (" and mirrored" if training.mirror else "")
    table, values = (
        "\n".join(f"| `{what}` | `{digest}` |" for what, digest in rows.items())
        for rows in (sums, exact(source, given, fold))
    )
    return f"""# {plan.title}

{plan.note}

- Source: {plan.origin}
- License: {plan.license}; see `LICENSE`. What was computed from it here is under the license of this repository.

## What is here

| file | content |
|---|---|
| `study.npz` | `inputs` uint8 ({count}, {height}, {width}), `labels` as given, `class_names`, `ids`, \
`embedding` ({count}, {training.hidden}), `probabilities` ({count}, {len(source.class_names)}) |
| `model.safetensors` | the network (`small_cnn`), trained on all samples with the labels as given |
| `truth.npz` | the correct `labels`; only tests, benchmarks and the page "Benchmark" read it |
| `study.toml` | what belongs together |

## How it was made

`python sample_data/make.py {name}`, seed {plan.seed}, Python {sys.version_info.major}.{sys.version_info.minor}, \
NumPy {np.__version__}, scikit-learn {sklearn.__version__}, torch {torch.__version__.partition("+")[0]}.

1. {flips} of {count} labels ({flips / count:.1%}) were changed, each to one of the other classes with equal \
probability.
2. A small convolutional network ({training.channels[0]} and {training.channels[1]} channels, {training.hidden} \
hidden units, dropout {training.dropout:g}) was trained on the labels as given: {training.epochs} epochs of AdamW \
(weight decay {training.weight_decay:g}), label smoothing {training.smoothing:g}, pictures {moves}.
3. `probabilities` are out of sample: {FOLDS} networks, each asked only about the fifth that it was not trained on. \
They name the correct class of {(predicted == source.labels).mean():.1%} of the samples.
4. `embedding` is the hidden layer (after ReLU) of the network in `model.safetensors`, which was trained on everything.

## What comes out the same

With these versions, on every machine, to the bit:

| values | SHA-256 |
|---|---|
{values}

What was trained (`embedding`, `probabilities`, the network) does the same everywhere, but its last digits depend on the
processor: `sample_data/README.md` says how near it comes. The files as they lie here:

| file | SHA-256 |
|---|---|
{table}
"""


PLANS = {
    "digits": Plan(
        title="Digits",
        note="1,797 handwritten digits of 8 x 8 pixels, 6 % of them with a wrong label.",
        seed=20,
        training=Training(
            channels=(32, 64),
            hidden=64,
            dropout=0.2,
            epochs=25,
            rate=5e-3,
            weight_decay=1e-2,
            smoothing=0.1,
            shift=1,
            mirror=False,
        ),
        read=read_digits,
        origin="`sklearn.datasets.load_digits`, a copy of the test set of E. Alpaydin and C. Kaynak, *Optical "
        "Recognition of Handwritten Digits*, UCI Machine Learning Repository, 1998, "
        "https://doi.org/10.24432/C50P49. Its values 0 to 16 became pixels 0 to 255",
        license="BSD-3-Clause (scikit-learn) and CC BY 4.0 (UCI)",
    ),
    "fashion": Plan(
        title="Fashion",
        note="4,000 pictures of clothes and shoes, 28 x 28 pixels, 400 of each of ten kinds, 6 % with a wrong label.",
        seed=21,
        training=Training(
            channels=(32, 64),
            hidden=64,
            dropout=0.3,
            epochs=15,
            rate=5e-3,
            weight_decay=1e-2,
            smoothing=0.1,
            shift=1,
            mirror=True,
        ),
        read=read_fashion,
        origin="Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, 2017), training set, "
        "https://github.com/zalandoresearch/fashion-mnist; an id gives the row there",
        license="MIT",
    ),
}


def main() -> None:
    """Make the study that the command line names."""
    parser = argparse.ArgumentParser(description="Make a bundled study from its source.")
    parser.add_argument("study", choices=sorted(PLANS))
    parser.add_argument("--out", type=Path, help="folder to write; default: the study's own, beside this script")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    # oneDNN and NNPACK choose their order of summation by the processor and its caches.
    torch.backends.mkldnn.set_flags(False)
    torch.backends.nnpack.set_flags(False)
    make(asked.study, PLANS[asked.study], asked.out or HERE / asked.study)


if __name__ == "__main__":
    main()
