"""Whether the label error estimates keep their promises, on simulated studies: real features, planted flips."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from data import digits_pictures, fashion_is_here, fashion_pictures, principal
from numpy.typing import NDArray
from pages import keep
from record import Cell, Line, Part, Table, Watch, plain
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import cross_val_predict
from threadpoolctl import threadpool_limits

from margin_core import Study
from margin_core.graph import build_graph
from margin_core.protocol import filter_function
from margin_core.review.check_sampler import CheckSampler
from margin_core.review.estimates import (
    ErrorProbabilities,
    RandomChecks,
    RemainingErrorsTracker,
    Reviews,
    bound_remaining_errors,
    brier_score,
    estimate_error_count,
    estimate_error_count_by_pair,
    estimate_error_probabilities,
    fit_error_posterior,
    flag_labels,
    hypergeometric_bound,
    reliability,
)
from margin_core.storage.engine import Run
from margin_core.tasks import LabelFlips

SHARES = (0.02, 0.05, 0.10, 0.20, 0.40)
REPEATS = 14
"""Studies for each kind of flips, share and data set: 14 x 5 x 3 = 210 a kind."""

SAMPLES = 600
REVIEWS = (0, 60, 200)
BOUNDS = (0.05, 0.10, 0.20)
SLACK = 0.02
COVERED = 0.93
GOAL = 0.02
"""Share of the labels that may be wrong when somebody stops who goes on with random samples."""

PAIRS = 6

Labels = NDArray[np.int64]
Flip = Callable[[Labels, NDArray[np.float64], float, np.random.Generator], Labels]
Figures = dict[str, float]


def uniform(truth: Labels, seems: NDArray[np.float64], share: float, rng: np.random.Generator) -> Labels:
    """Change a share of the labels to any other."""
    other = (truth + rng.integers(1, seems.shape[1], len(truth))) % seems.shape[1]
    return np.where(rng.random(len(truth)) < share, other, truth)


def confusable(truth: Labels, seems: NDArray[np.float64], share: float, rng: np.random.Generator) -> Labels:
    """Change a share of the labels to the class that a model of the true labels takes theirs for most often."""
    confused = confusion_matrix(truth, seems.argmax(axis=1), labels=range(seems.shape[1]))
    np.fill_diagonal(confused, -1)
    return np.where(rng.random(len(truth)) < share, confused.argmax(axis=1)[truth], truth)


def near_boundary(truth: Labels, seems: NDArray[np.float64], share: float, rng: np.random.Generator) -> Labels:
    """Change labels to the runner-up, the more often the less sure a model of the true labels is of them."""
    each = np.arange(len(truth))
    alternatives = seems.copy()
    alternatives[each, truth] = -1
    sureness = np.argsort(np.argsort(seems[each, truth] - alternatives.max(axis=1))) / len(truth)
    p = np.exp(-4 * sureness)
    p = np.minimum(p * share * len(truth) / p.sum(), 0.9)
    return np.where(rng.random(len(truth)) < p, alternatives.argmax(axis=1), truth)


FLIPS: Mapping[str, Flip] = {"uniform": uniform, "confusable": confusable, "near the boundary": near_boundary}


@dataclass(frozen=True, eq=False)
class Case:
    """One simulated study, ranked."""

    flips: str
    share: float
    source: str
    seed: int
    truth: Labels
    probabilities: ErrorProbabilities

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Which labels are wrong."""
        return self.probabilities.given != self.truth

    @property
    def unflagged(self) -> NDArray[np.bool_]:
        """Which samples are no suspects: the given label is likelier than its strongest alternative."""
        return self.probabilities.score_logit < 0

    @property
    def queue(self) -> Labels:
        """All rows, most suspect first."""
        return np.argsort(-self.probabilities.score_logit, kind="stable")

    def draws(self) -> CheckSampler:
        """Choose random samples as the queue of a review does."""
        by_id = np.argsort(np.arange(len(self.truth)).astype(str), kind="stable")
        return CheckSampler(RandomChecks(f"simulated {self.seed}"), by_id, self.unflagged)


