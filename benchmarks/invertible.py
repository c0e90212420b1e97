"""Explanations by invertible networks: what the paper promises, its toy figure, and how far the projection lies.

Moons as in the authors' code (noise 0.2, 1,000 points, 40 % held out, random states 0 and 42); their network of six
blocks 1-4-1 with and without the final ReLU, trained their way, beside the one of this project. Then the bundled
pictures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from pages import keep
from record import Line, Part, Table, Watch, plain
from sklearn.datasets import load_breast_cancer, make_moons
from sklearn.model_selection import train_test_split
from torch import Tensor, nn

from margin_core import Study
from margin_core.study import open_source
from margin_core.tasks.invertible import Surrogate, compute_counterfactual_path, fit_surrogate
from margin_core.tasks.invertible.attribution import first_order, integrated_gradients
from margin_core.tasks.invertible.layers import AdditiveCoupling, InvertibleLayer
from margin_core.tasks.invertible.nearest_boundary import find_nearest_boundary_point
from margin_core.tasks.invertible.network import InvertibleClassifier
from margin_core.tasks.invertible.projection import decode_path, hyperplane, margin_function
from margin_core.values.number_table import NumberTable

HERE = Path(__file__).resolve().parent
BUNDLED = HERE.parent / "sample_data"
PLOT = HERE.parent / "docs" / "benchmarks" / "invertible.png"
SEEDS = (0, 1, 2)
PATHS = 50
"""Held-out samples whose paths are computed, for each network."""

OWN = {"steps": 600, "couplings": 4}
"""Two numbers have one size only, so all depth lies there."""

OURS = "this project's couplings"
BENT = "the same, allowed to bend (straightness 0)"
RELEASED = "the paper's released block (final ReLU)"
WITHOUT = "the same block without its final ReLU"


class Released(nn.Module):
    """The network of the authors' code: six couplings of two numbers, each F and G 1-4-1, and a linear layer."""

    def __init__(self, *, final: bool, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)

        def inner() -> nn.Sequential:
            layers = [nn.Linear(1, 4), nn.ReLU(), nn.Linear(4, 1), *([nn.ReLU()] if final else [])]
            return nn.Sequential(*layers)

        self.map = nn.ModuleList(AdditiveCoupling(inner(), inner(), 1) for _ in range(6))
        self.head = nn.Linear(2, 2)

    def encode(self, inputs: Tensor) -> Tensor:
        """Return z of inputs."""
        for layer in self.map:
            inputs = layer(inputs)
        return inputs

    def decode(self, z: Tensor) -> Tensor:
        """Return the inputs of z."""
        steps: list[InvertibleLayer] = list(self.map)[::-1]  # type: ignore[arg-type]
        for layer in steps:
            z = layer.inverse(z)
        return z

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the logits of inputs."""
        logits: Tensor = self.head(self.encode(inputs))
        return logits


@dataclass(frozen=True)
class Moons:
    """Two half circles that reach into each other."""

    trained: NDArray[np.float32]
    trained_labels: NDArray[np.int64]
    held: NDArray[np.float32]
    held_labels: NDArray[np.int64]

    @classmethod
    def drawn(cls) -> Moons:
        """Draw them as the authors do."""
        points, labels = make_moons(1000, noise=0.2, random_state=0)
        trained, held, trained_labels, held_labels = train_test_split(points, labels, test_size=0.4, random_state=42)
        return cls(trained.astype(np.float32), trained_labels, held.astype(np.float32), held_labels)


def train_released(moons: Moons, *, final: bool, seed: int) -> Released:
    """Train as the authors do: SGD at 0.1 with momentum 0.9, 60 epochs in batches of 128, slower from 20 and 40 on."""
    network = Released(final=final, seed=seed)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [20, 40], gamma=0.1)
    points, labels = torch.from_numpy(moons.trained), torch.from_numpy(moons.trained_labels)
    for _ in range(60):
        for rows in torch.randperm(len(points)).split(128):
            loss = nn.functional.cross_entropy(network(points[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()
    return network.eval()


@dataclass(frozen=True)
class Found:
    """What was measured on one network, over the held-out samples whose paths were computed."""

    accuracy: float
    reconstruction: float
    residual: float
    ratio: float
    first_order: float
    integrated: float
    flips: float


def look(network: Released, moons: Moons) -> Found:
    """Measure the authors' network; inversion in single precision as they do, the rest in double."""
    held = torch.from_numpy(moons.held)
    with torch.no_grad():
        accuracy = float((network(held).argmax(dim=1).numpy() == moons.held_labels).mean())
        single = float((network.decode(network.encode(held)) - held).abs().max())
    network.double()
    rows = [measured(network, held[row : row + 1].double()) for row in range(PATHS)]  # type: ignore[arg-type]
    return summed_up(accuracy, single, rows)


