import numpy as np
import pytest
from planted import blobs

from margin_core import Study, explain
from margin_core.tasks import LabelFlips


def evidence(study):
    return explain(LabelFlips(), study).findings.evidence


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("out_of_sample", [True, False])
def test_probabilities_are_between_0_and_1_however_coarsely_they_were_rounded(kind, out_of_sample):
    rng = np.random.default_rng(0)
    planted = blobs(flips=6)
    table = np.round(rng.dirichlet(np.full(3, 0.05), len(planted.truth)), 3).astype(kind)
    table[:40, 0], table[:40, 1:] = 1.0, 1e-6  # sums a little above 1
    study = Study.build(
        embedding=planted.study.embedding, labels=planted.study.labels, class_names=planted.study.class_names,
        probabilities=table, out_of_sample=out_of_sample,
    )  # fmt: skip
    found = evidence(study)
    for name in ("p_given", "p_suggested"):
        assert found[name].dtype == np.float64
        assert found[name].min() >= 0 and found[name].max() <= 1


def test_the_probes_probabilities_are_between_0_and_1_and_sum_to_1():
    study = blobs(flips=6, apart=30.0, classes=2).study  # so far apart that the probe is certain
    found = evidence(study)
    assert 0.99 < found["p_suggested"].max() <= 1 and found["p_given"].max() <= 1
    other = found["suggested"] != found["given"]
    np.testing.assert_allclose((found["p_given"] + found["p_suggested"])[other], 1)


def test_a_sample_without_a_label_has_no_probability_of_it():
    planted = blobs(flips=0)
    labels = planted.truth.copy()
    labels[:5] = -1
    study = Study.build(embedding=planted.study.embedding, labels=labels, class_names=planted.study.class_names)
    found = evidence(study)
    bare = found["given"] < 0
    assert bare.sum() == 5 and (found["given_label"][bare] == "").all()
    assert np.isnan(found["p_given"][bare]).all() and np.isnan(found["agreement"][bare]).all()
    assert not np.isnan(found["p_suggested"]).any()
