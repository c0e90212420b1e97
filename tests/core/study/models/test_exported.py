"""Models that MARGIN fitted, written to files and read back."""

import json
import stat

import numpy as np
import pytest
from safetensors.numpy import save_file

from margin_core.errors import ModelError, ReviewError
from margin_core.review import export
from margin_core.storage.engine import Run
from margin_core.study.content_notes import describe_content
from margin_core.study.features import with_model
from margin_core.study.inputs.texts import TextList
from margin_core.study.models.exported import write_model
from margin_core.study.models.load import load_model
from margin_core.study.models.named_model import NamedModel
from margin_core.study.probe_model import with_probe_model
from margin_core.values import Study
from margin_core.values.number_table import NumberTable

TEXTS = ("an apple a day", "a pear tree", "apple pie", "pear juice", "red apple", "one pear", "apple core", "pears")


def rows_study():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 20)
    values = rng.normal(size=(60, 4)) * [1, 1000, 1e-3, 1]
    values[:, 0] += 5 * labels
    values[3, 1] = np.nan
    table = NumberTable(values.astype(np.float32), ("a", "b", "c", "d"))
    return with_probe_model(Study.build(inputs=table, labels=labels, class_names=["ä", "b,c", "d"]), Run())


def rows_of_large_numbers():
    """Single precision would round them to one value for each class and its neighbor."""
    labels = np.repeat([0, 1, 2], 20)
    values = 1e12 + labels[:, None] * 20.0 + np.arange(60)[:, None] % 7
    return with_probe_model(Study.build(inputs=NumberTable(values, ("a",)), labels=labels), Run())


def words_study():
    texts = Study.build(inputs=TextList(TEXTS), labels=[0, 1] * 4, class_names=["apple", "pear"])
    return with_probe_model(texts, Run())


def predictions_of(model, study):
    return model.probabilities(study.inputs[np.arange(len(study))])


@pytest.mark.parametrize(
    ("study", "suffix"),
    [
        (rows_study, ".safetensors"),
        (rows_study, ".onnx"),
        (rows_of_large_numbers, ".safetensors"),
        (rows_of_large_numbers, ".onnx"),
        (words_study, ".safetensors"),
    ],
)
def test_what_is_read_back_predicts_the_same(study, suffix, tmp_path):
    study, path = study(), tmp_path / f"model{suffix}"
    assert export(study, (), "model", path).count == len(study.class_names)
    loaded = load_model(str(path))
    assert loaded.class_names == study.class_names
    np.testing.assert_allclose(predictions_of(loaded, study), study.model.predictions, atol=1e-5)
    named = NamedModel(str(path), None, Run())
    assert named.class_names == study.class_names
    assert named.is_black_box
    assert path.stat().st_mode & stat.S_IRGRP


@pytest.mark.parametrize("suffix", [".safetensors", ".onnx"])
def test_rows_keep_their_features_and_the_accuracy_of_their_model(suffix, tmp_path):
    study = rows_study()
    export(study, (), "model", tmp_path / f"rows{suffix}")
    embedding = np.nan_to_num(np.asarray(study.inputs))
    bare = Study.build(inputs=study.inputs, labels=study.labels, class_names=study.class_names, embedding=embedding)
    read_back, _ = with_model(bare, NamedModel(str(tmp_path / f"rows{suffix}"), None, Run()), Run())
    np.testing.assert_array_equal(read_back.embedding, embedding)
    assert read_back.model.stated_accuracy == study.model.accuracy
    assert f"{study.model.accuracy:.0%} of the labels that it was fitted to" in describe_content(read_back)[-1].text


def test_features_of_rows_as_onnx_can_be_named(tmp_path):
    study = rows_study()
    export(study, (), "model", tmp_path / "rows.onnx")
    assert not load_model(str(tmp_path / "rows.onnx")).gives_features
    features = load_model(str(tmp_path / "rows.onnx"), layer="scaled").embed(np.asarray(study.inputs))
    np.testing.assert_allclose(features.std(axis=0), 1, atol=0.02)


@pytest.mark.slow
def test_a_network_is_read_back_as_a_network(pets, tmp_path):
    from margin_core.study import load_study

    study = load_study(pets)
    pictures = [np.asarray(study.inputs[row]) for row in range(len(study))]
    for suffix in (".safetensors", ".onnx"):
        path = tmp_path / f"pictures{suffix}"
        export(study, (), "model", path)
        loaded = load_model(str(path))
        assert loaded.class_names == study.class_names
        assert loaded.stated_accuracy == study.model.accuracy
        np.testing.assert_allclose(loaded.probabilities(pictures), study.model.predictions, atol=2e-3)
    assert not NamedModel(str(tmp_path / "pictures.safetensors"), None, Run()).is_black_box


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ModelError, match="a model is written as"):
        export(rows_study(), (), "model", tmp_path / "model.pkl")
    assert not list(tmp_path.iterdir())


def test_words_are_no_onnx(tmp_path):
    with pytest.raises(ModelError, match="cannot be an ONNX file"):
        write_model(words_study().model.loaded, tmp_path / "words.onnx")


def test_a_model_that_came_with_the_study_is_not_exported(tmp_path):
    study = rows_study()
    given = study.replace(model=study.model.loaded)
    with pytest.raises(ReviewError, match="came with a model of yours"):
        export(given, (), "model", tmp_path / "model.safetensors")
    with pytest.raises(ReviewError, match="has no model: MARGIN fits one to 2 to 200 classes"):
        export(Study.build(embedding=np.eye(3)), (), "model", tmp_path / "model.safetensors")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"weights": np.zeros((3, 5), np.float32)}, "do not match its classes"),
        ({"bias": np.zeros(2, np.float32)}, "do not match its classes"),
        ({"means": None}, "is missing"),
    ],
)
def test_a_file_whose_arrays_do_not_fit_is_refused(changed, message, tmp_path):
    model = rows_study().model.loaded
    arrays = {name: getattr(model, name) for name in ("weights", "bias", "means", "deviations")} | changed
    path = tmp_path / "model.safetensors"
    facts = {"margin_model": "rows", "class_names": json.dumps(list(model.class_names))}
    save_file({name: array for name, array in arrays.items() if array is not None}, path, metadata=facts)
    with pytest.raises(ModelError, match=message):
        load_model(str(path))


@pytest.mark.parametrize(("kind", "message"), [("trees", "does not know"), (None, "without its architecture")])
def test_a_file_of_another_kind_is_refused(kind, message, tmp_path):
    path = tmp_path / "model.safetensors"
    save_file({"w": np.zeros(3, np.float32)}, path, metadata={} if kind is None else {"margin_model": kind})
    with pytest.raises(ModelError, match=message):
        load_model(str(path))


@pytest.mark.parametrize("suffix", [".safetensors", ".onnx"])
def test_a_table_with_other_columns_is_refused(suffix, tmp_path):
    path = tmp_path / f"model{suffix}"
    export(rows_study(), (), "model", path)
    values = np.asarray(rows_study().inputs)
    swapped = Study.build(inputs=NumberTable(values[:, [1, 0, 2, 3]], ("b", "a", "c", "d")), labels=[0, 1, 2] * 20)
    with pytest.raises(ModelError, match="was fitted to the columns a, b, c, d; the table has b, a, c, d"):
        with_model(swapped, load_model(str(path)), Run())


def test_texts_are_no_rows():
    with pytest.raises(ModelError, match="no texts"):
        rows_study().model.loaded.probabilities(["a text"])
