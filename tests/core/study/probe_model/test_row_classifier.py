"""Models of a table by name: what they predict of a sample comes from a fit without it, and the ranking uses it."""

import numpy as np
import pytest

from margin_core.cli import main
from margin_core.errors import ModelError, ReviewError
from margin_core.review.export.model_file import write_own_model
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study import load_study
from margin_core.study.load import open_source
from margin_core.study.probe_model import MAX_CLASSES, ProbeModel, with_table_model
from margin_core.tasks.decision_boundary.slice import slice_spaces
from margin_core.values import Study
from margin_core.values.number_table import NumberTable

NAMES = ("gradient_boosting", "mlp")
MISSING = 7


def crossed(n=240, seed=0, **parts):
    """Return rows whose label no linear classifier tells: whether two columns have the same sign."""
    values = np.random.default_rng(seed).normal(size=(n, 3))
    labels = (values[:, 0] * values[:, 1] > 0).astype(int)
    values[::MISSING, 2] = np.nan
    filled = np.nan_to_num(values).astype(np.float32)
    return Study.build(
        inputs=NumberTable(values.astype(np.float32), ("a", "b", "c")), embedding=filled, labels=labels, **parts
    )


@pytest.fixture(scope="module", params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def modeled(name):
    return with_table_model(crossed(), name, Run())


def test_it_tells_what_is_not_linear_and_says_how_well(modeled):
    right = modeled.probabilities.argmax(axis=1) == modeled.labels
    assert modeled.model.accuracy == pytest.approx(right.mean()) and right.mean() > 0.85
    np.testing.assert_allclose(modeled.probabilities.sum(axis=1), 1, atol=1e-5)
    again = modeled.model.probabilities(modeled.inputs[np.arange(len(modeled))])
    assert np.mean(again.argmax(axis=1) == modeled.labels) > right.mean()  # these are of a fit to all of them


def test_labels_at_random_are_predicted_by_chance(name):
    study = with_table_model(crossed().with_labels(np.random.default_rng(3).integers(0, 2, 240)), name, Run())
    assert study.out_of_sample and study.model.accuracy == pytest.approx(0.5, abs=0.1)


def test_the_order_of_the_samples_changes_nothing(name, modeled):
    order = np.random.default_rng(1).permutation(len(modeled))
    plain = crossed()
    other = Study.build(
        ids=plain.ids[order], inputs=NumberTable(np.asarray(plain.inputs)[order], plain.inputs.names),
        embedding=plain.embedding[order], labels=plain.labels[order], class_names=plain.class_names,
    )  # fmt: skip
    np.testing.assert_allclose(
        with_table_model(other, name, Run()).probabilities, modeled.probabilities[order], atol=1e-5
    )


def test_a_column_without_values_changes_nothing(name, modeled):
    values = np.asarray(modeled.inputs)
    empty = NumberTable(np.column_stack([values, np.full(len(values), np.nan, np.float32)]), ("a", "b", "c", "empty"))
    other = with_table_model(crossed().replace(inputs=empty), name, Run())
    assert other.model.accuracy == pytest.approx(modeled.model.accuracy, abs=0.05)
    nothing = NumberTable(np.full((len(values), 2), np.nan, np.float32), ("a", "b"))
    guessed = with_table_model(crossed().replace(inputs=nothing), name, Run())
    assert guessed.model.accuracy == pytest.approx(0.5, abs=0.1)
    np.testing.assert_allclose(guessed.model.probabilities(np.full((2, 2), np.nan)).sum(axis=1), 1, atol=1e-5)


def test_unlabeled_rows_are_predicted_and_given_probabilities_stay():
    labels = crossed().labels.copy()
    labels[200:] = -1
    study = with_table_model(crossed().with_labels(labels), "gradient_boosting", Run())
    assert np.mean(study.probabilities[200:].argmax(axis=1) == crossed().labels[200:]) > 0.8
    given = np.tile([0.25, 0.75], (240, 1))
    kept = with_table_model(crossed(probabilities=given), "gradient_boosting", Run())
    np.testing.assert_array_equal(kept.probabilities, given.astype(np.float32))
    assert isinstance(kept.model, ProbeModel)


def test_a_workspace_remembers_the_fit_and_the_model_is_that_of_the_fit(tmp_path):
    first = with_table_model(crossed(), "gradient_boosting", Run(Workspace(tmp_path / "own.margin")))
    rows = np.asarray(first.inputs)[:20]
    expected = first.model.probabilities(rows)
    other = with_table_model(crossed(), "gradient_boosting", Run(Workspace(tmp_path / "own.margin")))
    np.testing.assert_array_equal(other.probabilities, first.probabilities)
    np.testing.assert_array_equal(other.model.probabilities(rows), expected)
    with pytest.raises(ModelError, match="takes rows of 3 numbers"):
        other.model.probabilities(np.eye(2))
    assert slice_spaces(other)[0] == "inputs"
    with pytest.raises(ReviewError, match="cannot be written"):
        write_own_model(other, (), tmp_path / "model.safetensors")


@pytest.mark.parametrize(
    ("study", "reason"),
    [
        (Study.build(name="pets", inputs=np.zeros((4, 8, 8), np.uint8), labels=[0, 0, 1, 1]), "'pets' holds pictures"),
        (Study.build(name="mails", inputs=["one", "two"], labels=[0, 1]), "'mails' holds texts"),
        (Study.build(name="points", embedding=np.eye(4), labels=[0, 0, 1, 1]), "'points' holds only features"),
        (Study.build(name="rows", inputs=np.eye(4)), "'rows' has no labels"),
        (Study.build(name="rows", inputs=np.eye(4), labels=[1, 1, 1, 1], class_names=["a", "b"]), "labels of one"),
        (Study.build(name="rows", inputs=np.eye(MAX_CLASSES + 1), labels=np.arange(MAX_CLASSES + 1)), "has 201"),
    ],
)
def test_what_it_cannot_be_fitted_to_is_refused_in_a_sentence(study, reason):
    with pytest.raises(ModelError, match=reason) as error:
        with_table_model(study, "mlp", Run())
    assert str(error.value).startswith("'mlp' is fitted to rows of numbers of 2 to 200 classes, and ")


def write_table(folder):
    study = crossed()
    lines = [f"{a},{b},{label}" for (a, b, _), label in zip(np.asarray(study.inputs), study.labels, strict=True)]
    path = folder / "signs.csv"
    path.write_text("first,second,label\n" + "\n".join(lines) + "\n")
    return path


def test_it_is_asked_for_by_name_and_said_where_the_table_is_opened(tmp_path, capsys):
    path = write_table(tmp_path)
    opened = open_source(path, model="gradient_boosting")
    right = f"{opened.study.model.accuracy:.0%} of the labels right in cross-validation"
    said = f"Model: MARGIN's own model: gradient boosting of the columns; {right}."
    assert said in [note.text for note in opened.notes]
    stored = ["--workspace", str(tmp_path / "w.margin"), "--out", str(tmp_path / "out")]
    assert main(["audit", str(path), "--model", "mlp", *stored]) == 0
    assert "Model: MARGIN's own model: a neural network of two layers" in capsys.readouterr().err
    again = load_study(tmp_path / "w.margin")  # the workspace knows with which model it was made
    assert again.model.title.startswith("a neural network") and again.out_of_sample


def test_a_misspelled_name_is_answered_with_the_right_one(tmp_path, capsys):
    path = write_table(tmp_path)
    assert main(["audit", str(path), "--model", "gradient_bosting"]) == 2
    assert "Near to it: gradient_boosting" in capsys.readouterr().err
