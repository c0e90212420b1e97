"""margin slice."""

import json

import numpy as np
import pytest
from commands import SAMPLES, write_source


def corners(*ids):
    return [f"--sample={name}" for name in ids]


def test_a_slice_says_how_much_of_it_is_whose(run_margin, source):
    code, printed, err = run_margin("slice", source, *corners(0, 40, 80))
    *lines, first, second, third = printed.splitlines()
    shares = dict(reversed(line.split("%  ")) for line in lines)
    assert (code, err) == (0, "")
    assert [line.split("  predicted ")[0] for line in (first, second, third)] == ["0", "40", "80"]
    assert set(shares) == {"cat", "dog", "=owl"}
    assert sum(map(float, shares.values())) == pytest.approx(100, abs=0.3)


def test_samples_are_named_by_their_ids_and_by_nothing_else(refused, tmp_path):
    source = write_source(tmp_path / "named.npz", ids=np.array([f"-pet {place}" for place in range(SAMPLES)]))
    assert refused("slice", source, *corners("-pet 0", "-pet 40", "dog")) == "Study 'named' has no sample 'dog'."
    assert refused("slice", source, *corners("-pet 0", "-pet 40", "80")) == (
        "Study 'named' has no sample '80'. Samples are named by their ids; that of row 80 is '-pet 80'."
    )
    assert refused("slice", source, *corners("-pet 0")) == (
        "--sample is to be given three times, each with the id of a sample; got 1."
    )


def test_an_id_that_looks_like_a_row_is_an_id(run_margin, source, tmp_path):
    mirrored = write_source(tmp_path / "mirrored.npz", ids=np.array([str(SAMPLES - 1 - row) for row in range(SAMPLES)]))
    by_row = json.loads(run_margin("slice", source, *corners(0, 40, 80), "--json")[1])
    by_id = json.loads(run_margin("slice", mirrored, *corners(89, 49, 9), "--json")[1])
    assert [one["id"] for one in by_id["samples"]] == ["89", "49", "9"]
    assert by_id["shares"] == by_row["shares"]


def test_the_former_option_takes_ids_and_says_its_new_name(run_margin, source):
    code, printed, err = run_margin("slice", source, "--rows", "0", "40", "80")
    assert (code, err.count("\n")) == (0, 1)
    assert "'--sample A --sample B --sample C'" in err
    assert printed == run_margin("slice", source, *corners(0, 40, 80))[1]
