"""margin saliency."""

import numpy as np
import pytest
from heatmaps import DIGITS
from rules import Sum

from margin_core import Study
from margin_core.cli import main
from margin_core.storage.workspace import Workspace
from margin_core.study import Opened
from margin_core.tasks.saliency.batch import compute_heatmaps

pytestmark = pytest.mark.slow  # A network answers.


class Named(Sum):
    class_names = ("low", "high")


@pytest.mark.parametrize(("model", "names"), [(Named(), ("low", "high")), (Sum(), ("cat", "dog"))])
def test_classes_have_their_names_those_of_the_model_first(tmp_path, model, names):
    rows = np.zeros((30, 4), dtype=np.float32)
    rows[:, 2] = np.repeat([-1, 1], 15)
    study = Study.build(name="rows", inputs=rows, model=model, labels=np.repeat([0, 1], 15), class_names=("cat", "dog"))
    opened = Opened(study, (), Workspace.at(tmp_path / "rows.margin"), tmp_path / "rows")
    found = compute_heatmaps(opened, [0, 29], ["margin"], None, lambda fraction, text: None)
    assert tuple(one.class_name for one in found) == names
    assert f"  class {names[0]}  deletion " in found[0].sentence
    chosen = compute_heatmaps(opened, [0], ["margin"], names[1], lambda fraction, text: None)
    assert chosen[0].class_name == names[1]


@pytest.mark.parametrize("first", ["0", "-3"])
def test_nothing_to_explain_is_refused(refused, source, first):
    assert refused("saliency", source, "--first", first) == (
        f"--first says how many samples are explained, 1 or more; got {first}."
    )


def test_the_command_writes_maps_and_says_numbers(tmp_path, capsys):
    out = tmp_path / "maps.npz"
    command = [
        "saliency",
        DIGITS,
        "--workspace",
        str(tmp_path / "digits.margin"),
        "--sample",
        "digit-0005",
        "--method",
        "gradient",
    ]
    assert main([*command, "--out", str(out)]) == 0
    assert "Gradient" in capsys.readouterr().out
    with np.load(out, allow_pickle=False) as kept:
        assert kept["gradient.0"].shape == (8, 8)
    assert main([*command, "--class", "tiger"]) == 2
    assert "The model has no class 'tiger'." in capsys.readouterr().err
