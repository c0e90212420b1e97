"""Areas by the share of attacked samples in the batch."""

import numpy as np
import pytest
from fashion import fashion
from sklearn.metrics import roc_auc_score

from margin_core.errors import Cancelled
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial.comparison import SHARES, Prevalence, measure_prevalence
from margin_core.tasks.adversarial.evidence import SCORES
from margin_core.tasks.adversarial.scores.mahalanobis import mahalanobis_distance


@pytest.fixture(scope="module")
def engine():
    return MemoryEngine()


@pytest.fixture(scope="module")
def samples(engine):
    return AdversarialStatistics(eps=0.2).collect(fashion(), Run(engine))


@pytest.fixture(scope="module")
def length(samples):
    return lambda nodes: {"length": np.linalg.norm(samples.features[nodes], axis=1)}


def test_batches_have_the_share_that_is_asked_for(samples, length):
    seen = []

    def score(nodes):
        seen.append(nodes)
        return length(nodes)

    found = measure_prevalence(samples, score, draws=3)
    assert len(seen) == 12 and found.areas["length"].shape == (4, 3)
    assert len(found.shares) == len(SHARES)
    for place, share in enumerate(SHARES):
        nodes = seen[3 * place]
        attacked = samples.attacked[nodes]
        counts = int((~attacked).sum()), int(attacked.sum())
        assert counts == (found.clean[place], found.attacked[place])
        assert found.shares[place] == counts[1] / sum(counts)
        assert counts[1] == 2 or counts[1] / sum(counts) == pytest.approx(share, abs=0.01)
        assert found.areas["length"][place, 0] == pytest.approx(roc_auc_score(attacked, length(nodes)["length"]))
        assert (np.diff(nodes) > 0).all()


def test_batches_are_drawn_at_random_by_seed(samples, length):
    one, same, other = (measure_prevalence(samples, length, seed=seed, draws=2) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.areas["length"], same.areas["length"])
    assert (one.areas["length"] != other.areas["length"]).any()


def test_the_summary_is_the_mean_and_the_range(samples, length):
    found = measure_prevalence(samples, length, draws=5)
    mean, low, high = found.summary("length")
    np.testing.assert_allclose(mean, found.areas["length"].mean(axis=1))
    assert (low <= mean).all() and (mean <= high).all()


def test_shares_of_few_samples_are_those_of_two_attacked_ones(samples, length):
    few = np.concatenate([np.flatnonzero(~samples.attacked)[:20], np.flatnonzero(samples.attacked)[:20]])
    found = measure_prevalence(samples.take(few), lambda nodes: length(few[nodes]), draws=2)
    assert found.shares.tolist() == [0.5, 0.2, 2 / 22]  # neither 5 nor 1 %
    assert found.areas["length"].shape == (3, 2)


def test_batches_in_which_a_score_is_unknown_are_left_out_of_its_mean():
    areas = {"some": np.array([[0.5, np.nan, 0.7], [np.nan] * 3])}
    found = Prevalence(np.array([0.5, 0.2]), np.array([4, 2]), np.array([4, 8]), areas)
    np.testing.assert_allclose(found.summary("some"), [[0.6, np.nan], [0.505, np.nan], [0.695, np.nan]])


def test_it_can_be_stopped(samples, length):
    def stop(fraction, text):
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        measure_prevalence(samples, length, run=Run(progress=stop))


def test_what_does_not_depend_on_the_batch_is_computed_once(engine, monkeypatch):
    sizes = []

    def distance(points, reference, classes):
        sizes.append(len(points))
        return mahalanobis_distance(points, reference, classes)

    monkeypatch.setattr("margin_core.tasks.adversarial.evidence.mahalanobis_distance", distance)
    task = AdversarialStatistics(eps=0.2, samples=40, lid_k=7)
    found = task.prevalence(fashion(), Run(engine))
    samples = task.collect(fashion(), Run(engine))
    assert sizes == [len(samples.ids)]
    assert found.areas["mahalanobis"].shape == (3, 10) and np.ptp(found.areas["mahalanobis"][2]) > 0


def test_the_task_scores_every_batch_on_a_graph_of_its_own(engine):
    task = AdversarialStatistics(eps=0.2, signal="kde", samples=40)
    found = task.prevalence(fashion(), Run(engine))
    assert set(found.areas) == set(SCORES)
    # Scores of a sample alone depend on no graph, so only those with neighbors change with the batch.
    samples = task.collect(fashion(), Run(engine))
    whole = task.score(samples)
    part = samples.take(np.arange(0, len(samples.ids), 2))
    for name, values in task.score(part).items():
        alone = name in ("raw", "negative_log_kde", "lid", "mahalanobis", "energy")
        assert np.allclose(values, whole[name][::2], rtol=1e-4) is alone, name


def test_arrays_and_back(engine):
    found = AdversarialStatistics(eps=0.2, samples=40).prevalence(fashion(), Run(engine))
    again = Prevalence.from_arrays(found.to_arrays())
    for name, values in found.areas.items():
        np.testing.assert_array_equal(values, again.areas[name])
