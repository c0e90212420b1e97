import json
import sys
from decimal import Decimal

import numpy as np
import pytest
from engines import CountingEngine
from planted import blobs, flip

from margin_core import Study
from margin_core.errors import Cancelled, MissingPart, ReviewError
from margin_core.probe.logistic import fit_logistic
from margin_core.review.impact import AccuracyCurve, Corrections, measure_impact
from margin_core.review.impact.corrections import true_corrections
from margin_core.storage.engine import Run
from margin_core.tasks import LabelFlips

TWO_ORDERS = {"neighbors": LabelFlips(method="disagreement"), "random order": LabelFlips(method="random")}
WEIGHT = np.array([1.0, -1.0, 0.5, 0.0, 0.0, 0.0])


def overlapping(n=600, share=0.25, seed=0):
    """Two classes that overlap, and a share of the first one's labels wrong: a linear model is misled by these."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 6))
    truth = (points @ WEIGHT + 0.3 * rng.normal(size=n) > 0).astype(np.int64)
    ones = np.flatnonzero(truth == 1)
    return flip(points, truth, rng.choice(ones, int(share * n), replace=False), 2)


@pytest.fixture(scope="module")
def planted():
    return overlapping()


@pytest.fixture(scope="module")
def all_corrected(planted):
    return Corrections.from_truth(planted.flipped, planted.truth[planted.flipped])


@pytest.fixture(scope="module")
def found(planted, all_corrected):
    return measure_impact(planted.study, all_corrected, truth=planted.truth, orders=TWO_ORDERS)


@pytest.mark.slow
def test_correcting_what_was_planted_raises_the_accuracy(planted, found):
    assert found.own.is_significant and found.own.change[-1] > 0.05
    assert found.own.change_low[-1] < found.own.change[-1] < found.own.change_high[-1]
    assert found.own.decisions.tolist() == [round(150 * step / 12) for step in range(13)]
    assert (found.decisions, found.changed, found.held_out) == (150, 150, 600)
    before, after = found.own.accuracy[[0, -1]]
    assert found.sentence == (
        f"Your 150 decisions raise the accuracy of a linear model on held-out samples from {100 * before:.1f} % to "
        f"{100 * after:.1f} %: {100 * (after - before):+.1f} points (95 %: {100 * found.own.change_low[-1]:+.1f} to "
        f"{100 * found.own.change_high[-1]:+.1f})."
    )


def test_the_interval_covers_what_the_same_corrections_buy_elsewhere(planted, found):
    """The same models, judged on 20,000 samples that nobody has seen."""
    from margin_core.probe.features import reduce_features
    from margin_core.probe.linear_probe import INVERSE_PENALTY
    from margin_core.probe.logistic import fit_logistic

    rng = np.random.default_rng(1)
    fresh = rng.normal(size=(20_000, 6))
    truth = fresh @ WEIGHT + 0.3 * rng.normal(size=20_000) > 0
    points = np.concatenate([planted.study.embedding, fresh.astype(np.float32)])
    reduced = reduce_features(points)[0]
    models = [
        fit_logistic(reduced[:600], labels, inverse_penalty=INVERSE_PENALTY, tolerance=1e-4, max_iterations=500)
        for labels in (planted.study.labels, planted.truth)
    ]
    gains = [(model.logits(reduced[600:]).argmax(axis=1) == truth).mean() for model in models]
    assert found.own.change_low[-1] < gains[1] - gains[0] < found.own.change_high[-1]


def test_orders_by_a_ranking_are_given_the_true_labels(planted, found):
    assert not found.replayed
    neighbors, at_random = found.others
    assert [curve.name for curve in found.others] == list(TWO_ORDERS)
    # Half of a review in random order finds a quarter of the mistakes.
    assert 0 < at_random.change[-1] < found.own.change[-1]
    assert at_random.decisions[-1] == neighbors.decisions[-1] == 150
    assert found.compared_in_words == (
        "For comparison, the first 150 samples of each other ranking, given their true labels."
    )


@pytest.mark.slow
def test_replays_begin_and_end_alike(planted, all_corrected):
    found = measure_impact(planted.study, all_corrected, orders=TWO_ORDERS)
    assert found.replayed and "all end alike" in found.compared_in_words
    ends = {(curve.accuracy[0], curve.accuracy[-1], curve.change_low[-1]) for curve in (found.own, *found.others)}
    assert len(ends) == 1
    assert found.own.accuracy[6] != found.others[1].accuracy[3]
    assert found.looked_at == 150 and found.held_out == 600
    assert "150 of these 600 labels were reviewed, the others may be wrong" in found.judged_in_words


def test_without_decisions_there_is_one_point_and_no_impact(planted):
    found = measure_impact(planted.study, Corrections.from_truth([], []), orders=TWO_ORDERS)
    for curve in (found.own, *found.others):
        assert curve.decisions.tolist() == [0] and curve.change.tolist() == [0]
        assert curve.halfway == curve.accuracy[0]
    assert found.sentence == "No label has been reviewed yet, so there is no impact to measure."


def test_decisions_that_keep_every_label_buy_nothing(planted):
    kept = Corrections.from_truth([3, 1, 2], planted.study.labels[[3, 1, 2]])
    found = measure_impact(planted.study, kept, orders={})
    assert not found.own.change.any() and not found.own.is_significant
    assert found.sentence == "Your 3 decisions changed no label, so the model learns the same as before."


def test_the_impact_of_one_correction_is_not_significant(planted):
    row = planted.flipped[:1]
    found = measure_impact(
        planted.study, Corrections.from_truth(row, planted.truth[row]), truth=planted.truth, orders={}
    )
    assert found.sentence.startswith("Your decision makes no statistically significant difference: the accuracy of")


def test_wrong_corrections_lower_it(planted):
    ones = np.flatnonzero(planted.study.labels == 1)[:100]
    found = measure_impact(
        planted.study, Corrections.from_truth(ones, np.zeros(100, int)), truth=planted.truth, orders={}
    )
    assert found.sentence.startswith("Your 100 decisions lower the accuracy")
    assert "−" in found.own.change_in_words


def curve(before, after):
    points = np.array([before, after])
    change = points - before
    return AccuracyCurve(
        name="own", decisions=np.array([0, 3]), accuracy=points, low=points - 0.01, high=points + 0.01, change=change,
        change_low=change - 0.002, change_high=change + 0.001,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [(0.9, 0.95, ("90.0", "95.0", "+5.0")), (0.98942, 0.98861, ("98.94", "98.86", "−0.08")),
     (0.5, 0.5, ("50.0", "50.0", "0.0")), (0.97849, 0.97951, ("97.85", "97.95", "+0.10"))],
)  # fmt: skip
def test_the_change_is_that_of_the_percentages_that_are_shown(before, after, words):
    made = curve(before, after)
    assert (*made.percentages, made.change_in_words.split(" ")[0]) == words


def test_whatever_the_accuracies_the_figures_of_a_sentence_add_up():
    random = np.random.default_rng(0)
    for before, after in np.clip(0.9 + 0.05 * random.normal(size=(2000, 2)), 0, 1):
        made = curve(before, after)
        first, last = map(Decimal, made.percentages)
        change = made.change_in_words.split(" ")[0].replace("−", "-")
        assert last - first == Decimal(change)
        assert abs(float(change) - 100 * (after - before)) <= 0.05001


def test_an_excluded_sample_is_neither_trained_on_nor_judged(planted, monkeypatch):
    training_sizes = []

    def fitted(points, labels, **how):
        training_sizes.append(len(labels))
        return fit_logistic(points, labels, **how)

    monkeypatch.setattr(sys.modules["margin_core.review.impact.refitted_models"], "fit_logistic", fitted)
    rows = planted.flipped[:40]
    out = Corrections(rows=rows, labels=np.full(40, -1), verified=np.zeros(40, bool))
    found = measure_impact(planted.study, out, orders={})
    assert (found.held_out, found.looked_at, found.changed) == (560, 0, 40)
    # Four quarters, each trained on three times.
    assert sum(training_sizes[:4]) == 3 * 600 and sum(training_sizes[-4:]) == 3 * 560


@pytest.mark.slow
def test_what_is_judged_by_stays_the_same_along_the_curve(planted, all_corrected):
    """Were held-out labels corrected along with the others, the first point would move with the last decision."""
    half = Corrections.from_truth(all_corrected.rows[:75], all_corrected.labels[:75])
    firsts = [
        measure_impact(planted.study, made, truth=planted.truth, orders={}).own.accuracy[0]
        for made in (half, all_corrected)
    ]
    assert firsts[0] == firsts[1]


def test_a_split_of_its_own_is_held_out(planted):
    split = np.where(np.arange(600) % 3 == 0, "test", "train")
    study = Study.build(
        embedding=planted.study.embedding, labels=planted.study.labels, columns={"split": split}
    )  # fmt: skip
    made = Corrections.from_truth(planted.flipped, planted.truth[planted.flipped])
    found = measure_impact(study, made, orders={})
    inside = int((planted.flipped % 3 == 0).sum())
    assert (found.held_out, found.learned_from, found.looked_at) == (200, 150 - inside, inside)
    assert found.judges == "the 200 samples of the split test"
    assert found.judged_in_words.endswith(
        f"{inside} of your decisions are on held-out samples, from which nothing is learned."
    )


def test_very_uneven_classes_count_the_same():
    rng = np.random.default_rng(0)
    truth = (np.arange(1100) % 11 == 0).astype(int)
    truth[:400] = 0
    points = rng.normal(size=(1100, 3)) + 1.2 * truth[:, None]
    study = Study.build(embedding=points, labels=truth)
    found = measure_impact(study, Corrections.from_truth([], []), orders={})
    assert truth.sum() * 10 < (truth == 0).sum()
    assert found.measure == "balanced accuracy"
    # Almost all samples are of one class, but half of the figure is the other's.
    assert found.own.accuracy[0] < 0.9


@pytest.mark.slow
def test_it_is_remembered_and_can_be_stopped(planted, all_corrected):
    engine = CountingEngine()

    def impatient(fraction, text):
        assert 0 <= fraction <= 1
        if "random order" in text:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        measure_impact(planted.study, all_corrected, orders=TWO_ORDERS, run=Run(engine, impatient))
    assert engine.computed.count("bought") == 2
    first = measure_impact(planted.study, all_corrected, orders=TWO_ORDERS, run=Run(engine))
    assert engine.computed.count("bought") == 3
    again = measure_impact(planted.study, all_corrected, orders=TWO_ORDERS, run=Run(engine))
    assert engine.computed.count("bought") == 3
    assert json.dumps(again.to_json()) == json.dumps(first.to_json())
    longer = Corrections.from_truth(planted.flipped[:-1], planted.truth[planted.flipped[:-1]])
    measure_impact(planted.study, longer, orders={}, run=Run(engine))
    assert engine.computed.count("bought") == 4


def test_one_class_and_too_few_samples_are_refused():
    points = np.random.default_rng(0).normal(size=(30, 2))
    one = Study.build(name="one", embedding=points, labels=[0] * 30, class_names=["only", "never"])
    with pytest.raises(MissingPart, match="'one' are all of one class, so there is nothing to learn"):
        measure_impact(one, Corrections.from_truth([], []))
    few = Study.build(name="few", embedding=points[:12], labels=[0, 1] * 6)
    with pytest.raises(MissingPart, match=r"'few' has 12 labeled samples that could be held out; .* at least 20"):
        measure_impact(few, Corrections.from_truth([], []))
    bare = Study.build(name="bare", labels=[0, 1] * 15)
    with pytest.raises(MissingPart, match="'bare' has no embedding"):
        measure_impact(bare, Corrections.from_truth([], []))


def test_corrections_line_up():
    with pytest.raises(ReviewError, match="rows, labels and verified must be as many"):
        Corrections(rows=np.arange(2), labels=np.arange(2), verified=np.ones(1, bool))
    with pytest.raises(ReviewError, match="a row occurs twice"):
        Corrections.from_truth([1, 1], [0, 0])
    made = Corrections.from_truth([4, 2, 0], [1, 1, 1])
    assert made.sorted_by(np.array([0, 1, 2, 3, 4])).rows.tolist() == [0, 2, 4]
    assert made.apply(2, np.zeros(5, int)).tolist() == [0, 0, 1, 0, 1]


def test_an_unknown_truth_leaves_the_label():
    made = true_corrections(np.array([2, 0, 1]), 2, np.array([5, 6, 7]), np.array([1, 2, -1]))
    assert made.rows.tolist() == [2, 0] and made.labels.tolist() == [7, 1]


def test_clear_classes_have_nothing_to_gain():
    planted = blobs(classes=3, each=40, flips=4)
    made = Corrections.from_truth(planted.flipped, planted.truth[planted.flipped])
    found = measure_impact(planted.study, made, truth=planted.truth, orders={})
    assert found.own.accuracy[-1] == 1 and not found.own.is_significant
