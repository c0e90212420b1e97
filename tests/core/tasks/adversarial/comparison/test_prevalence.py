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


@pytest.fixture(scope="module")
def engine():
    return MemoryEngine()


@pytest.fixture(scope="module")
def samples(engine):
    return AdversarialStatistics(eps=0.2).collect(fashion(), Run(engine))


def length(samples):
    return {"length": np.linalg.norm(samples.features, axis=1)}


def test_batches_have_the_share_that_is_asked_for(samples):
    seen = []

    def score(batch):
        seen.append(batch)
        return length(batch)

    found = measure_prevalence(samples, score, draws=3)
    assert len(seen) == 12 and found.areas["length"].shape == (4, 3)
    for place, share in enumerate(SHARES):
        batch = seen[3 * place]
        counts = int((~batch.attacked).sum()), int(batch.attacked.sum())
        assert counts == (found.clean[place], found.attacked[place])
        assert counts[1] == 2 or counts[1] / sum(counts) == pytest.approx(share, abs=0.01)
        assert found.areas["length"][place, 0] == pytest.approx(roc_auc_score(batch.attacked, length(batch)["length"]))
    assert set(seen[0].ids) <= set(samples.ids)


def test_batches_are_drawn_at_random_by_seed(samples):
    one, same, other = (measure_prevalence(samples, length, seed=seed, draws=2) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.areas["length"], same.areas["length"])
    assert (one.areas["length"] != other.areas["length"]).any()


def test_the_summary_is_the_mean_and_the_range(samples):
    found = measure_prevalence(samples, length, draws=5)
    mean, low, high = found.summary("length")
    np.testing.assert_allclose(mean, found.areas["length"].mean(axis=1))
    assert (low <= mean).all() and (mean <= high).all()


def test_it_can_be_stopped(samples):
    def stop(fraction, text):
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        measure_prevalence(samples, length, run=Run(progress=stop))


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
