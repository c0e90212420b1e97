"""The paper's case III on Enron-Spam: wrong labels found against messages checked, each ranking beside the paper's.

As in the paper: four fifths of part 1, the 500 most frequent words, 100 principal components, 20 neighbors, a tenth of
the labels of each class flipped. `docs/explanation/ranking.md` says what the paper's figures mean.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from data import log_counts, messages
from label_errors import Case, Memory, ours
from numpy.typing import NDArray
from pages import keep
from record import Cell, Line, Part, Table, Watch, plain
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from margin_core import Study
from margin_core.graph import Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.tasks import LabelFlips

CHECKED = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30)
SEEDS = (0, 1, 2, 3, 4)
TRAINED = 0.8
FLIPPED = 0.10
PLOT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "enron.png"

BINARY = Knn(k=20, weights="binary")
OURS = "the default"
DISAGREEMENT = "f alone (disagreement)"
SIGNED = "signed filter"
PAPER = "|filter|, the paper's text"
APPENDIX = "the paper's printed code, one hop"
INFLUENCE = "self-influence of a logistic head"
RECIPES = {
    OURS: LabelFlips(),
    DISAGREEMENT: LabelFlips(method="disagreement", graph=BINARY),
    SIGNED: LabelFlips(method="margin_signed", graph=BINARY),
    PAPER: LabelFlips.as_printed(),
    "|filter|, symmetric operator": LabelFlips(
        method="margin", graph=BINARY, high_pass=HighPass(operator="symmetric")
    ),
    APPENDIX: LabelFlips(method="margin", graph=BINARY, high_pass=PaperAppendixFilter(hops=1)),
    "the paper's printed code, two hops": LabelFlips(
        method="margin", graph=BINARY, high_pass=PaperAppendixFilter(hops=2)
    ),
    INFLUENCE: LabelFlips(method="self_influence"),
    "loss of a logistic head": LabelFlips(method="loss"),
    "self-confidence": LabelFlips(method="self_confidence"),
    "neighborhood consensus": LabelFlips(method="neighbourhood_consensus"),
    "random": LabelFlips(method="random"),
    **{
        f"|filter|, k = {k}": LabelFlips(method="margin", graph=Knn(k=k, weights="binary")) for k in (30, 40)
    },
}  # fmt: skip
DRAWN = (OURS, DISAGREEMENT, SIGNED, PAPER, APPENDIX, INFLUENCE, "loss of a logistic head", "random")
ON_WORDS = {f"{name}, all 500 words": RECIPES[name] for name in (INFLUENCE, "loss of a logistic head")}


def recall(scores: NDArray[np.float64], wrong: NDArray[np.bool_]) -> list[float]:
    """Return the share of the wrong labels among the first so many."""
    order = np.argsort(-scores, kind="stable")
    return [float(wrong[order[: round(share * len(order))]].sum() / wrong.sum()) for share in CHECKED]


def draw(words: NDArray[np.float32], spam: NDArray[np.int64], seed: int) -> dict[str, list[float]]:
    """Measure every ranking on one draw of messages and flips."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(spam))[: int(TRAINED * len(spam))]
    counts, truth = words[chosen], spam[chosen]
    wrong = np.zeros(len(truth), dtype=bool)
    for which in (0, 1):
        members = np.flatnonzero(truth == which)
        wrong[rng.choice(members, round(FLIPPED * len(members)), replace=False)] = True
    labels = np.where(wrong, 1 - truth, truth)
    features = PCA(100, random_state=0).fit_transform(counts).astype(np.float32)
    found = {}
    for recipes, embedding in ((RECIPES, features), (ON_WORDS, counts)):
        case = Case(Study.build(embedding=embedding, labels=labels, class_names=("ham", "spam")), wrong, Memory())
        found |= {name: recall(ours(recipe)(case), wrong) for name, recipe in recipes.items()}
    return found