def sources() -> dict[str, tuple[NDArray[np.float32], Labels]]:
    """Ten classes that are easy to tell, ten that overlap, and two."""
    digits = digits_pictures()
    found = {"digits": (principal(digits.pixels, 32), digits.labels)}
    if fashion_is_here():
        pictures = fashion_pictures()
        chosen = np.random.default_rng(1).permutation(len(pictures.pixels))[:6000]
        found["Fashion-MNIST"] = (principal(pictures.pixels[chosen], 32), pictures.labels[chosen])
    values, labels = load_breast_cancer(return_X_y=True)
    logs = np.log1p(values)
    scaled = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    found["breast cancer (two classes)"] = (scaled.astype(np.float32), labels.astype(np.int64))
    return found


def cases(repeats: int, shares: Sequence[float]) -> Iterator[Case]:
    """Plant flips in subsets of the sources and rank their labels."""
    known = sources()
    seems = {
        name: cross_val_predict(LogisticRegression(max_iter=300), points / points.std(), truth, method="predict_proba")
        for name, (points, truth) in known.items()
    }
    seed = 0
    for flips, flip in FLIPS.items():
        for share in shares:
            for name, (points, truth) in known.items():
                for _ in range(repeats):
                    seed += 1
                    rng = np.random.default_rng(seed)
                    rows = rng.permutation(len(truth))[:SAMPLES]
                    labels = flip(truth[rows], seems[name][rows], share, rng)
                    yield Case(
                        flips, share, name, seed, truth[rows], ranked(points[rows], labels, seems[name].shape[1])
                    )


def ranked(points: NDArray[np.float32], labels: Labels, n_classes: int) -> ErrorProbabilities:
    study = Study.build(embedding=points, labels=labels, class_names=[str(number) for number in range(n_classes)])
    task, run = LabelFlips(), Run()
    domain = task.domain(study, run)
    graph = build_graph(task.graph, domain, run)
    label_error_score = task.fit_label_error_score(study, filter_function(task, study, domain, graph, run), run)
    return estimate_error_probabilities(label_error_score, study.labels)


def reviewed(case: Case, looks: int) -> Reviews:
    """Simulate reviews that are always right, in the order of the queue, one in ten drawn at random."""
    n, given = len(case.truth), case.probabilities.given
    draws, queue = case.draws(), case.queue
    unseen = np.ones(n, dtype=bool)
    rows, drawn = [], []
    for position in range(min(looks, n)):
        (row,), (by_chance,) = draws.mix(queue[unseen[queue]], unseen, position=position, limit=1)
        unseen[row] = False
        rows.append(row)
        drawn.append(by_chance)
    verdicts = ["relabel" if case.wrong[row] else "keep" for row in rows]
    return Reviews.build(given=given, rows=rows, verdicts=verdicts, new_labels=case.truth[rows], sampled=drawn)


def judged(case: Case, reviews: Reviews) -> Figures:
    """Hold what is said against the truth."""
    wrong = case.wrong
    posterior = fit_error_posterior(case.probabilities, reviews)
    count, several = estimate_error_count(posterior), max(int(wrong.sum()), 1)
    figures = {
        "covered": float(count.low <= wrong.sum() <= count.high),
        "low": count.low / several,
        "likely": count.median / several,
        "high": count.high / several,
    }
    left = posterior.open_rows
    figures["brier channel"] = brier_score(case.probabilities.p_error[left], wrong[left])
    figures["brier"] = brier_score(posterior.posterior_mean[left], wrong[left])
    for q in BOUNDS:
        flagged = flag_labels(posterior, q).rows
        figures[f"alarms {q}"] = float((~wrong[flagged]).mean()) if len(flagged) else 0.0
        figures[f"recall {q}"] = wrong[flagged].sum() / max(int(wrong[left].sum()), 1)
        figures[f"some {q}"] = float(len(flagged) > 0)
    pairs = estimate_error_count_by_pair(posterior, limit=PAIRS)
    held = [
        pair.low <= int(((case.probabilities.given == pair.given) & (case.truth == pair.true)).sum()) <= pair.high
        for pair in pairs
    ]
    figures["pairs covered"] = float(np.mean(held)) if held else 1.0
    return figures