def measured(network: InvertibleClassifier, x: Tensor) -> tuple[float, ...]:
    """Carry one sample across the boundary of classes 0 and 1."""
    projection = decode_path(network, x, (0, 1), torch.ones(1, dtype=x.dtype))
    margin = margin_function(network, (0, 1))
    m = float(margin(x)[0][0])
    past = float(margin(decode_path(network, x, (0, 1), torch.tensor([1.01], dtype=x.dtype)))[0][0])
    closest = float((find_nearest_boundary_point(margin, x) - x).norm())
    return (
        float(margin(projection)[0].abs()[0]),
        float((x - projection).norm()) / closest,
        first_order(margin, x, projection).gap,
        integrated_gradients(margin, x, projection).gap,
        float(m * past < 0),
    )


def summed_up(accuracy: float, reconstruction: float, rows: list[tuple[float, ...]]) -> Found:
    residual, ratio, taylor, integrated, flips = np.array(rows).T
    return Found(
        accuracy, reconstruction, float(residual.max()), float(np.nanmedian(ratio)), float(np.median(taylor)),
        float(integrated.max()), float(flips.mean()),
    )  # fmt: skip


def look_at_own(study: Study, recipe: Surrogate, *, clean: NDArray[np.int64] | None = None) -> tuple[Found, float]:
    """Measure this project's network on held-out samples of a study; give the seconds of training too."""
    start = time.process_time()
    trained = fit_surrogate(study, recipe)
    took = time.process_time() - start
    rows = np.flatnonzero(trained.held_out)
    truth = study.labels if clean is None else clean
    accuracy = float((trained.logits[rows].argmax(axis=1) == truth[rows]).mean())
    paths = [compute_counterfactual_path(study, trained, int(row), frames=4) for row in rows[:PATHS]]
    network = trained.network.float()
    with torch.no_grad():
        x = torch.from_numpy(np.stack([found.sample for found in paths])).float()
        single = float((network.decode(network.encode(x)) - x).abs().max())
    network.double()
    measures = [
        (found.residual, found.distance_ratio, found.first_order_gap, found.integrated_gap, float(found.flips))
        for found in paths
    ]
    return summed_up(accuracy, single, measures), took


def moons_study(moons: Moons) -> Study:
    """Make a study of the same points; the held-out ones are another split."""
    return Study.build(
        name="moons",
        inputs=NumberTable(np.concatenate([moons.trained, moons.held]), ("across", "up")),
        labels=np.concatenate([moons.trained_labels, moons.held_labels]),
        columns={"split": np.array(["train"] * len(moons.trained) + ["test"] * len(moons.held))},
    )


def moons_table(moons: Moons) -> tuple[Table, dict[str, list[Found]]]:
    """Measure four networks on the moons, three seeds each."""
    study = moons_study(moons)
    makers: dict[str, Callable[[int], Found]] = {
        RELEASED: lambda seed: look(train_released(moons, final=True, seed=seed), moons),
        WITHOUT: lambda seed: look(train_released(moons, final=False, seed=seed), moons),
        BENT: lambda seed: look_at_own(study, Surrogate(seed=seed, straightness=0.0, **OWN))[0],
        OURS: lambda seed: look_at_own(study, Surrogate(seed=seed, **OWN))[0],
    }
    found = {name: [make(seed) for seed in SEEDS] for name, make in makers.items()}
    columns = ("accuracy", "best accuracy", "distance ratio, median", "Taylor gap, median", "IG gap, largest")
    rows = {
        name: [
            spread([one.accuracy for one in each]),
            (max(one.accuracy for one in each), None),
            spread([one.ratio for one in each]),
            spread([one.first_order for one in each]),
            (max(one.integrated for one in each), None),
        ]
        for name, each in found.items()
    }
    note = (
        "Mean ± standard deviation over three seeds; each median and the largest gap over 50 held-out points. The "
        "distance ratio is how many times farther the projection lies than the nearest point of the boundary that was "
        "found."
    )
    return Table("Moons", columns, rows, note), found


def spread(values: list[float]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values))


def pictures_table() -> tuple[Table, list[Line], list[Found]]:
    """Measure this project's network on the bundled pictures and on a table."""
    rows, lines, everything = {}, [], []
    for name, study, clean in studies():
        for words, straightness in (("", Surrogate().straightness), (", allowed to bend", 0.0)):
            found, took = look_at_own(study, Surrogate(straightness=straightness), clean=clean)
            everything.append(found)
            rows[f"{name}{words}"] = [
                (found.accuracy, None), (found.ratio, None), (found.first_order, None), (found.integrated, None)
            ]  # fmt: skip
            if not words:
                lines.append(
                    Line(f"{name}: training", took, "s", "CPU seconds, one thread, until every sample has a margin.",
                         target=120.0)
                )  # fmt: skip
    columns = ("accuracy", "distance ratio, median", "Taylor gap, median", "IG gap, largest")
    note = (
        "Held-out samples; accuracy with the true labels, after training on the given ones. Columns are standardized."
    )
    return Table("Bundled pictures, and a table of 30 columns", columns, rows, note), lines, everything


