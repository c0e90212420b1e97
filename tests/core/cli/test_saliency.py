"""margin saliency."""

import numpy as np
import pytest
from heatmaps import DIGITS

from margin_core.cli import main

pytestmark = pytest.mark.slow  # A network answers.


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
