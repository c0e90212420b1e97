import json

import numpy as np
import pytest

from margin_core.errors import AccessError, MarginWarning, ParameterError, SourceError, WorkspaceError
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace, workspace_folder
from margin_core.study import load_study, open_source
from margin_core.study.inputs.pictures import PictureFiles
from margin_core.study.notes import texts_of
from margin_core.study.readers.read_samples import FILES
from margin_core.values import Study
from margin_core.values import study as study_values

PARTS = {
    "embedding": np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32),
    "labels": np.array(["b", "a", "b", ""]),
    "ids": np.array(["w", "x", "y", "z"]),
    "split": np.array(["train", "test", "test", "test"]),
}


@pytest.fixture
def npz(tmp_path):
    np.savez(tmp_path / "set.npz", **PARTS)
    return tmp_path / "set.npz"


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("key,kind,x\na,u,1\nb,v,2\nc,u,4\n")
    return path


def test_what_is_loaded_is_what_would_be_built(npz, tmp_path):
    rest = {name: PARTS[name] for name in ("embedding", "labels", "ids")}
    built = Study.build(columns={"split": PARTS["split"]}, **rest)
    assert load_study(npz).fingerprint == built.fingerprint
    assert load_study(str(npz), workspace=tmp_path / "w.margin").fingerprint == built.fingerprint