def measure(path: Path, seeds: Sequence[int]) -> Part:
    """Measure every ranking on every draw."""
    watch = Watch(", ".join(map(str, seeds)))
    texts, spam = messages(path)
    words = log_counts(texts)
    draws = [draw(words, spam, seed) for seed in seeds]
    every = {name: np.array([one[name] for one in draws]) for name in draws[0]}
    rows: dict[str, list[Cell | None]] = {
        name: [(float(a), float(b)) for a, b in zip(found.mean(axis=0), found.std(axis=0), strict=True)]
        for name, found in every.items()
    }
    columns = tuple(f"{share:.0%}" for share in CHECKED)
    mean = {name: dict(zip(columns, found.mean(axis=0).tolist(), strict=True)) for name, found in every.items()}
    neighbors = [mean[name]["30%"] for name in (PAPER, "|filter|, k = 30", "|filter|, k = 40")]

    def line(what: str, name: str, at: str, **target: Any) -> Line:
        meaning = f"share of the flipped labels among the {at} of the messages checked first, mean of the draws."
        return Line(f"recall at {at}: {what}", mean[name][at], "", meaning, len(seeds), **target)

    return Part(
        "enron",
        "The paper's case III: Enron-Spam",
        f"{len(spam):,} messages of Enron-Spam part 1 (Metsis, Androutsopoulos, Paliouras, 2006), a random 80 % of "
        "them in each draw, log counts of the 500 most frequent words, 100 principal components, 20 neighbors (union, "
        "binary weights; the default: self-tuned), 10 % of the labels of each class flipped. The paper claims nearly "
        ".95 at 30 % for its filter, ten points above influence functions. Its printed code implements another filter "
        "than its text (docs/decisions/0004) and finds hardly more than a random order.\n\n![Wrong labels found "
        "against messages checked](enron.png)",
        (
            line("the paper's text", PAPER, "30%", target=0.90, at_least=True),
            line("the paper's text", PAPER, "10%", target=0.75, at_least=True),
            line("disagreement alone", DISAGREEMENT, "30%", target=0.97, at_least=True),
            line("sign kept", SIGNED, "30%", target=0.97, at_least=True),
            line("the paper's printed code", APPENDIX, "30%", target=0.45),
            line("self-influence", INFLUENCE, "30%"),
            line("the default", OURS, "30%"),
            Line(
                "the paper's text with 20, 30 and 40 neighbors: spread of recall at 30%",
                max(neighbors) - min(neighbors), "", "largest minus smallest mean.", len(seeds), target=0.02,
            ),
        ),
        (
            Table(
                "Recall, by share of the messages checked", columns, rows,
                f"Mean ± standard deviation over {len(seeds)} draws.",
            ),
        ),
        watch.circumstances(),
    )  # fmt: skip


def plot(part: Part, path: Path) -> None:
    """Draw recall against messages checked."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for name, cells in part.tables[0].rows.items():
        if name in DRAWN:
            mean = [cell[0] for cell in cells if cell]
            axes.plot([100 * share for share in CHECKED], mean, label=name, lw=2.5 if name == OURS else 1,
                      color="black" if name == OURS else None)  # fmt: skip
    axes.set(xlabel="% of the messages checked", ylabel="share of the flipped labels found", ylim=(0, 1.02))
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper", frameon=False, fontsize="small")
    figure.savefig(path, dpi=90)


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument(
        "--enron", type=Path, default=os.environ.get("MARGIN_ENRON"),
        help="a CSV of Enron-Spam with columns text and label (default: the variable MARGIN_ENRON)",
    )  # fmt: skip
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    if asked.enron is None:
        print("Enron-Spam was left out: name a file with --enron.")
        return
    with threadpool_limits(1):
        part = measure(Path(asked.enron), asked.seeds)
    print(plain(part))
    if not asked.dry:
        keep(part)
        plot(part, PLOT)


if __name__ == "__main__":
    main()