def studies() -> list[tuple[str, Study, NDArray[np.int64] | None]]:
    found: list[tuple[str, Study, NDArray[np.int64] | None]] = []
    for name in ("digits", "fashion"):
        opened = open_source(BUNDLED / name)
        truth = np.load(opened.truth, allow_pickle=False)["labels"] if opened.truth is not None else None
        found.append((name, opened.study, truth))
    cancer = load_breast_cancer()
    columns = NumberTable(cancer.data.astype(np.float32), tuple(map(str, cancer.feature_names)))
    found.append(("breast cancer, 30 columns", Study.build(name="cancer", inputs=columns, labels=cancer.target), None))
    return found


def promised(found: list[Found], best: float) -> list[Line]:
    """Sum up what the method promises, over everything that was measured."""
    several = PATHS * len(found)
    return [
        Line("largest reconstruction error", 1e6 * max(one.reconstruction for one in found), "millionths",
             "max |inverse(T(x)) - x| in single precision, this project's networks.", several, target=100.0),
        Line("largest margin left at the projection", 1e6 * max(one.residual for one in found), "millionths",
             "the projection decoded and encoded again, in double precision.", several, target=1000.0),
        Line("share decided otherwise 1 % beyond the projection", min(one.flips for one in found), "",
             "and not yet 1 % before it; the least of all networks.", several, target=1.0, at_least=True),
        Line("largest gap of integrated gradients", 100 * max(one.integrated for one in found), "%",
             "|sum - margin| / |margin| with the projection as baseline.", several, target=1.0),
        Line("moons: accuracy, best of three seeds", best, "", "this project's network on 400 held-out points.", 3,
             target=0.94, at_least=True),
    ]  # fmt: skip


def draw(moons: Moons, path: Path) -> None:
    """Draw the paper's toy figure: the boundary a straight line in feature space, and inverted in input space."""
    from matplotlib.figure import Figure

    study = moons_study(moons)
    trained = fit_surrogate(study, Surrogate(seed=SEEDS[0], **OWN))
    network, space = trained.network, trained.space
    points = np.concatenate([moons.trained, moons.held])
    labels = study.labels
    with torch.no_grad():
        z = network.encode(torch.from_numpy((points - space.center) / space.scale).double())
        plane = hyperplane(network, z, (0, 1))
        w = plane.normal / plane.normal.norm()
        along = torch.stack([-w[1], w[0]])
        projection = plane.project(z)
        far = (projection @ along).abs().max() * 1.4
        line = projection[:1] + (torch.linspace(-1, 1, 2000)[:, None] * far - projection[:1] @ along) * along
        inverted = space.values(network.decode(line).numpy())
        back = space.values(network.decode(projection).numpy())
    shown = np.random.default_rng(0).choice(len(points), 40, replace=False)
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, where, border, ends, title in (
        (left, z.numpy(), line.numpy(), projection.numpy(), "feature space: z = T(x)"),
        (right, points, inverted, back, "input space: the boundary, inverted"),
    ):
        for number, color in enumerate(("#0072B2", "#D55E00")):
            chosen = where[labels == number]
            axes.scatter(chosen[:, 0], chosen[:, 1], s=9, color=color, alpha=0.45, linewidths=0, label=f"moon {number}")
        for row in shown:
            axes.plot(*zip(where[row], ends[row], strict=True), color="#555555", linewidth=0.7)
        axes.plot(border[:, 0], border[:, 1], color="#111111", linewidth=1.6, label="boundary")
        low, high = where.min(axis=0), where.max(axis=0)
        margin = 0.15 * (high - low)
        axes.set(xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + margin[1]))
        axes.set(title=title)
        axes.set_aspect("equal")
        axes.spines[["top", "right"]].set_visible(False)
    left.set(xlabel="first feature", ylabel="second feature")
    right.set(xlabel="across", ylabel="up")
    right.legend(frameon=False, fontsize=8, loc="upper left")
    figure.savefig(path, dpi=130)


def main() -> None:
    """Measure, keep, draw and print."""
    torch.set_num_threads(1)
    watch, moons = Watch("0, 1, 2 (moons); 0 (the others)"), Moons.drawn()
    table, found = moons_table(moons)
    other, lines, more = pictures_table()
    own = [one for name in (BENT, OURS) for one in found[name]] + more
    part = Part(
        "invertible",
        "Counterfactuals",
        "Explanations by invertible networks (arXiv 1910.00406): whether their formal properties hold, and how far the "
        "projection in feature space is from the nearest boundary point in input space. Explanation: "
        "docs/explanation/counterfactuals.md.",
        tuple(promised(own, max(one.accuracy for one in found[OURS])) + lines),
        (table, other),
        watch.circumstances(),
    )
    keep(part)
    draw(moons, PLOT)
    print(plain(part))


if __name__ == "__main__":
    main()