def stopped(case: Case) -> Figures:
    """Review all suspects with random samples among them, and compute the bound after each random one."""
    suspects = int((~case.unflagged).sum())
    reviews = reviewed(case, max(int(suspects * 10 / 9), REVIEWS[-1]))
    wrong, given = case.wrong, case.probabilities.given
    looks = np.append(np.flatnonzero(reviews.sampled) + 1, len(reviews))
    missed, under, missed_once, at_end = False, False, False, {}
    for looked in looks.tolist():
        so_far = Reviews(
            **{name: getattr(reviews, name)[:looked] for name in ("rows", "outcomes", "true_labels", "sampled")}
        )
        left = int(wrong.sum()) - int(wrong[so_far.rows].sum())
        bound = bound_remaining_errors(given, case.unflagged, so_far)
        # The queue beside the random samples has not reached the unflagged as long as suspects are open.
        inside = so_far.rows[so_far.sampled]
        beside = so_far.rows[~so_far.sampled]
        tail = int(case.unflagged.sum()) - int(case.unflagged[beside].sum())
        found = int(wrong[inside].sum())
        once = hypergeometric_bound(tail, len(inside), found) - found + suspects - int((~case.unflagged[beside]).sum())
        missed |= bound.upper < left
        under |= left < bound.lower
        missed_once |= once < left
        at_end = {"most": float(bound.upper), "left": float(left), "once": float(once)}
    n = len(given)
    return {
        "holds": float(at_end["most"] >= at_end["left"]),
        "always": float(not missed),
        "least always": float(not under),
        "once holds": float(at_end["once"] >= at_end["left"]),
        "once always": float(not missed_once),
        **{name: at_end[name] / n for name in ("most", "left", "once")},
    }


def finished(case: Case) -> Figures:
    """Review all suspects in the order of the queue, then random samples only, until few enough labels are wrong."""
    wrong, given, n = case.wrong, case.probabilities.given, len(case.truth)
    draws, tally = case.draws(), RemainingErrorsTracker(given, case.unflagged)
    suspects = case.queue[~case.unflagged[case.queue]]
    rows, is_random = draws.mix(suspects, np.ones(n, dtype=bool), position=0, limit=n)
    unseen = np.ones(n, dtype=bool)
    holds, checks = True, 0

    def look(row: int, drawn: bool) -> None:
        nonlocal holds
        unseen[row] = False
        tally.update(row, int(wrong[row]), drawn)
        if drawn:
            holds &= tally.remaining().upper >= wrong[unseen].sum()

    for row, drawn in zip(rows.tolist(), is_random.tolist(), strict=True):
        look(row, drawn)
    expected_checks = tally.checks_needed(int(GOAL * n))
    while tally.remaining().upper > GOAL * n:
        look(int(draws.sample(unseen, 1)[0]), True)
        checks += 1
    return {
        "stop holds": float(tally.remaining().upper >= wrong[unseen].sum()),
        "stop always": float(holds),
        "checks": checks / n,
        "expected checks": (expected_checks or 0) / n,
        "left at stop": wrong[unseen].sum() / n,
        "goal kept": float(wrong[unseen].sum() <= GOAL * n),
    }


def cell(rows: Sequence[Figures], name: str) -> Cell:
    values = [row[name] for row in rows]
    return float(np.mean(values)), float(np.std(values))


def words(looks: int) -> str:
    return "before reviews" if not looks else f"after {looks} reviews"


