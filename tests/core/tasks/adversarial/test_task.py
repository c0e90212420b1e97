"""Adversarial statistics of the bundled study of clothes, and of what cannot be attacked."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from fashion import FASHION, fashion
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from margin_core import Study, explain, load_study
from margin_core.domain.hash_sample import hash_to_unit_interval
from margin_core.errors import Cancelled, MarginWarning, MissingPart, ModelError
from margin_core.influence import HighPass
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.storage.workspace import Workspace
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial.clean_samples import batches_of, select_clean, split_by_hash
from margin_core.tasks.adversarial.evidence import SCORES

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def engine():
    return MemoryEngine()


@pytest.fixture(scope="module")
def explanation(engine):
    return explain(AdversarialStatistics(), fashion(), engine=engine)


def test_nodes_are_clean_samples_and_their_attacked_copies(explanation):
    study, domain, found = fashion(), explanation.domain, explanation.findings
    clean = found.roles == "clean"
    model_classes = study.model.probabilities(study.inputs).argmax(axis=1)
    rows = explanation.rows
    np.testing.assert_array_equal(model_classes[rows[clean]], study.labels[rows[clean]])
    assert (found.ids[clean] == study.ids[rows[clean]]).all()
    assert [f"{name} (attacked)" for name in study.ids[rows[~clean]]] == found.ids[~clean].tolist()
    assert set(rows[~clean]) <= set(rows[clean])
    assert len(domain.ids) == len(set(domain.ids.tolist()))
    np.testing.assert_allclose(
        domain.points[: clean.sum()], study.model.embed(study.inputs[domain.rows[: clean.sum()]]), atol=1e-4
    )


def test_what_counts_as_attacked_has_another_class_and_the_rest_is_counted(explanation):
    evidence = explanation.findings.evidence
    attacked = evidence["attacked"]
    assert (evidence["class"] != evidence["model_class"])[attacked].all()
    assert (evidence["class"] == evidence["model_class"])[~attacked].all()
    tried, unchanged = evidence["tried"][0], evidence["unchanged"][0]
    assert tried == (~attacked).sum() and unchanged == tried - attacked.sum() > 0
    assert (evidence["distance_inf"][attacked] <= 0.1 + 1e-6).all()
    assert (evidence["distance_2"][~attacked] == 0).all() and (evidence["distance_2"][attacked] > 0).all()


def test_whether_the_class_stays_changed_in_8_bits_is_what_the_model_says(engine):
    study = fashion()
    task = AdversarialStatistics(eps=0.02)
    found = explain(task, study, engine=engine)
    from margin_core.tasks.adversarial.attacked_samples import attack_samples

    attacked = attack_samples(study, task.attack_parameters(), task.samples, Run(engine))
    classes = study.model.probabilities(attacked.after).argmax(axis=1)
    np.testing.assert_array_equal(classes, attacked.byte_classes)
    np.testing.assert_array_equal(attacked.before, study.inputs[attacked.clean.rows])
    for place in (0, 7, len(attacked.after) - 1):
        before, after = attacked.pair(place)
        np.testing.assert_array_equal(before, attacked.before[place])
        np.testing.assert_array_equal(after, attacked.after[place])
    with pytest.raises(IndexError):
        attacked.pair(len(attacked.after))
    kept = attacked.changed_as_bytes[attacked.changed].sum()
    assert found.findings.evidence["changed_8bit"].sum() == kept


def test_no_sample_is_node_and_reference_at_once(explanation, engine):
    samples = AdversarialStatistics().collect(fashion(), Run(engine))
    attacked, reference = split_by_hash(fashion())
    assert not set(attacked) & set(reference) and len(attacked) + len(reference) == len(fashion())
    assert set(samples.rows) <= set(attacked)
    assert len(samples.reference.features) <= len(reference)


def test_training_samples_are_the_reference_where_there_are_splits():
    study = fashion().replace(columns={"split": np.repeat(["train", "test"], 100)})
    attacked, reference = split_by_hash(study)
    assert set(attacked) == set(range(100, 200)) and set(reference) == set(range(100))


@pytest.mark.parametrize("signal_name", ["mmd", "kde", "negative_log_kde"])
def test_scores_tell_attacked_from_clean(signal_name, engine):
    found = explain(AdversarialStatistics(signal=signal_name, eps=0.2), fashion(), engine=engine).findings
    attacked = found.roles == "attacked"
    for name in ("negative_log_kde", "lid", "energy"):
        assert roc_auc_score(attacked, found.evidence[name]) > 0.8, name
    if signal_name != "mmd":  # of so few nodes the discrepancy says nothing
        assert roc_auc_score(attacked, found.evidence["raw"]) > 0.8
    assert set(SCORES) <= set(found.evidence)


@pytest.mark.parametrize("ranking", list(SCORES))
def test_the_ranking_is_by_the_score_that_is_asked_for(ranking, engine):
    found = explain(AdversarialStatistics(ranking=ranking), fashion(), engine=engine).findings
    assert (np.diff(found.evidence[ranking]) <= 1e-5 * np.ptp(found.evidence[ranking])).all()
    m = len(found)
    place = [np.mean(found.scores <= score) for score in found.scores]
    np.testing.assert_allclose(found.scores, place, atol=1e-12)
    assert found.scores[0] == 1 and found.scores[-1] >= 1 / m


def test_influence_is_by_the_filter_that_is_asked_for(engine, explanation):
    text = explain(AdversarialStatistics(high_pass=HighPass()), fashion(), engine=engine).findings
    assert (np.diff(text.evidence["text_filter"]) <= 1e-5).all()
    assert (np.diff(explanation.findings.evidence["appendix_filter"]) <= 1e-5).all()


def test_fewer_samples_are_the_first_of_more(engine, explanation):
    few = explain(AdversarialStatistics(samples=20), fashion(), engine=engine)
    assert few.domain.ids[:20].tolist() == explanation.domain.ids[:20].tolist()
    assert few.findings.evidence["tried"][0] == 20


def test_the_recipe_of_the_paper(engine):
    found = explain(AdversarialStatistics.as_printed(), fashion(), engine=engine)
    assert found.parameters["eps"] == 0.275 and found.parameters["graph.k"] == 30
    assert found.findings.evidence["unchanged"][0] == 0


class BlackBox:
    fingerprint = "box"
    description = "A box"

    def probabilities(self, inputs):
        return np.full((len(inputs), 10), 0.1)


def bare(**parts):
    return fashion().replace(**parts)


def test_a_model_without_gradients_is_named():
    with pytest.raises(ModelError) as caught:
        explain(AdversarialStatistics(), bare(model=BlackBox()))
    assert str(caught.value) == (
        "Attacks follow the gradients of a torch network; A box has none. Open the network itself with --model, or "
        "bring the suspicious samples as a study of their own (attack 'given')."
    )


def test_a_model_of_onnxruntime_has_no_gradients(tmp_path):
    from margin_core.study.models import load_model
    from margin_core.study.models.onnx_export import write_onnx_network

    path = tmp_path / "model.onnx"
    write_onnx_network(fashion().model, path)
    with pytest.raises(ModelError, match=r"^Attacks follow the gradients of a torch network; .*onnx.* has none"):
        explain(AdversarialStatistics(), bare(model=load_model(str(path))))


def test_an_estimator_of_scikit_learn_has_no_gradients():
    from margin_core import as_model

    rows = np.random.default_rng(0).normal(size=(60, 3))
    model = as_model(LogisticRegression().fit(rows, (rows[:, 0] > 0).astype(int)))
    with pytest.raises(ModelError, match=r"^Study 'rows' has no pictures: attacks change pixels"):
        explain(AdversarialStatistics(), Study.build(name="rows", inputs=rows, model=model))


def test_texts_are_not_attacked():
    study = Study.build(name="texts", inputs=np.array(["a b", "c d"]), model=BlackBox())
    with pytest.raises(ModelError, match=r"^Study 'texts' has no pictures: attacks change pixels in small steps"):
        explain(AdversarialStatistics(), study)


def test_a_model_of_other_classes_is_named():
    study = fashion()
    other = Study.build(name="other", inputs=study.inputs[:9], labels=["cat", "dog", "cow"] * 3, model=study.model)
    with pytest.raises(ModelError) as caught:
        explain(AdversarialStatistics(), other)
    assert str(caught.value) == (
        f"The 10 outputs of {study.model.description} are not the 3 classes of 'other', so no sample is predicted as "
        "labeled. Attack a model of these classes."
    )


def test_an_attack_that_never_succeeds_is_said():
    with pytest.raises(ModelError) as caught:
        explain(AdversarialStatistics(eps=0.0001, samples=30), fashion())
    assert str(caught.value) == (
        "The attack FGSM changed the predicted class of none of 30 samples, so there is nothing to compare. Raise eps, "
        "or choose another attack."
    )


def test_a_model_that_is_always_wrong_leaves_nothing_to_attack():
    study = fashion()
    wrong = (study.model.probabilities(study.inputs).argmax(axis=1) + 1) % 10
    with pytest.raises(ModelError, match=r"^The model gives none of 100 samples its label, so there is nothing"):
        explain(AdversarialStatistics(), study.with_labels(wrong))


def test_a_study_without_inputs_or_model_is_told_what_to_bring():
    with pytest.raises(MissingPart, match="has no inputs"):
        explain(AdversarialStatistics(), Study.build(embedding=np.eye(4)))


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr("margin_core.tasks.adversarial.clean_samples.MAX_BATCH", 16)


def attacked_steps(folder):
    return sorted(step.name for step in (folder / "steps").glob("attacked-*"))


def test_a_stopped_attack_goes_on_after_the_last_batch(small_batches, tmp_path):
    study, task = fashion(), AdversarialStatistics(attack="pgd", steps=3, samples=80)
    assert len(list(batches_of(study, np.arange(80)))) == 5
    folder = tmp_path / "w.margin"
    seen = []

    def stop_in_the_fourth_batch(fraction, text):
        if text.startswith("Attacking"):
            seen.append(fraction)
            if len(attacked_steps(folder)) == 3:
                raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        explain(task, study, engine=Workspace.at(folder), progress=stop_in_the_fourth_batch)
    stored = attacked_steps(folder)
    assert len(stored) == 3
    times = {name: (folder / "steps" / name).stat().st_mtime_ns for name in stored}
    explanation = explain(task, study, engine=Workspace.at(folder))
    assert len(attacked_steps(folder)) == 5
    assert times == {name: (folder / "steps" / name).stat().st_mtime_ns for name in stored}
    whole = explain(task, study)
    np.testing.assert_array_equal(explanation.findings.ids, whole.findings.ids)
    np.testing.assert_array_equal(explanation.domain.points, whole.domain.points)


KILLED = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT / "tests")!r})
from fashion import FASHION, fashion
from PIL import Image
from margin_core import explain
from margin_core.storage.workspace import Workspace
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial import clean_samples
clean_samples.MAX_BATCH = 16
explain(AdversarialStatistics(attack="carlini_wagner", steps=400, samples=80), fashion(),
        engine=Workspace.at(Path(sys.argv[1])))
"""


