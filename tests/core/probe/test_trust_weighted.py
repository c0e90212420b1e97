import numpy as np
from engines import CountingEngine
from planted import blobs

from margin_core import Study, explain
from margin_core.domain import every_sample
from margin_core.graph import build_graph
from margin_core.probe.trust_weighted import (
    NEIGHBORS,
    VERIFIED_WEIGHT,
    compute_out_of_sample_probabilities,
    fit_trust_weighted_probe,
    select_training_labels,
)
from margin_core.storage.engine import Run
from margin_core.tasks import DecisionBoundary, LabelFlips


def fit(study, **options):
    domain = every_sample(study)
    return fit_trust_weighted_probe(study, domain, build_graph(NEIGHBORS, domain), **options)


def test_the_second_fit_is_less_misled_by_wrong_labels():
    planted = blobs(classes=3, each=40, flips=20, apart=3)
    found = fit(planted.study)
    of_truth = [table.at_one(planted.truth).mean() for table in (found.first, found.probabilities)]
    assert of_truth[1] > of_truth[0]
    for table in (found.first, found.probabilities):
        assert table.values.min() >= 0
        np.testing.assert_allclose(table.total, 1, rtol=1e-5)


def test_a_verified_label_weighs_more():
    planted = blobs(classes=2, each=30, flips=0, apart=2)
    verified = np.zeros(60, dtype=bool)
    verified[:3] = True
    one, other = fit(planted.study), fit(planted.study, verified=verified)
    np.testing.assert_array_equal(one.first.values, other.first.values)
    assert (one.probabilities.values != other.probabilities.values).any() and VERIFIED_WEIGHT > 1


def test_only_the_training_split_is_fitted_on():
    planted = blobs(classes=2, each=30, flips=0)
    split = np.array(["train", "test", "val"])[np.arange(60) % 3]
    study = Study.build(
        embedding=planted.study.embedding, labels=planted.truth, class_names=["a", "b"], columns={"split": split}
    )
    np.testing.assert_array_equal(select_training_labels(study.labels, every_sample(study)) >= 0, split == "train")
    other = study.with_labels(np.where(split == "train", planted.truth, 1 - planted.truth))
    np.testing.assert_array_equal(fit(study).probabilities.values, fit(other).probabilities.values)


def test_audit_and_boundary_share_one_fit():
    study, engine = blobs(flips=3, apart=4.0).study, CountingEngine()
    explain(LabelFlips(), study, engine=engine)
    assert engine.computed == ["graph", "head", "calibrations", "channel"]  # as workspaces have them
    likely = compute_out_of_sample_probabilities(study, Run(engine))
    assert len(engine.computed) == 4
    explain(DecisionBoundary(), study, engine=engine)
    assert engine.computed[4:] == ["graph"]
    assert likely.min() > 0 and likely.max() < 1
    np.testing.assert_allclose(likely.sum(axis=1), 1)
