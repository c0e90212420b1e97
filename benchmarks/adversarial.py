"""Case study V of the paper: how well statistics on a graph tell attacked from clean samples, on the paper's network.

Fashion-MNIST (28 x 28) and USPS (16 x 16, an npz named by ``--usps``; left out without it). For every seed a network is
trained, attacked in four ways, and the area under the ROC curve is measured for every score of `AdversarialStatistics`.
Trained networks and attacked batches are kept in ``--folder``, so a run can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from data import fashion_pictures
from many_classes import calibration_loop
from numpy.typing import NDArray
from pages import keep
from record import Cell, Line, Part, Table, Watch, plain
from sklearn.metrics import roc_auc_score
from torch import nn

from margin_core import Explanation, Study, explain, load_study
from margin_core.function.kernel import estimate_gamma
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study.models.preparation import Preparation
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks import AdversarialStatistics, Prototypes
from margin_core.tasks.adversarial.comparison import SHARES, compare_criticisms, measure_overlap

BUNDLED = Path(__file__).resolve().parents[1] / "sample_data" / "fashion"
EPOCHS, BATCH, RATE = 30, 128, 0.1
FILTERED = {"raw": "raw", "text_filter": "text", "appendix_filter": "appendix", "low_pass": "low-pass"}
SIGNALS = {
    "kde": "KDE",
    "negative_log_kde": "-log KDE",
    "mmd": "MMD V2",
    "mmd, wide": "MMD V2, kernel by all pairs",
    "mmd, narrow": "MMD V2, kernel by neighbors",
}
ALONE = {"lid": "LID", "mahalanobis": "Mahalanobis", "energy": "energy"}
PRINTED = AdversarialStatistics.as_printed()
ATTACKS: dict[str, dict[str, Any]] = {
    "FGSM .275": {"attack": "fgsm", "eps": 0.275, "samples": 1000},
    "FGSM .1": {"attack": "fgsm", "eps": 0.1, "samples": 1000},
    "PGD .1": {"attack": "pgd", "eps": 0.1, "steps": 40, "samples": 1000},
    "CW-L2": {"attack": "carlini_wagner", "steps": 200, "searches": 2, "samples": 400},
}
"""Attacks and their strengths: FGSM .275 is that of the code that the paper refers to."""

DATA = {"fashion": "Fashion-MNIST", "usps": "USPS"}
RUNS = 3
KEPT = "networks and attacked batches that an earlier run had left in --folder were not made again"
TIMED: dict[str, dict[str, Any]] = {
    "FGSM": {"attack": "fgsm", "samples": 1000},
    "CW-L2": {"attack": "carlini_wagner", "samples": 200},
}

Found = dict[str, float]
"""By ``attack / signal / score``."""


class PaperNetwork(nn.Module):
    """The network of Carlini and Wagner (2017a) for digits: three convolutions, a hidden layer of 32 units."""

    def __init__(self, side: int) -> None:
        super().__init__()
        cells = ((side + 1) // 2 - 1) // 2 - 2
        self.maps = nn.Sequential(
            nn.Conv2d(1, 64, 5, stride=2, padding=2), nn.ReLU(), nn.Conv2d(64, 64, 3, stride=2), nn.ReLU(),
            nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten(),
        )  # fmt: skip
        self.hidden = nn.Sequential(nn.Linear(64 * cells**2, 32), nn.ReLU(), nn.Dropout(0.5))
        self.classes = nn.Linear(32, 10)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Compute the logits of pictures (b, 1, side, side) in [-.5, .5]."""
        logits: torch.Tensor = self.classes(self.hidden(self.maps(pictures)))
        return logits


def train(pictures: NDArray[np.uint8], labels: NDArray[np.int64], seed: int) -> PaperNetwork:
    """Train the paper's network: SGD, momentum .9, the rate falling to a thousandth in 30 epochs."""
    torch.manual_seed(seed)
    network = PaperNetwork(pictures.shape[1])
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):  # as Keras initializes
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    x = torch.from_numpy(pictures[:, None].astype(np.float32) / 255 - 0.5)
    y = torch.from_numpy(labels)
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE, momentum=0.9, nesterov=True)
    for epoch in range(EPOCHS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * 0.5 ** (10 * epoch / EPOCHS)
        order = torch.randperm(len(x))
        for start in range(0, len(x), BATCH):
            rows = order[start : start + BATCH]
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(x[rows]), y[rows]).backward()
            optimizer.step()
    return network.eval()