@pytest.mark.slow
def test_a_killed_attack_goes_on_where_it_was(small_batches, tmp_path):
    folder = tmp_path / "w.margin"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], env=environment)
    deadline = time.monotonic() + 120
    while len(attacked_steps(folder)) < 2 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    stored = attacked_steps(folder)
    assert 2 <= len(stored) < 5
    times = {name: (folder / "steps" / name).stat().st_mtime_ns for name in stored}
    task = AdversarialStatistics(attack="carlini_wagner", steps=400, samples=80)
    explanation = explain(task, fashion(), engine=Workspace.at(folder))
    assert set(stored) <= set(attacked_steps(folder)) and len(attacked_steps(folder)) == 5
    assert times == {name: (folder / "steps" / name).stat().st_mtime_ns for name in stored}
    assert (explanation.findings.roles == "attacked").any()


def test_batches_are_as_large_as_the_pictures_allow():
    sizes = [len(rows) for rows in batches_of(fashion(), np.arange(200))]
    assert sizes == [128, 72]


def test_an_unreadable_picture_is_left_out(tmp_path):
    from PIL import Image

    from margin_core.study.inputs.pictures import PictureFiles

    study = fashion()
    paths = [f"{row}.png" for row in range(40)]
    for row, path in enumerate(paths):
        Image.fromarray(study.inputs[row]).save(tmp_path / path)
    (tmp_path / "3.png").write_bytes(b"no picture")
    pictures = PictureFiles(tmp_path.resolve(), tuple(paths), np.zeros((40, 16), np.uint8))
    other = Study.build(
        ids=study.ids[:40], inputs=pictures, labels=study.labels[:40], class_names=study.class_names, model=study.model
    )
    rows = explain(AdversarialStatistics(eps=0.2), other).domain.rows
    candidates, _ = split_by_hash(other)
    assert 3 not in rows and set(rows) <= set(candidates) and len(set(rows)) > 10
    readable = select_clean(other, np.arange(40), 40, Run(), "")
    assert readable.unreadable == 1 and readable.seen == 40
    assert readable.misclassified == 39 - len(readable.rows)


