import numpy as np
import pytest
from planted import blobs

from margin_core import Study
from margin_core.errors import Cancelled, MissingPart, ParameterError
from margin_core.graph import GivenGraph, Knn
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.tasks import ActiveSampling
from margin_core.tasks.active_sampling import STRATEGIES, AccuracyCurves, simulate_curves
from margin_core.tasks.active_sampling.simulation import LabelingSimulation


@pytest.fixture(scope="module")
def study():
    return blobs(each=40).study


def test_every_strategy_has_a_curve_of_every_seed(study):
    curves = simulate_curves(study, sizes=[4, 12, 30], seeds=2)
    assert curves.strategies == tuple(STRATEGIES)
    assert curves.sizes.tolist() == [4, 12, 30]
    assert curves.accuracy.shape == (len(STRATEGIES), 2, 3)
    assert ((curves.accuracy >= 0) & (curves.accuracy <= 1)).all()
    assert curves.classifier == "probe"
    assert (curves.mean[:, -1] > 0.9).all()
    frame = curves.to_frame()
    assert len(frame) == len(STRATEGIES) * 2 * 3
    one = frame[(frame.strategy == "k_center") & (frame.seed == 1) & (frame.labels == 12)].accuracy.item()
    assert one == curves.accuracy[curves.strategies.index("k_center"), 1, 1]


def test_what_is_computed_is_remembered(study):
    engine = MemoryEngine()
    asked = {"strategies": ["influence_coverage", "badge"], "sizes": [5, 10], "seeds": 2}
    first = simulate_curves(study, **asked, run=Run(engine))
    curves = {key: found for key, found in engine.results.items() if key[0] == "sampling_curve"}
    assert len(curves) == 4
    again = simulate_curves(study, **asked, run=Run(engine))
    np.testing.assert_array_equal(first.accuracy, again.accuracy)
    assert len([key for key in engine.results if key[0] == "sampling_curve"]) == 4
    simulate_curves(study.with_labels(np.roll(study.labels, 1)), **asked, run=Run(engine))
    assert len([key for key in engine.results if key[0] == "sampling_curve"]) == 8


def test_it_can_be_stopped_and_goes_on_where_it_was(study):
    engine, seen = MemoryEngine(), []

    def stop(fraction, text):
        seen.append(fraction)
        if "Random, seed 1 of 1" in text:
            raise Cancelled("Stopped.")

    asked = {"strategies": ["k_center", "random"], "sizes": [5, 10], "seeds": 1}
    with pytest.raises(Cancelled):
        simulate_curves(study, **asked, run=Run(engine, stop))
    assert seen == sorted(seen)
    assert len([key for key in engine.results if key[0] == "sampling_curve"]) == 1
    reported = []
    simulate_curves(study, **asked, run=Run(engine, lambda fraction, text: reported.append(fraction)))
    assert reported == sorted(reported) and reported[-1] == 1


def test_the_labels_of_held_out_samples_change_no_choice(study):
    split = np.where(np.arange(len(study)) % 2, "train", "test")
    one = study.replace(columns={"split": split})
    changed = study.labels.copy()
    changed[split == "test"] = (changed[split == "test"] + 1) % 3
    asked = {"strategies": ["influence_coverage", "least_margin"], "sizes": [9, 20], "seeds": 1}
    before = simulate_curves(one, **asked)
    after = simulate_curves(one.with_labels(changed), **asked)
    assert (before.mean[:, -1] > 0.9).all() and (after.mean[:, -1] < 0.2).all()


def test_what_is_selected_is_in_the_pool_and_grows(study):
    simulation = LabelingSimulation.of(study, ActiveSampling(graph=Knn(k=5)))
    pool = np.arange(0, len(study), 2)
    for name in STRATEGIES:
        small, large = simulation.select(name, 0, pool, [6, 15])
        assert len(small) == 6 and len(set(large.tolist())) == 15
        np.testing.assert_array_equal(large[:6], small)
        assert set(large.tolist()) <= set(pool.tolist())


def test_balanced_random_knows_the_classes(study):
    simulation = LabelingSimulation.of(study, ActiveSampling())
    [rows] = simulation.select("balanced_random", 0, np.arange(len(study)), [9])
    assert np.bincount(study.labels[rows]).tolist() == [3, 3, 3]