def trained(pictures: NDArray[np.uint8], labels: NDArray[np.int64], seed: int, path: Path) -> PaperNetwork:
    """Load a network that was trained before, or train it."""
    if path.is_file():
        network = PaperNetwork(pictures.shape[1])
        network.load_state_dict(torch.load(path, weights_only=True))
        return network.eval()
    network = train(pictures, labels, seed)
    torch.save(network.state_dict(), path)
    return network


def study_of(
    name: str,
    data: tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]],
    network: PaperNetwork,
) -> tuple[Study, float]:
    """Build a study of training and test samples, and measure the accuracy on the latter."""
    pictures, labels, test, test_labels = data
    side = pictures.shape[1]
    model = TorchModel.of(
        network, Preparation(side, side, (127.5,), (255.0,)), architecture="paper", description="the paper's network"
    )  # fmt: skip
    split = np.repeat(["train", "test"], [len(pictures), len(test)])
    study = Study.build(
        name=name, inputs=np.concatenate([pictures, test]), labels=np.concatenate([labels, test_labels]), model=model,
        columns={"split": split},
    )  # fmt: skip
    return study, float((model.probabilities(test).argmax(axis=1) == test_labels).mean())


def areas(explanation: Explanation, names: Sequence[str]) -> Found:
    """Measure the area under the ROC curve of some scores."""
    found = explanation.findings
    attacked = found.roles == "attacked"
    return {name: float(roc_auc_score(attacked, found.evidence[name])) for name in names}


def measure(study: Study, engine: Workspace) -> Found:
    """Attack a study in every way, and measure every score."""
    out: Found = {}
    for attack, parameters in ATTACKS.items():
        width_of_neighborhoods = 0.0
        for signal in SIGNALS:
            name, _, width = signal.partition(", ")
            gammas = {"": PRINTED.gamma, "wide": 0.0, "narrow": width_of_neighborhoods}
            task = PRINTED.with_parameters({**parameters, "signal": name, "gamma": gammas[width]})
            explanation = explain(task, study, engine=engine)
            width_of_neighborhoods = estimate_gamma(
                explanation.domain.points, explanation.graph.neighbours, explanation.domain.ids
            )
            for score, area in areas(explanation, tuple(FILTERED)).items():
                out[f"{attack} / {signal} / {score}"] = area
            if signal == "kde":
                out |= {f"{attack} / {key}": value for key, value in criticisms(explanation).items()}
            if signal in ("kde", "mmd") and attack == next(iter(ATTACKS)):
                found = task.prevalence(study, Run(engine))
                for score, drawn in found.areas.items():
                    means = drawn.mean(axis=1)
                    out |= {
                        f"prevalence / {signal} / {score} / {share:g}": float(mean)
                        for share, mean in zip(SHARES, means, strict=True)
                    }
        for score, area in areas(explanation, tuple(ALONE)).items():
            out[f"{attack} / alone / {score}"] = area
        evidence = explanation.findings.evidence
        attacked = evidence["attacked"]
        out[f"{attack} / changed"] = 1 - float(evidence["unchanged"][0] / evidence["tried"][0])
        out[f"{attack} / changed in 8 bits"] = float(evidence["changed_8bit"][attacked].mean())
        out[f"{attack} / length"] = float(np.median(evidence["distance_2"][attacked]))
    return out


def criticisms(explanation: Explanation) -> Found:
    """Compare how many clean samples in the overlap of the density are criticisms with how many others are."""
    evidence, rows = explanation.findings.evidence, explanation.nodes
    overlap = measure_overlap(evidence["raw"], evidence["attacked"])
    clean = ~evidence["attacked"]
    study = Study.build(
        ids=evidence["sample"][clean], embedding=explanation.domain.points[rows[clean]],
        labels=evidence["class"][clean],
    )  # fmt: skip
    tenth = int(clean.sum()) // 10
    found = explain(Prototypes(prototypes=tenth, criticisms=tenth), study).findings
    compared = compare_criticisms(evidence["sample"][overlap.looks_attacked], study.ids, found)
    return {
        "overlap": overlap.share,
        "criticisms in it": compared.marked_inside / max(compared.inside, 1),
        "criticisms outside": compared.marked_outside / max(compared.outside, 1),
        "difference, low": compared.low,
        "difference, high": compared.high,
        "odds ratio": compared.odds_ratio,
    }


def clothes(training: int) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    """Load the first training pictures of Fashion-MNIST, and its 10,000 test pictures."""
    found = fashion_pictures()
    return found.pixels[:training], found.labels[:training], found.pixels[60_000:], found.labels[60_000:]