def measure(repeats: int, shares: Sequence[float]) -> Part:
    """Simulate and sum up."""
    watch = Watch(f"1 to {len(FLIPS) * len(shares) * len(sources()) * repeats}")
    kept: dict[tuple[str, int], list[tuple[Case, Figures]]] = defaultdict(list)
    stops: dict[str, list[Figures]] = defaultdict(list)
    with threadpool_limits(1):
        for case in cases(repeats, shares):
            for looks in REVIEWS:
                kept[case.flips, looks].append((case, judged(case, reviewed(case, looks))))
            stops[case.flips].append(stopped(case) | finished(case))
    plainly = {key: [figures for _, figures in found] for key, found in kept.items()}
    return Part(
        "error_estimates",
        "Label error estimate",
        f"Simulated studies: {SAMPLES} samples (569 with two classes) of real data, flips planted at "
        f"{', '.join(f'{share:.0%}' for share in shares)}, ranked by `LabelFlips()`, reviewed without error in the "
        "order of the queue, with one random check in ten places. The studies of one source share samples, so figures "
        "vary more than the number of studies suggests. The prior of the recalibration was chosen on other studies of "
        "the same and of two more sources (docs/decisions/0008).",
        tuple(lines(plainly, stops)),
        (
            alarms(plainly),
            apart("Before reviews, by source", kept, lambda case: case.source),
            apart("Before reviews, by share of wrong labels", kept, lambda case: f"{case.share:.0%}"),
            numbers(plainly),
            stopping(stops),
            checking(stops),
            calibration(kept),
        ),
        watch.circumstances(),
    )


def lines(kept: Mapping[tuple[str, int], list[Figures]], stops: Mapping[str, list[Figures]]) -> Iterator[Line]:
    for flips in FLIPS:
        for q in BOUNDS:
            means = {looks: float(np.mean([row[f"alarms {q}"] for row in kept[flips, looks]])) for looks in REVIEWS}
            worst = max(means, key=lambda looks: means[looks])
            yield Line(
                f"false alarms at q = {q:.0%}, {flips}", means[worst], "",
                "mean share of correct labels among those flagged without review, 0 if nothing is flagged; the worst "
                f"of {', '.join(map(words, REVIEWS))}: {words(worst)}",
                n=len(kept[flips, worst]), target=q + SLACK,
            )  # fmt: skip
    for flips in FLIPS:
        shares = {looks: float(np.mean([row["covered"] for row in kept[flips, looks]])) for looks in REVIEWS}
        worst = min(shares, key=lambda looks: shares[looks])
        yield Line(
            f"interval of the number of errors holds, {flips}", shares[worst], "",
            f"share of studies whose number lies within the 95 % interval; the worst of "
            f"{', '.join(map(words, REVIEWS))}: {words(worst)}",
            n=len(kept[flips, worst]), target=COVERED, at_least=True,
        )  # fmt: skip
    for flips in FLIPS:
        yield Line(
            f"bound of the errors left holds at every look, {flips}",
            float(np.mean([row["always"] for row in stops[flips]])), "",
            "share of studies in which no look, one after each random sample, showed a bound below the true number",
            n=len(stops[flips]), target=COVERED, at_least=True,
        )  # fmt: skip
    for flips in FLIPS:
        yield Line(
            f"stopping when at most {GOAL:.0%} are wrong holds, {flips}",
            float(np.mean([row["stop always"] for row in stops[flips]])), "",
            "all suspects, then random samples only until the bound says so: share of studies in which no look, one "
            "after each random sample, showed a bound below the true number",
            n=len(stops[flips]), target=COVERED, at_least=True,
        )  # fmt: skip


def alarms(kept: Mapping[tuple[str, int], list[Figures]]) -> Table:
    names = [(what, q) for q in BOUNDS for what in ("alarms", "recall", "some")]
    titles = {"alarms": "false at", "recall": "found at", "some": "any at"}
    return Table(
        "Labels flagged without review",
        tuple(f"{titles[what]} {q:.0%}" for what, q in names),
        {
            f"{flips}, {words(looks)}": [cell(kept[flips, looks], f"{what} {q}") for what, q in names]
            for flips in FLIPS
            for looks in REVIEWS
        },
        "False: share of correct labels among those flagged, 0 where nothing is. Found: share of the wrong labels not "
        "yet reviewed that are flagged. Any: share of studies in which anything is flagged. Standard deviation over "
        "studies.",
    )