def test_sizes_beyond_the_pool_are_left_out(study):
    curves = simulate_curves(study, strategies=["random"], sizes=[10, 80, 81, 500], seeds=1)
    assert curves.sizes.tolist() == [10, 80]
    assert np.isnan(curves.spread).all()


@pytest.mark.parametrize(
    ("samples", "sizes"), [(9, [1, 2, 3, 6]), (90, [3, 6, 12, 24, 36, 60]), (600, [10, 20, 40, 80, 120, 200])]
)
def test_sizes_reach_as_far_as_there_are_samples(samples, sizes):
    points = np.random.default_rng(0).normal(size=(samples, 2)) + 6 * np.eye(3, 2)[np.arange(samples) % 3]
    study = Study.build(embedding=points, labels=np.arange(samples) % 3)
    assert simulate_curves(study, strategies=["random"], seeds=1).sizes.tolist() == sizes


def test_who_knows_the_classes_is_called_so():
    curves = AccuracyCurves(
        strategies=("k_center", "balanced_random"),
        sizes=np.array([10]),
        accuracy=np.zeros((2, 1, 1)),
        classifier="probe",
    )
    assert curves.titles == ("k-center (core-set)", "Random, balanced over true classes")


def test_mean_spread_and_area():
    curves = AccuracyCurves(
        strategies=("random",), sizes=np.array([10, 20, 40]), accuracy=np.array([[[0.2, 0.4, 0.6], [0.4, 0.6, 0.6]]]),
        classifier="probe",
    )  # fmt: skip
    np.testing.assert_allclose(curves.mean, [[0.3, 0.5, 0.6]])
    np.testing.assert_allclose(curves.spread, [[0.2 / 2**0.5, 0.2 / 2**0.5, 0]], atol=1e-12)
    np.testing.assert_allclose(curves.area, [[(3 + 10) / 30, (5 + 12) / 30]])


def test_on_a_given_graph_a_network_is_taught():
    pytest.importorskip("torch_geometric")
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 20)
    one = np.repeat(np.arange(40), 3)
    other = one // 20 * 20 + (one + rng.integers(1, 20, len(one))) % 20  # on the same side
    ends = np.stack([one, other])
    study = Study.build(
        embedding=rng.normal(size=(40, 3)) + 2 * labels[:, None], labels=labels, graph=np.hstack([ends, ends[::-1]])
    )
    curves = simulate_curves(study, strategies=["influence_coverage"], sizes=[4], seeds=1)
    assert curves.classifier == "gcn" and curves.mean[0, 0] > 0.9
    probe = simulate_curves(
        study, task=ActiveSampling(graph=GivenGraph()), strategies=["influence_coverage"], sizes=[4], seeds=1,
        classifier="probe",
    )  # fmt: skip
    assert probe.classifier == "probe" and probe.mean[0, 0] > 0.9


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"strategies": ["best"]}, f"strategies must be among {', '.join(STRATEGIES)}; got 'best'."),
        ({"strategies": []}, f"strategies must be among {', '.join(STRATEGIES)}; none was named."),
        ({"classifier": "forest"}, "classifier must be one of probe, gcn; got 'forest'."),
        ({"seeds": 0}, "seeds must be at least 1; got 0."),
        (
            {"sizes": [900]},
            "Study 'study' has 80 labeled samples to choose from besides those held out; sizes must be between 1 and "
            "that, got 900.",
        ),
    ],
)
def test_what_there_is_not_is_named(study, asked, message):
    with pytest.raises(ParameterError) as caught:
        simulate_curves(study.replace(name="study"), **asked)
    assert str(caught.value) == message


def test_without_labels_of_two_classes_there_is_a_sentence():
    study = Study.build(name="pets", embedding=np.eye(4), labels=[0, 0, -1, -1], class_names=["a", "b"])
    with pytest.raises(MissingPart) as caught:
        simulate_curves(study)
    assert str(caught.value) == (
        "Study 'pets' has no labels of two classes to simulate with. Label some of each class first."
    )
