import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from margin_core import explain
from margin_core.errors import NotComputed
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study import load_study
from margin_core.study.load import open_source
from margin_core.study.notes import texts_of
from margin_core.study.probe_model import ProbeModel, predicted_probabilities, with_probe_model
from margin_core.study.probe_model.model import MAX_CLASSES
from margin_core.study.resolved_model import is_black_box
from margin_core.tasks import Saliency
from margin_core.values import Need, Study
from margin_core.values.number_table import NumberTable


def rows_of(each=40, classes=3, apart=4.0, seed=0, **parts):
    """Return rows of six columns, of which the first tells the classes apart."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), each)
    values = rng.normal(size=(len(labels), 6))
    values[:, 0] += apart * labels
    values *= [1, 100, 1, 1e-3, 1, 1]
    names = tuple("abcdef")
    table = NumberTable(values.astype(np.float32), names)
    return Study.build(inputs=table, labels=labels, class_names=[f"c{k}" for k in range(classes)], **parts)


def texts_study(folder, each=20):
    """Return a manifest of texts in which one word tells the classes apart."""
    rng = np.random.default_rng(0)
    filler = ["the", "river", "runs", "slowly", "past", "old", "houses", "and", "trees"]
    lines = ["text,label"]
    for number in range(2 * each):
        words = [*rng.choice(filler, 7), ("apple", "pear")[number % 2]]
        lines.append(f"{' '.join(rng.permutation(words))},{('fruit a', 'fruit b')[number % 2]}")
    path = folder / "texts.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_rows_get_a_model_that_tells_their_classes_apart():
    study = with_probe_model(rows_of(), Run())
    model = study.model
    probabilities = model.probabilities(study.inputs[np.arange(len(study))])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    assert np.mean(probabilities.argmax(axis=1) == study.labels) > 0.9
    np.testing.assert_array_equal(predicted_probabilities(study), probabilities)
    assert model.class_names == study.class_names
    assert study.parts["model"] == model.fingerprint


def test_its_accuracy_is_that_of_cross_validation():
    study = with_probe_model(rows_of(apart=1.5, each=100), Run())
    peer = make_pipeline(StandardScaler(), LogisticRegression())
    values = np.asarray(study.inputs)
    expected = cross_val_score(peer, values, study.labels, cv=5).mean()
    assert study.model.accuracy == pytest.approx(expected, abs=0.04)
    assert study.model.accuracy < 0.9


def test_labels_at_random_are_predicted_by_chance():
    plain = rows_of(apart=0.0, each=150, classes=4)
    assert with_probe_model(plain, Run()).model.accuracy == pytest.approx(0.25, abs=0.08)


def test_a_missing_value_counts_as_the_mean_of_its_column():
    rows = np.asarray(rows_of().inputs).copy()
    rows[::7, 1] = np.nan
    study = with_probe_model(rows_of().replace(inputs=NumberTable(rows, tuple("abcdef"))), Run())
    filled = np.where(np.isnan(rows), np.nanmean(rows, axis=0), rows)
    np.testing.assert_allclose(study.model.probabilities(rows), study.model.probabilities(filled), atol=1e-5)


def test_a_class_without_samples_is_never_predicted():
    plain = rows_of()
    study = with_probe_model(plain.replace(class_names=[*plain.class_names, "never"]), Run())
    assert study.model.probabilities(np.asarray(study.inputs))[:, 3].max() < 1e-6


def test_unlabeled_samples_are_predicted_and_not_fitted_on():
    plain = rows_of()
    labels = plain.labels.copy()
    labels[::2] = -1
    study = with_probe_model(plain.with_labels(labels), Run())
    assert np.mean(study.model.predictions[::2].argmax(axis=1) == plain.labels[::2]) > 0.9


@pytest.mark.parametrize(
    "study",
    [
        rows_of(classes=1),
        rows_of(classes=MAX_CLASSES + 1, each=1),
        Study.build(embedding=np.eye(4), labels=[0, 0, 1, 1]),
        Study.build(inputs=np.eye(4)),
        Study.build(inputs=np.zeros((4, 8, 8), np.uint8), labels=[0, 0, 1, 1], embedding=np.eye(4)),
    ],
    ids=["one class", "many classes", "no inputs", "no labels", "pictures with features of their own"],
)
def test_where_none_can_be_fitted_there_is_none(study):
    assert with_probe_model(study, Run()) is study


@pytest.mark.slow  # A network embeds the pictures.
def test_pictures_with_features_of_their_own_get_a_model_where_it_is_asked_for(tmp_path):
    rng = np.random.default_rng(0)
    labels = np.arange(24) % 2
    pictures = (rng.integers(0, 60, (24, 8, 8)) + 180 * labels[:, None, None]).astype(np.uint8)
    features = rng.normal(size=(24, 3)).astype(np.float32)
    np.savez(tmp_path / "pets.npz", inputs=pictures, embedding=features, labels=labels)
    plain = load_study(tmp_path / "pets.npz")
    assert not plain.has(Need.MODEL)
    study = load_study(tmp_path / "pets.npz", model="margin")
    assert isinstance(study.model, ProbeModel) and study.model.accuracy == 1
    np.testing.assert_array_equal(study.embedding, features)  # The ranking rests on what came with the study.
    assert study.model.probabilities(pictures[:2]).argmax(axis=1).tolist() == [0, 1]
    np.testing.assert_array_equal(study.model.predictions.argmax(axis=1), labels)


def test_a_model_that_came_with_the_study_stays():
    study = rows_of()
    given = study.replace(model=with_probe_model(study, Run()).model.loaded)
    assert with_probe_model(given, Run()) is given


def test_it_is_fitted_once(tmp_path):
    study, workspace = rows_of(), Workspace.at(tmp_path / "w.margin")
    fitted = with_probe_model(study, Run(workspace))
    again = with_probe_model(study, Run(Workspace.at(tmp_path / "w.margin", may_compute=False)))
    np.testing.assert_array_equal(again.model.predictions, fitted.model.predictions)
    other = study.with_labels(np.roll(study.labels, 1))
    with pytest.raises(NotComputed):
        with_probe_model(other, Run(Workspace.at(tmp_path / "w.margin", may_compute=False)))


def test_corrections_do_not_change_the_model_of_an_open_study():
    study = with_probe_model(rows_of(), Run())
    assert study.with_labels(np.roll(study.labels, 1)).model is study.model


def test_texts_get_a_model_of_their_words(tmp_path):
    opened = open_source(texts_study(tmp_path))
    model = opened.study.model
    assert isinstance(model, ProbeModel)
    assert is_black_box(model)
    assert model.probabilities(["an apple", "a pear"]).argmax(axis=1).tolist() == [0, 1]
    assert model.accuracy > 0.9
    text = " ".join(texts_of(opened.notes, *{note.kind for note in opened.notes}))
    assert f"Model: {model.description}; {model.accuracy:.0%} of the labels right in cross-validation." in text


def test_a_text_is_explained_by_the_word_that_decides(tmp_path):
    study = load_study(texts_study(tmp_path))
    frame = explain(Saliency(sample=str(study.ids[0])), study).to_frame()
    assert frame["id"].iloc[0].split()[-1] in ("apple", "pear")


def test_a_row_is_explained_by_the_column_that_decides():
    study = with_probe_model(rows_of(), Run())
    frame = explain(Saliency(sample="0"), study).to_frame()
    assert frame["id"].iloc[0] == "a"


def test_a_row_that_lacks_a_value_is_explained_too():
    values = np.asarray(rows_of().inputs).copy()
    values[0, 1] = np.nan
    study = with_probe_model(rows_of().replace(inputs=NumberTable(values, tuple("abcdef"))), Run())
    frame = explain(Saliency(sample="0"), study).to_frame()
    assert frame["id"].iloc[0] == "a"
    assert frame.set_index("id")["score"]["b"] < 0.01  # its mean stands in for it, hidden or not


def test_accuracy_is_not_stated_where_nothing_is_held_out():
    study = with_probe_model(rows_of(columns={"group": np.repeat("one", 120)}), Run())
    assert np.isnan(study.model.accuracy)


@pytest.mark.slow
def test_pictures_get_a_network_with_their_own_classes(pets):
    study = load_study(pets)
    model = study.model
    assert isinstance(model, ProbeModel)
    assert not is_black_box(model)
    pictures = [np.asarray(study.inputs[row]) for row in range(len(study))]
    # The network in one piece predicts what the probe on its features does.
    np.testing.assert_allclose(model.probabilities(pictures), model.predictions, atol=1e-3)
    assert model.loaded.classes == len(study.class_names)