@pytest.mark.filterwarnings("ignore:.*taken to be the classes of the study")
def test_in_memory_nothing_is_written(npz, pets, mean_color, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    opened = open_source(npz)
    load_study(pets, model=mean_color())
    assert opened.workspace is None
    assert sorted(tmp_path.rglob("*")) == before


def test_a_second_time_nothing_big_is_hashed(npz, tmp_path, monkeypatch):
    workspace = tmp_path / "w.margin"
    first = load_study(npz, workspace=workspace)
    hashed = []
    original = study_values.fingerprint
    monkeypatch.setattr(study_values, "fingerprint", lambda *parts: hashed.append(parts) or original(*parts))
    second = load_study(npz, workspace=workspace)
    arrays_hashed = [part for parts in hashed for part in parts if isinstance(part, np.ndarray)]
    assert not [array for array in arrays_hashed if array.ndim > 1]
    assert second.fingerprint == first.fingerprint
    assert isinstance(second.embedding.base, np.memmap) or isinstance(second.embedding, np.memmap)


def test_a_changed_source_is_noticed_and_only_what_changed_is_new(npz, tmp_path):
    workspace = tmp_path / "w.margin"
    first = load_study(npz, workspace=workspace)
    np.savez(npz, **(PARTS | {"labels": np.array(["a", "a", "b", ""])}))
    second = load_study(npz, workspace=workspace)
    changed = {part for part in first.parts if first.parts[part] != second.parts[part]}
    assert changed == {"labels"}


def test_a_folder_of_pictures(pets, mean_color):
    opened = open_source(pets, model=mean_color())
    assert isinstance(opened.study.inputs, PictureFiles)
    assert opened.study.class_names == ("cat", "dog")
    assert opened.source == pets.resolve()
    assert opened.truth is None
    assert texts_of(opened.notes) == ("The model's outputs are taken to be the classes of the study, in their order.",)


def test_a_manifest_with_named_columns(csv):
    study = load_study(csv, label="kind", id="key")
    assert study.ids.tolist() == ["a", "b", "c"]
    assert study.class_names == ("u", "v")
    assert study.features == "1 column: 1 number"


def test_a_folder_of_arrays(tmp_path):
    for name, array in PARTS.items():
        np.save(tmp_path / f"{name}.npy", array)
    assert load_study(tmp_path).labels.tolist() == [1, 0, 1, -1]


@pytest.fixture
def described(npz):
    folder = npz.parent / "digits"
    folder.mkdir()
    npz.rename(folder / "samples.npz")
    (folder / "study.toml").write_text(
        'name = "Digits"\nsource = "samples.npz"\nfeatures = "pixels"\ntruth = "truth.npz"\n'
    )
    (folder / "truth.npz").write_text("must not be read")
    return folder


def test_a_folder_that_describes_itself(described):
    opened = open_source(described)
    assert opened.study.name == "Digits"
    assert opened.study.features == "pixels"
    assert opened.truth == described.resolve() / "truth.npz"
    assert opened.source == described.resolve()
    assert open_source(described / "study.toml").source == described.resolve()


@pytest.fixture
def asked(monkeypatch, mean_color):
    """The arguments of `load_model`, which returns a light model."""
    calls = []

    class Both(mean_color):
        def both(self, inputs):
            return self.embed(inputs), self.probabilities(inputs)

    def load_model(spec, **options):
        calls.append((spec, options))
        return Both()

    for module in ("choice", "named_model"):
        monkeypatch.setattr(f"margin_core.study.models.{module}.load_model", load_model)
    return calls


@pytest.mark.filterwarnings("ignore:.*taken to be the classes of the study")
def test_code_is_allowed_by_who_names_it_and_never_by_a_file(described, pets, tmp_path, asked):
    (described / "study.toml").write_text('source = "pets"\nmodel = "a.b:c"\n')
    pets.rename(described / "pets")
    workspace = Workspace.at(tmp_path / "w.margin")
    load_study(described, allow_code=True)
    load_study(described / "pets", model="a.b:c", allow_code=True, workspace=workspace)
    load_study(workspace.folder, allow_code=True)
    assert [(spec, options["allow_code"]) for spec, options in asked] == [
        ("a.b:c", False), ("a.b:c", True), ("a.b:c", False),
    ]  # fmt: skip


def test_a_workspace_opens_its_source_again(csv, tmp_path):
    workspace = Workspace.at(workspace_folder(csv))
    first = open_source(csv, label="kind", id="key", workspace=workspace)
    again = open_source(workspace.folder)
    assert again.study.fingerprint == first.study.fingerprint
    assert again.study.name == "table"
    assert again.source == csv.resolve()
    assert again.workspace.folder.resolve() == workspace.folder.resolve()
    assert json.loads((workspace.folder / "workspace.json").read_text())["source"] == "table.csv"


def test_a_workspace_moves_with_its_source(csv, tmp_path):
    open_source(csv, label="kind", workspace=Workspace.at(workspace_folder(csv)))
    (tmp_path / "moved").mkdir()
    for name in ("table.csv", "table.csv.margin"):
        (tmp_path / name).rename(tmp_path / "moved" / name)
    assert open_source(tmp_path / "moved" / "table.csv.margin").source == (tmp_path / "moved" / "table.csv").resolve()


def test_a_workspace_elsewhere_remembers_where_its_source_is(csv, tmp_path):
    open_source(csv, label="kind", workspace=tmp_path / "far" / "w.margin")
    assert open_source(tmp_path / "far" / "w.margin").source == csv.resolve()


def test_opening_again_leaves_other_facts_alone(csv):
    workspace = Workspace.at(workspace_folder(csv))
    workspace.describe({"mine": 1})
    open_source(csv, label="kind", workspace=workspace)
    assert workspace.facts()["mine"] == 1
    assert workspace.facts()["format"] == 1


def test_a_workspace_as_engine_is_the_workspace(npz, tmp_path):
    workspace = Workspace.at(tmp_path / "w.margin")
    assert open_source(npz, run=Run(workspace)).workspace is workspace
    assert workspace.facts()["source"] == "set.npz"


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        (
            {"layer": "avgpool"},
            "The layer 'avgpool' is one of a model, and no model is given. Name one, or leave layer out.",
        ),
        (
            {"layer": "avgpool", "model": "margin"},
            "The layer 'avgpool' is one of a model, and MARGIN's own model has none to choose. Name one, or leave "
            "layer out.",
        ),
        ({"layer": 3, "model": "resnet18:w.pt"}, "A layer is named by a text, such as 'layer4'; got a int."),
    ],
)
def test_a_layer_of_no_model_is_refused(npz, chosen, sentence):
    with pytest.raises(ParameterError) as error:
        load_study(npz, **chosen)
    assert str(error.value) == sentence


