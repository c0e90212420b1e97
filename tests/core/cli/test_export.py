"""margin export."""

import pandas as pd
import pytest
from commands import SAMPLES
from PIL import Image

from margin_core.review import FORMATS
from margin_core.study.samples import counted


@pytest.mark.parametrize("name", [known.name for known in FORMATS if known.suffix in (".csv", ".parquet", ".jsonl")])
def test_every_table_is_exported(run_margin, source, folder, tmp_path, name):
    table = folder / "made.csv"
    table.write_text("id,verdict,label\n3,relabel,=owl\n")
    run_margin("review", source, "--import", table)
    rows = {"log": 1, "changes": 1}.get(name.split("-")[0], SAMPLES)
    written = run_margin("export", source, "--format", name, "--out", tmp_path / "out")
    assert written == (0, "", f"{counted(rows, 'row')} written to {tmp_path / 'out'}\n")
    if name == "csv":
        frame = pd.read_csv(tmp_path / "out", dtype=str)
        assert frame.loc[frame["id"] == "3", "label"].item() == "'=owl"


def test_a_study_without_pictures_has_no_folder_of_pictures(refused, source, tmp_path):
    assert "no inputs" in refused("export", source, "--format", "image-folder", "--out", tmp_path / "out")


def test_folders_that_get_another_name_than_their_class_are_told(run_margin, tmp_path):
    for kind in ("CON", "dog"):
        (tmp_path / "pets" / kind).mkdir(parents=True)
        for shade in range(3):
            Image.new("RGB", (8, 8), (shade, 9, 9)).save(tmp_path / "pets" / kind / f"{shade}.png")
    out = tmp_path / "out"
    code, _, messages = run_margin("export", tmp_path / "pets", "--format", "image-folder-copies", "--out", out)
    assert code == 0
    assert "1 class folder renamed, as every system accepts: 'CON' is '_CON'" in messages
    assert sorted(path.name for path in out.iterdir()) == ["_CON", "dog"]


def test_a_model_of_another_suffix_is_refused_before_the_source_is_read(refused, tmp_path):
    out = tmp_path / "vi_model"
    assert refused("export", tmp_path / "gone.csv", "--format", "model", "--out", out) == (
        f"'{out}': a model is written as .safetensors or .onnx. Name such a file."
    )


def test_a_file_that_is_there_is_replaced_only_when_asked(run_margin, refused, source, tmp_path):
    (tmp_path / "out.csv").write_text("mine")
    command = ("export", source, "--format", "csv", "--out", tmp_path / "out.csv")
    assert "--force" in refused(*command)
    assert (tmp_path / "out.csv").read_text() == "mine"
    assert run_margin(*command, "--force")[0] == 0
    assert (tmp_path / "out.csv").read_text() != "mine"
    assert "is a folder. Name a file" in refused("export", source, "--format", "csv", "--out", tmp_path, "--force")
