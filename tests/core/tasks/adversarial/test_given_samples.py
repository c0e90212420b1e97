"""A suspicious batch beside trusted samples."""

import numpy as np
import pytest
from fashion import fashion
from sklearn.metrics import roc_auc_score

from margin_core import Study, explain
from margin_core.errors import MissingPart, ParameterError, SourceError
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial.given_samples import NO_ROW, collect_given
from margin_core.tasks.adversarial.remarks import describe_attack

GIVEN = AdversarialStatistics(attack="given")


@pytest.fixture(scope="module")
def attacked():
    """The bundled study with attacked pictures as a study of its own, and the clean ones as the reference."""
    task, study = AdversarialStatistics(eps=0.2), fashion()
    found = task.attacked(study, Run(MemoryEngine()))
    pictures = found.after[found.changed]
    model = study.model
    _, trusted = model.both(study.inputs)
    reference = study.replace(probabilities=trusted)
    embedding, probabilities = model.both(pictures)
    return Study.build(
        name="new", ids=study.ids[found.clean.rows[found.changed]], embedding=embedding, probabilities=probabilities,
        class_names=study.class_names, reference=reference,
    )  # fmt: skip


def test_trusted_samples_are_of_the_reference_and_suspicious_ones_of_the_study(attacked):
    found = explain(GIVEN, attacked)
    suspicious = found.findings.roles == "suspicious"
    assert set(found.findings.roles) == {"trusted", "suspicious"}
    np.testing.assert_array_equal(attacked.ids[found.rows[suspicious]], found.findings.ids[suspicious])
    assert (found.rows[~suspicious] == NO_ROW).all()
    trusted = [name.removesuffix(" (reference)") for name in found.findings.ids[~suspicious]]
    assert set(trusted) <= set(attacked.reference.ids) and len(trusted) == 100
    assert suspicious.sum() == len(attacked)


def test_attacked_samples_stand_out_and_energy_is_unknown(attacked):
    found = explain(GIVEN, attacked).findings
    for name in ("raw", "negative_log_kde", "lid"):
        assert roc_auc_score(found.evidence["attacked"], found.evidence[name]) > 0.75, name
    assert np.isnan(found.evidence["energy"]).all()


def test_no_trusted_sample_is_node_and_reference_of_densities_at_once(attacked):
    samples = collect_given(attacked, 1000)
    assert len(samples.reference.features) == 100
    nodes = {row.tobytes() for row in samples.features[~samples.attacked]}
    assert not nodes & {row.tobytes() for row in samples.reference.features}


def test_classes_are_matched_by_name():
    trusted = Study.build(embedding=np.eye(4), labels=["b", "a", "c", "b"])
    study = Study.build(embedding=np.eye(4), labels=["a", "a", "b", "b"], reference=trusted)
    samples = collect_given(study, 10)
    names = np.array([*study.class_names, ""])
    by_id = {str(one): name for one, name in zip(trusted.ids, ["b", "a", "", "b"], strict=True)}
    trusted_ids = [name.removesuffix(" (reference)") for name in samples.ids[~samples.attacked]]
    assert names[samples.classes[~samples.attacked]].tolist() == [by_id[one] for one in trusted_ids]


def test_without_classes_all_trusted_samples_are_compared_with():
    rng = np.random.default_rng(0)
    trusted = Study.build(embedding=rng.normal(size=(200, 3)))
    study = Study.build(embedding=rng.normal(size=(30, 3)) + 5, reference=trusted)
    found = explain(GIVEN, study).findings
    assert roc_auc_score(found.evidence["attacked"], found.evidence["raw"]) > 0.95


def test_samples_without_features_are_left_out():
    points = np.eye(5)
    points[2] = np.nan
    study = Study.build(embedding=points, reference=Study.build(embedding=np.eye(5)))
    assert "2" not in collect_given(study, 10).ids
    empty = Study.build(name="empty", embedding=np.full((5, 5), np.nan), reference=Study.build(embedding=np.eye(5)))
    with pytest.raises(SourceError) as caught:
        explain(GIVEN, empty)
    assert str(caught.value) == "Study 'empty' has no sample with features, so there is nothing to compare."


def test_a_reference_is_asked_for():
    with pytest.raises(MissingPart, match="has no reference"):
        explain(GIVEN, Study.build(embedding=np.eye(4)))


def test_nothing_is_attacked(attacked):
    with pytest.raises(ParameterError, match="is 'given', so no picture is changed"):
        GIVEN.attacked(attacked, Run())


def test_it_is_said_that_nobody_knows_what_is_attacked(attacked):
    said = describe_attack(explain(GIVEN, attacked))
    assert said.startswith(
        f"{len(attacked)} suspicious samples beside 100 trusted ones. Whether any is attacked is not"
    )


def test_how_many_suspicious_samples_there_are_is_said_where_they_are_limited(attacked):
    few = explain(AdversarialStatistics(attack="given", samples=20), attacked)
    assert describe_attack(few).startswith(f"20 suspicious samples (of {len(attacked)}) beside 20 trusted ones. ")
    assert describe_attack(explain(GIVEN, attacked)).startswith(f"{len(attacked)} suspicious samples beside ")
