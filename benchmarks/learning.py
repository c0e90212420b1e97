"""What a review teaches: how well the labels still open are ranked, with and without fitting the models again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data import fashion_is_here, fashion_pictures, mnist_pictures, noises, principal
from numpy.typing import NDArray
from record import Line, Part, Table, Watch, plain
from serving import BUNDLED
from sklearn.metrics import average_precision_score

from margin_core import Study
from margin_core.archive import read_npz
from margin_core.interpretation.live import LiveSuspicion
from margin_core.prepare import Audit, audit, live_suspicion
from margin_core.refit import refit
from margin_core.review import Corrected
from margin_core.review.lessons import ENOUGH, SHARE
from margin_core.study import Opened, open_source

SAMPLES, DIMENSIONS = 3_000, 64
FLIPPED = (0.05, 0.2)
MARKS = (50, 100, 200)
SEEDS = (0, 1)
WITHOUT, WITH = "models as first fitted", "models fitted again"

Labels = NDArray[np.int64]
Curve = dict[int, float]
"""Average precision on the labels still open, by the number of answers so far."""


@dataclass(frozen=True)
class Pair:
    """One study reviewed twice."""

    study: str
    flips: str
    without: Curve
    again: Curve


def reviewed(audited: Audit, truth: Labels, *, learns: bool) -> Curve:
    """Answer the queue truly, in its order; the neighbours' votes follow every answer in any case.

    Models are fitted again when as many labels have changed as `margin_core.review.Lessons` asks for.
    """
    given = audited.opened.study.labels
    live = live_suspicion(audited)
    scores = np.array(live.suspicion.scores(live.labels))
    settled, fitted_at, curve = np.zeros(len(given), bool), 0, {}
    for count in range(1, max(MARKS) + 1):
        row = int(np.where(settled, -np.inf, scores).argmax())
        settled[row] = True
        touched, now = live.update(np.array([row]), truth[[row]])
        scores[touched] = now
        changed = int((live.labels != given).sum())
        if learns and changed - fitted_at >= max(ENOUGH, SHARE * changed):
            fitted_at = changed
            found = refit(audited, Corrected(labels=live.labels.copy(), settled=settled.copy(), changed=changed))
            live = LiveSuspicion(found.suspicion, live.labels)
            scores = np.array(found.scores)
        if count in MARKS and (given != truth)[~settled].any():
            curve[count] = float(average_precision_score((given != truth)[~settled], scores[~settled]))
    return curve


def cases(seeds: Sequence[int]) -> Iterator[tuple[str, str, Study, Labels]]:
    """Name the studies: both bundled ones, and real pictures with planted flips."""
    for name in ("digits", "fashion"):
        opened = open_source(BUNDLED / name, workspace=None)
        assert opened.truth is not None
        yield name, "as bundled", opened.study, read_npz(opened.truth)["labels"].astype(np.int64)
    pictures = {"MNIST": mnist_pictures()} | ({"Fashion-MNIST": fashion_pictures()} if fashion_is_here() else {})
    for name, whole in pictures.items():
        chosen = np.random.default_rng(0).permutation(len(whole.labels))[:SAMPLES]
        features, truth = principal(whole.pixels[chosen], DIMENSIONS), whole.labels[chosen]
        for noise in noises(features, truth):
            for share in FLIPPED:
                for seed in seeds:
                    labels = noise.wrong(truth, features, share=share, seed=seed)
                    yield f"{name} {share:.0%}", noise.name, Study.build(embedding=features, labels=labels), truth


def measure(seeds: Sequence[int]) -> Part:
    """Review every study with and without."""
    watch = Watch(", ".join(map(str, seeds)))
    pairs = []
    for name, flips, study, truth in cases(seeds):
        print(name, flips, file=sys.stderr, flush=True)
        audited = audit(Opened(study=study, notes=(), workspace=None, source=Path(name)))
        each = [reviewed(audited, truth, learns=learns) for learns in (False, True)]
        pairs.append(Pair(name, flips, *each))
    gains = np.array([pair.again[mark] - pair.without[mark] for pair in pairs for mark in pair.without])
    before = np.array([figure for pair in pairs for figure in pair.without.values()])
    kinds = dict.fromkeys(pair.flips for pair in pairs)
    rows = {kind: [_mean(pairs, kind, mark) for mark in MARKS] for kind in kinds}
    return Part(
        "learning",
        "What a review teaches the ranking",
        f"Every study is reviewed twice in the order of its own queue, with true answers: once with the models as "
        f"first fitted, once fitted again as the desk does it (docs/decisions/0010). The bundled studies, and "
        f"{SAMPLES:,} pictures of MNIST and Fashion-MNIST with {DIMENSIONS} principal components and "
        f"{' and '.join(f'{share:.0%}' for share in FLIPPED)} planted flips. Average precision on the labels still "
        "open.",
        (
            Line("average precision on open labels, models as first fitted", float(before.mean()), "", "", len(gains)),
            Line(
                "gained by fitting again", 100 * float(gains.mean()), "points",
                f"spread {100 * float(gains.std()):.1f} points; no loss in {int((gains >= 0).sum())} of "
                f"{len(gains)} comparisons.", len(gains), target=0.0, at_least=True,
            ),
        ),
        (
            Table(
                "Gained, in points of average precision", tuple(f"after {mark} answers" for mark in MARKS), rows,
                "Mean ± standard deviation over studies and seeds.",
            ),
        ),
        watch.circumstances(),
    )  # fmt: skip


def _mean(pairs: Sequence[Pair], kind: str, mark: int) -> tuple[float, float | None] | None:
    each = [
        100 * (pair.again[mark] - pair.without[mark]) for pair in pairs if pair.flips == kind and mark in pair.without
    ]
    return (float(np.mean(each)), float(np.std(each))) if each else None


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    part = measure(asked.seeds)
    print(plain(part))
    if not asked.dry:
        part.write()


if __name__ == "__main__":
    main()