def apart(title: str, kept: Mapping[tuple[str, int], list[tuple[Case, Figures]]], by: Callable[[Case], str]) -> Table:
    names = [f"{what} {q}" for q in BOUNDS for what in ("alarms", "recall")] + ["covered", "likely"]
    groups: dict[str, list[Figures]] = defaultdict(list)
    for flips in FLIPS:
        for case, figures in kept[flips, 0]:
            groups[f"{flips}, {by(case)}"].append(figures)
    return Table(
        title,
        (*(f"{what} at {q:.0%}" for q in BOUNDS for what in ("false", "found")), "interval holds", "likely / true"),
        {name: [cell(rows, figure) for figure in names] for name, rows in groups.items()},
        "The limit holds on average over each kind of errors, not in each of these rows.",
    )


def numbers(kept: Mapping[tuple[str, int], list[Figures]]) -> Table:
    names = ("covered", "low", "likely", "high", "pairs covered")
    return Table(
        "How many labels are wrong",
        ("interval holds", "low / true", "likely / true", "high / true", f"intervals of {PAIRS} pairs hold"),
        {
            f"{flips}, {words(looks)}": [cell(kept[flips, looks], name) for name in names]
            for flips in FLIPS
            for looks in REVIEWS
        },
        "95 % intervals of all wrong labels, those found included, over the true number; and of the likeliest pairs of "
        "given and true class.",
    )


def stopping(stops: Mapping[str, list[Figures]]) -> Table:
    names = ("holds", "always", "least always", "once holds", "once always", "left", "most", "once")
    return Table(
        "When to stop",
        (
            "holds at the end", "holds at every look", "lower bound, every look", "exact: at the end",
            "exact: at every look", "left", "bound", "exact bound",
        ),
        {flips: [cell(rows, name) for name in names] for flips, rows in stops.items()},
        f"After all suspects, and at least {REVIEWS[-1]} labels. Left and bounds as shares of all samples. Exact: the "
        "hypergeometric bound, which is valid for one look only.",
    )  # fmt: skip


def checking(stops: Mapping[str, list[Figures]]) -> Table:
    names = ("stop always", "goal kept", "left at stop", "checks", "expected checks")
    return Table(
        "Random samples only, after the last suspect",
        ("holds at every look", "goal kept", "left", "random samples", "expected, were they clean"),
        {flips: [cell(rows, name) for name in names] for flips, rows in stops.items()},
        f"Until the bound says that at most {GOAL:.0%} of the labels are wrong. Left and random samples as shares of "
        "all samples; expected by `RemainingErrorsTracker.checks_needed` after the last suspect.",
    )


def calibration(kept: Mapping[tuple[str, int], list[tuple[Case, Figures]]]) -> Table:
    rows: dict[str, list[Cell | None]] = {}
    for flips in FLIPS:
        for looks in REVIEWS:
            figures = [one for _, one in kept[flips, looks]]
            rows[f"{flips}, {words(looks)}"] = [cell(figures, "brier channel"), cell(figures, "brier")] + [None] * 5
        every = [case for case, _ in kept[flips, 0]]
        stated = np.concatenate([case.probabilities.p_error for case in every])
        diagram = reliability(stated, np.concatenate([case.wrong for case in every]), bins=5)
        shown = dict(zip((diagram.predicted * 5).astype(int).tolist(), diagram.observed.tolist(), strict=True))
        rows[f"{flips}, wrong by stated probability"] = [None, None] + [
            (shown[place], None) if place in shown else None for place in range(5)
        ]
    return Table(
        "Probabilities of an error",
        ("Brier, noise transition", "Brier, recalibrated", *(f"{low} to {low + 20} %" for low in range(0, 100, 20))),
        rows,
        "Brier scores of the labels not reviewed, smaller is better. Then the share of wrong labels among those whose "
        "probability the noise transition states within each fifth, before reviews.",
    )


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES)
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    asked = parser.parse_args()
    part = measure(asked.repeats, asked.shares)
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