@pytest.mark.filterwarnings("ignore:.*taken to be the classes of the study")
def test_a_model_named_by_a_workspace_is_taken_again_but_not_loaded(pets, tmp_path, asked, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.pt").write_text("weights")
    workspace = tmp_path / "w.margin"
    first = load_study(pets, model="resnet18:./w.pt", layer="avgpool", workspace=workspace)
    assert asked == [("resnet18:./w.pt", {"layer": "avgpool", "download": False})]
    facts = Workspace(workspace).facts()
    assert (facts["model"], facts["layer"]) == (f"resnet18:{tmp_path / 'w.pt'}", "avgpool")
    asked.clear()
    again = load_study(workspace)
    assert asked == []
    assert again.fingerprint == first.fingerprint
    assert again.model.class_names == ()


def refusal(kind, source, **options):
    with pytest.raises(kind) as refused:
        open_source(source, **options)
    return str(refused.value)


def test_nothing_there(tmp_path):
    assert refusal(SourceError, tmp_path / "x") == f"There is nothing at '{tmp_path / 'x'}'. Check the path."


def test_no_path_at_all():
    assert refusal(SourceError, "a\0b") == "'a\0b' is not a usable path (embedded null byte). Check the path."


def test_an_ending_that_is_not_read(tmp_path):
    (tmp_path / "a.xls").write_text("x")
    assert refusal(SourceError, tmp_path / "a.xls") == (
        f"'{tmp_path.resolve() / 'a.xls'}' is not a source that can be opened. Give a folder of pictures, {FILES} or a "
        "workspace (.margin)."
    )
    assert FILES.startswith("a manifest (.csv, .tsv, .txt, .csv.gz, .jsonl, .xlsx, .parquet, .pq), arrays (.npz, .npy)")


def test_rows_that_do_not_line_up(tmp_path):
    np.savez(tmp_path / "a.npz", embedding=np.eye(3), labels=np.zeros(2, int))
    assert refusal(SourceError, tmp_path / "a.npz") == (
        "Study 'a': rows do not line up (embedding 3, labels 2). Every part needs one row a sample."
    )


def test_an_unknown_class(tmp_path):
    np.savez(tmp_path / "a.npz", embedding=np.eye(2), labels=np.array(["cat", "cow"]), class_names=np.array(["cat"]))
    assert refusal(SourceError, tmp_path / "a.npz") == (
        "Study 'a': label 'cow' is not among the 1 class names. Add it to class_names or correct the label."
    )


def test_ids_that_repeat(csv):
    csv.write_text("key,label,x\na,u,1\na,v,2\n")
    assert refusal(SourceError, csv, id="key") == ("Study 'table': id 'a' occurs 2 times. Ids must be unique.")


def test_values_that_are_missing_stay_missing(tmp_path):
    np.savez(tmp_path / "a.npz", embedding=np.array([[1, np.nan], [2, np.inf], [3, 4]]))
    with pytest.warns(MarginWarning, match="2 samples have no features that can be compared"):
        study = load_study(tmp_path / "a.npz")
    assert np.isfinite(study.embedding).all(axis=1).tolist() == [False, False, True]


def test_a_folder_that_is_no_workspace(tmp_path):
    (tmp_path / "x.margin").mkdir()
    assert refusal(SourceError, tmp_path / "x.margin") == (
        f"'{tmp_path.resolve() / 'x.margin'}' is not a workspace: it has no workspace.json. Open the data set itself."
    )
    assert list((tmp_path / "x.margin").iterdir()) == []


def test_a_workspace_that_names_no_source(tmp_path):
    folder = (tmp_path / "x.margin").resolve()
    Workspace.at(folder).describe({})
    assert refusal(SourceError, folder) == (
        f"The workspace '{folder}' does not name its source. Open the data set itself."
    )


def test_a_workspace_whose_source_is_gone(csv):
    folder = open_source(csv, label="kind", workspace=Workspace.at(workspace_folder(csv))).workspace.folder.resolve()
    csv.unlink()
    assert refusal(SourceError, folder) == (
        f"The workspace '{folder}' was made from '{csv.resolve()}', which is not there any more. "
        "Put it back, or open the data set where it is now with --workspace."
    )


def test_a_workspace_of_a_newer_version(csv):
    folder = open_source(csv, label="kind", workspace=Workspace.at(workspace_folder(csv))).workspace.folder
    Workspace(folder).describe({"format": 2, "source": "table.csv"})
    assert "was written by a newer version" in refusal(WorkspaceError, folder)


def test_a_workspace_may_not_lead_outside_the_roots(csv, tmp_path):
    folder = tmp_path / "root" / "w.margin"
    open_source(csv, label="kind", workspace=folder)
    assert open_source(folder, roots=[tmp_path]).source == csv.resolve()
    assert refusal(AccessError, folder, roots=[tmp_path / "root"]).startswith(f"'{csv.resolve()}' lies outside")


def test_weights_named_by_a_workspace_may_not_lead_outside_the_roots(csv, tmp_path):
    workspace = Workspace.at(tmp_path / "w.margin")
    workspace.describe({"source": "table.csv", "model": "resnet18:/elsewhere/w.pt"})
    assert refusal(AccessError, workspace.folder, roots=[tmp_path]).startswith("'/elsewhere/w.pt' lies outside")