def test_the_model_is_left_as_it_was():
    before = {name: tensor.clone() for name, tensor in fashion().model.module.state_dict().items()}
    explain(AdversarialStatistics(samples=10), fashion())
    assert all(torch.equal(before[name], tensor) for name, tensor in fashion().model.module.state_dict().items())


def test_pictures_that_cannot_be_read_are_passed_over_and_counted(tmp_path, engine):
    study, table = fashion(), ["id,file,label"]
    for row in range(60):
        Image.fromarray(study.inputs[row]).save(tmp_path / f"{row}.png")
        table.append(f"{row},{row}.png,{study.class_names[study.labels[row]]}")
    (tmp_path / "clothes.csv").write_text("\n".join(table))
    order = np.argsort(hash_to_unit_interval(np.arange(60).astype(str)))
    for row in (*order[:3], *order[20:22]):
        (tmp_path / f"{row}.png").write_bytes(b"no picture")
    with pytest.warns(MarginWarning, match="cannot be read"):
        found = load_study(tmp_path / "clothes.csv", model=f"small_cnn:{FASHION / 'model.safetensors'}")
    clean = select_clean(found, split_by_hash(found)[0], 100, Run(engine), "")
    assert clean.unreadable == 5 and clean.seen == 30 and len(clean.rows) + clean.misclassified == 25
    first = select_clean(found, split_by_hash(found)[0], 1, Run(engine), "")
    assert first.unreadable == 3 and first.seen == 4 + first.misclassified  # those after it are not looked at