def usps(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    """Load USPS, 7,291 training and 2,007 test digits of 16 x 16, from values between -1,000 and 1,000."""
    with np.load(path, allow_pickle=False) as data:
        parts = [data[name] for name in ("X_train", "y_train", "X_test", "y_test")]
    pictures = [np.rint((one.astype(np.float64) + 1000) / 2000 * 255).astype(np.uint8) for one in parts[::2]]
    return pictures[0], parts[1].astype(np.int64), pictures[1], parts[3].astype(np.int64)


def timed(name: str) -> None:
    """Run one task on the bundled study from its opening to its findings, and print the seconds."""
    start = time.perf_counter()
    found = explain(AdversarialStatistics().with_parameters(TIMED[name]), load_study(BUNDLED)).findings
    attacked = int((found.roles == "attacked").sum())
    print(json.dumps({"seconds": time.perf_counter() - start, "attacked": attacked}))


def times() -> list[Line]:
    """Measure wall times in processes of their own, three times each, beside a fixed work of the machine."""
    lines = []
    for name, target in (("FGSM", 60.0), ("CW-L2", 120.0)):
        seconds, loops = [], []
        for _ in range(RUNS):
            command = [sys.executable, __file__, "--here", name]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds.append(json.loads(done.stdout.splitlines()[-1])["seconds"])
            loops.append(calibration_loop())
        n = TIMED[name]["samples"]
        lines.append(
            Line.of(
                f"{name} on {n:,} samples of the bundled study `fashion`", seconds, "s",
                "opening the study, choosing samples, attack, graph, all scores, after imports; a process of its own "
                "on one thread of torch and BLAS, nothing stored before. Calibration loop: "
                f"{np.median(loops):.1f} s.",
                target=target,
            )
        )  # fmt: skip
    return lines


def over_seeds(found: Mapping[str, Found], data: str, key: str) -> Cell | None:
    """Return mean and standard deviation of a figure over the networks of a data set."""
    values = [one[key] for name, one in found.items() if name.startswith(f"{data} ")]
    if not values:
        return None
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else None


def gains(found: Mapping[str, Found], data: str) -> list[Line]:
    """Return how much the filter of the appendix adds to a raw statistic, beside what was promised."""
    networks = sum(one.startswith(f"{data} ") for one in found)

    def gain(what: str, key: str, meaning: str, target: float) -> Line:
        ends = [over_seeds(found, data, f"FGSM .275 / {key} / {name}") for name in ("raw", "appendix_filter")]
        difference = ends[1][0] - ends[0][0]  # type: ignore[index]
        return Line(f"{DATA[data]}: {what}", difference, "", meaning, networks, target=target, at_least=True)

    words = "area under the ROC curve by the filter of the paper's appendix minus that of the raw statistic, FGSM .275"
    return [
        gain("MMD, what the graph adds", "mmd", f"{words}, kernel 1/100 as in the code the paper refers to", 0.05),
        gain("MMD with a narrow kernel, what the graph adds", "mmd, narrow",
             f"{words}, kernel as wide as the distance to the 30th neighbor", 0.05),
        gain("KDE, what the graph adds", "kde", words, 0.0),
    ]  # fmt: skip


def tables(found: Mapping[str, Found], data: str) -> list[Table]:
    """Make the tables of a data set."""
    name = DATA[data]
    n = sum(one.startswith(f"{data} ") for one in found)
    rows: dict[str, list[Cell | None]] = {
        f"{attack}: {words}": [over_seeds(found, data, f"{attack} / {signal} / {score}") for score in FILTERED]
        for attack in ATTACKS
        for signal, words in SIGNALS.items()
    }
    alone = {
        attack: [over_seeds(found, data, f"{attack} / alone / {score}") for score in ALONE]
        + [over_seeds(found, data, f"{attack} / {key}") for key in ("changed", "changed in 8 bits", "length")]
        for attack in ATTACKS
    }
    keys = ("overlap", "criticisms in it", "criticisms outside", "difference, low", "difference, high", "odds ratio")
    overlaps = {attack: [over_seeds(found, data, f"{attack} / {key}") for key in keys] for attack in ATTACKS}
    shares = {
        f"{SIGNALS[signal]}: {words}": [
            over_seeds(found, data, f"prevalence / {signal} / {score} / {share:g}") for share in SHARES
        ]
        for signal in ("kde", "mmd")
        for score, words in FILTERED.items()
    }
    spread = f"mean ± standard deviation over {n} networks"
    return [
        Table(
            f"{name}: area under the ROC curve, with and without the graph", tuple(FILTERED.values()), rows,
            f"{spread}; larger = attacked samples stand out more, .5 = not at all. Directions are stated beforehand: "
            "KDE and MMD count downward, -log KDE and the magnitude of the text's high-pass filter upward, so that "
            "figures below .5 mean the opposite of what was stated.",
        ),
        Table(
            f"{name}: scores without a graph, and what the attacks did",
            (*ALONE.values(), "class changed", "also in 8 bits", "median length"), alone,
            f"{spread}. Class changed: share of the samples attacked; also in 8 bits: share of those whose class stays "
            "changed when pixels are rounded; length: Euclidean, pixels from 0 to 1.",
        ),
        Table(
            f"{name}: are clean samples in the overlap criticisms?",
            ("overlap", "criticisms in it", "criticisms outside", "difference, low", "difference, high", "odds ratio"),
            overlaps,
            f"{spread}. Overlap: of both histograms. The score is the raw kernel density; a clean sample is in the "
            "overlap where it scores at least as high as the score that separates best. A tenth of the clean samples "
            "are criticisms. The ends are those of the 95 % interval of the difference, averaged.",
        ),
        Table(
            f"{name}: area under the ROC curve when fewer samples are attacked (FGSM .275)",
            tuple(f"{share:.0%}" for share in SHARES), shares,
            f"{spread}, each the mean of ten batches with as many attacked samples at random; graph, signal and scores "
            "are computed anew for every batch.",
        ),
    ]  # fmt: skip


def main() -> None:
    """Measure, and keep what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--usps", type=Path, help="npz of USPS: X_train, y_train, X_test, y_test")
    parser.add_argument("--seeds", type=int, default=5, help="networks of each data set")
    parser.add_argument(
        "--fashion-seeds", type=int, default=3, help="networks of Fashion-MNIST at most: they take longest"
    )
    parser.add_argument("--training", type=int, default=10_000, help="training samples of Fashion-MNIST")
    parser.add_argument("--folder", type=Path, help="where networks and steps are kept; default: nowhere")
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    parser.add_argument("--here", choices=tuple(TIMED), help="time one task in this process, print JSON")
    asked = parser.parse_args()
    if asked.here:
        timed(asked.here)
        return
    watch = Watch(f"0 to {asked.seeds - 1}, of Fashion-MNIST {min(asked.seeds, asked.fashion_seeds)} of them")
    lines = times()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        found = measure_all(asked, folder)
    names = [name for name in DATA if any(one.startswith(name) for one in found)]
    accuracies = ", ".join(
        f"{DATA[name]} {cell[0]:.3f}" for name in names if (cell := over_seeds(found, name, "accuracy"))
    )
    part = Part(
        "adversarial", "Adversarial statistics",
        "Case study V of the paper, on its network (three convolutions, 32 hidden units): 1,000 test samples that the "
        "network classifies rightly and their attacked copies (400 for CW-L2), graph of 30 nearest neighbors in the "
        "hidden layer, reference of 5,000 training samples. Kernels and the strength of FGSM .275 are those of "
        f"the code that the paper refers to. Networks are trained on 7,291 digits of USPS or {asked.training:,} "
        f"pictures of Fashion-MNIST; test accuracy: {accuracies}."
        + ("" if "usps" in names else " Left out: USPS (no --usps)."),
        (*lines, *(line for name in names for line in gains(found, name))),
        tuple(table for name in names for table in tables(found, name)),
        watch.circumstances() | ({"kept": KEPT} if asked.folder else {}),
    )  # fmt: skip
    print(plain(part))
    if not asked.dry:
        keep(part)


def measure_all(asked: argparse.Namespace, folder: Path) -> dict[str, Found]:
    """Train and attack every network; networks and batches that the folder holds are taken from there."""
    data = {"fashion": clothes(asked.training)} | ({"usps": usps(asked.usps)} if asked.usps else {})
    found: dict[str, Found] = {}
    for name, parts in data.items():
        for seed in range(min(asked.seeds, asked.fashion_seeds) if name == "fashion" else asked.seeds):
            network = trained(parts[0], parts[1], seed, folder / f"{name}-{seed}.pt")
            study, accuracy = study_of(name, parts, network)
            workspace = Workspace.at(folder / f"{name}-{seed}.margin")
            found[f"{name} {seed}"] = {"accuracy": accuracy, **measure(study, workspace)}
            print(f"{name}, network {seed}: accuracy {accuracy:.4f}", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    main()
