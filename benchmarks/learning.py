"""What a review teaches: how much better the queue is when its models are fitted again on the way."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data import fashion_is_here, fashion_pictures, mnist_pictures, noises, principal
from numpy.typing import NDArray
from pages import run_over_seeds
from record import Cell, Line, Part, Table, Watch
from serving import BUNDLED
from sklearn.metrics import average_precision_score

from margin_core import Study
from margin_core.audit.audit import Audit, audit, live_label_error_score
from margin_core.review import ReviewedLabels
from margin_core.review.refit import Refit, refit
from margin_core.review.refit_schedule import MIN_CHANGED_SHARE, MIN_CHANGES
from margin_core.storage.archive import read_npz
from margin_core.study import Opened, open_source

SAMPLES, DIMENSIONS = 3_000, 64
FLIPPED = (0.05, 0.2)
MARKS = (50, 100, 200)
SEEDS = (0, 1)
SPREAD = "Mean ± standard deviation over studies and seeds."

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Pair:
    """One study reviewed twice: what was found, and how well what is left is ranked, by the number of answers.

    Attributes
    ----------
    study, flips : str
    found, found_again : dict
        Wrong labels found, with the models before any refit and with models fitted again on the way.
    ranked, ranked_again : dict
        Average precision on the labels that the first of the two reviews left open, before and after a fit.
    """

    study: str
    flips: str
    found: dict[int, int]
    found_again: dict[int, int]
    ranked: dict[int, float]
    ranked_again: dict[int, float]


class Review:
    """The queue's own order, answered truly; the neighbors' votes follow every answer."""

    def __init__(self, audited: Audit, truth: Labels) -> None:
        self._audited, self._truth = audited, truth
        self.given = audited.opened.study.labels
        self._live = live_label_error_score(audited)
        self.scores = np.array(self._live.label_error_score.scores(self._live.labels))
        self.verified = np.zeros(len(truth), bool)

    @property
    def changed(self) -> int:
        """How many labels are not the given ones any more."""
        return int((self._live.labels != self.given).sum())

    def answer(self) -> None:
        """Settle the most suspect label that is open."""
        row = int(np.where(self.verified, -np.inf, self.scores).argmax())
        self.verified[row] = True
        touched, now = self._live.update(np.array([row]), self._truth[[row]])
        self.scores[touched] = now

    def refitted(self) -> Refit:
        """Fit the models again to the labels as they stand."""
        reviewed_labels = ReviewedLabels(
            labels=self._live.labels.copy(), verified=self.verified.copy(), changed=self.changed
        )
        return refit(self._audited, reviewed_labels)

    def learn(self) -> None:
        """Go on with models fitted again."""
        found = self.refitted()
        self._live, self.scores = found.live(), np.array(found.scores)


def reviewed(audited: Audit, truth: Labels, study: str, flips: str) -> Pair:
    """Review it with and without fitting again whenever `margin_core.review.RefitSchedule` would."""
    wrong = audited.opened.study.labels != truth
    plain_one, learning, fitted_at = Review(audited, truth), Review(audited, truth), 0
    found, found_again, ranked, ranked_again = {}, {}, {}, {}
    for count in range(1, max(MARKS) + 1):
        plain_one.answer()
        learning.answer()
        if learning.changed - fitted_at >= max(MIN_CHANGES, MIN_CHANGED_SHARE * learning.changed):
            fitted_at = learning.changed
            learning.learn()
        if count in MARKS:
            found[count] = int((wrong & plain_one.verified).sum())
            found_again[count] = int((wrong & learning.verified).sum())
            still = ~plain_one.verified
            if wrong[still].any():
                ranked[count] = float(average_precision_score(wrong[still], plain_one.scores[still]))
                again = plain_one.refitted().scores
                ranked_again[count] = float(average_precision_score(wrong[still], again[still]))
    return Pair(study, flips, found, found_again, ranked, ranked_again)


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
        pairs.append(reviewed(audited, truth, name, flips))
    gains = np.array([pair.ranked_again[mark] - pair.ranked[mark] for pair in pairs for mark in pair.ranked])
    before = np.array([figure for pair in pairs for figure in pair.ranked.values()])
    more = np.array([100 * (pair.found_again[mark] / pair.found[mark] - 1) for pair in pairs for mark in MARKS])
    kinds = tuple(dict.fromkeys(pair.flips for pair in pairs))
    columns = tuple(f"after {mark} answers" for mark in MARKS)
    return Part(
        "learning",
        "Learning from corrections",
        f"Reviews in the order of the queue, with correct decisions. The bundled studies, and {SAMPLES:,} pictures "
        f"each of MNIST and Fashion-MNIST with {DIMENSIONS} principal components and "
        f"{' and '.join(f'{share:.0%}' for share in FLIPPED)} planted flips (docs/decisions/0010).",
        (
            Line(
                "wrong labels found, more by refitting", float(more.mean()), "%",
                "two reviews of the same study, each in the order of its own queue, one of which refits its models "
                f"whenever the dashboard would; spread {more.std():.1f}; no fewer found in "
                f"{int((more >= 0).sum())} of {len(more)} comparisons.", len(more), target=0.0, at_least=True,
            ),
            Line(
                "average precision on open labels, gained by refitting", 100 * float(gains.mean()), "points",
                f"the same open labels ranked by the models before any refit ({before.mean():.3f}) and by models "
                f"fitted to all decisions; spread {100 * gains.std():.1f}; no loss in {int((gains >= 0).sum())} of "
                f"{len(gains)} comparisons.", len(gains), target=0.0, at_least=True,
            ),
        ),
        (
            Table(
                "More wrong labels found by refitting, in %", columns,
                {kind: [_mean(
                    [100 * (pair.found_again[mark] / pair.found[mark] - 1) for pair in pairs if pair.flips == kind]
                ) for mark in MARKS] for kind in kinds},
                SPREAD,
            ),
            Table(
                "Average precision on the same open labels, gained in points", columns,
                {kind: [_mean([
                    100 * (pair.ranked_again[mark] - pair.ranked[mark])
                    for pair in pairs if pair.flips == kind and mark in pair.ranked
                ]) for mark in MARKS] for kind in kinds},
                SPREAD,
            ),
        ),
        watch.circumstances(),
    )  # fmt: skip


def _mean(each: Sequence[float]) -> Cell | None:
    return (float(np.mean(each)), float(np.std(each))) if each else None


if __name__ == "__main__":
    run_over_seeds(measure, __doc__, SEEDS)
