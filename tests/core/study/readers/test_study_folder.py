import pytest

from margin_core.errors import SourceError
from margin_core.study.readers.study_folder import read_study_folder
from margin_core.study.samples import ColumnNames


@pytest.fixture
def folder(tmp_path):
    def write(text):
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return tmp_path.resolve()

    return write


def test_everything_that_it_may_say(folder):
    root = folder(
        'name = "Digits"\nsource = "data/set.npz"\nmodel = "small_cnn:model.safetensors"\nlabel = "kind"\n'
        'features = "the hidden layer"\ntruth = "truth.npz"\nid = "key"\noutputs = "o.npz"\n'
        'kinds = {zip = "category", city = "ignore"}\n'
    )
    study = read_study_folder(root)
    assert study.name == "Digits"
    assert study.source == root / "data" / "set.npz"
    assert study.model == f"small_cnn:{root / 'model.safetensors'}"
    assert study.features == "the hidden layer"
    assert study.truth == root / "truth.npz"
    assert study.outputs == root / "o.npz"
    assert study.columns == ColumnNames(label="kind", id="key", kinds=(("city", "ignore"), ("zip", "category")))


def test_only_the_source_is_needed(folder):
    root = folder('source = "."')
    study = read_study_folder(root)
    assert study.source == root
    assert (study.name, study.model, study.features, study.truth) == (None, None, None, None)


@pytest.mark.parametrize(("model", "found"), [
    ("efficientnet-lite0", "efficientnet-lite0"), ("package.module:factory", "package.module:factory"),
    ("a.onnx", "{root}/a.onnx"), ("resnet18:sub/w.pt", "resnet18:{root}/sub/w.pt"),
])  # fmt: skip
def test_weights_start_from_the_folder(folder, model, found):
    root = folder(f'source = "."\nmodel = "{model}"')
    assert read_study_folder(root).model == found.format(root=root)


def refusal(root):
    with pytest.raises(SourceError) as refused:
        read_study_folder(root)
    return str(refused.value).replace(str(root), "FOLDER")


@pytest.mark.parametrize(("key", "value", "path"), [
    ("source", "../x", "../x"), ("source", "/etc", "/etc"), ("truth", "../truth.npz", "../truth.npz"),
    ("outputs", "../o.npz", "../o.npz"),
    ("model", "resnet18:../w.pt", "../w.pt"), ("model", "/x/a.onnx", "/x/a.onnx"), ("source", "link", "link"),
])  # fmt: skip
def test_nothing_may_lead_outside(folder, tmp_path, key, value, path):
    (tmp_path / "link").symlink_to("/")
    source = "" if key == "source" else 'source = "."\n'
    assert refusal(folder(f'{source}{key} = "{value}"')) == (
        f"'FOLDER/study.toml': {key} '{path}' leads outside its folder. Put everything that it names inside."
    )


def test_no_source(folder):
    assert refusal(folder('name = "x"')) == (
        "'FOLDER/study.toml' does not say what to open. Add source = \"...\", a path inside its folder."
    )


def test_an_unknown_key(folder):
    assert refusal(folder('source = "."\nlabel_file = "x"')) == (
        "'FOLDER/study.toml' has an unknown key 'label_file'. It may have: name, source, model, outputs, features, "
        "truth, label, file, id, split, weight, group, kinds, labels, sheet, edges, nodes, classes."
    )


def test_a_value_that_is_no_text(folder):
    assert refusal(folder("source = 3")) == "'FOLDER/study.toml': source must be text; got 3. Put it in quotes."


@pytest.mark.parametrize("kinds", ['"city:category"', "{city = 3}", '["city"]'])
def test_kinds_that_are_no_table_of_texts(folder, kinds):
    assert refusal(folder(f'source = "."\nkinds = {kinds}')) == (
        "'FOLDER/study.toml': kinds must be a table of texts, such as {city = \"category\"}."
    )


def test_broken_toml(folder):
    assert refusal(folder("source = ")) == (
        "'FOLDER/study.toml' cannot be read: Invalid value (at end of document). Correct it; each line reads "
        'key = "text".'
    )
