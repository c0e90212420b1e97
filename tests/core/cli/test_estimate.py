"""margin estimate."""

import json
import re

import pytest


@pytest.mark.slow
def test_estimate_says_how_many_and_plants_errors_once(run_margin, refused, source, folder):
    code, out, _ = run_margin("estimate", source, "--repeats", "2")
    number, found, *flagged, planted = out.splitlines()
    assert code == 0
    assert re.fullmatch(r"\d+ of \d+ labels are wrong, by estimate; 95 %: \d+ to \d+", number)
    assert re.fullmatch(r"0 found so far; at most \d+ left \(95 %\), after 0 random checks", found)
    assert [line.split(" can be flagged without review at a false discovery rate of ")[1] for line in flagged] == [
        f"at most {share}%" for share in (5, 10, 20)
    ]
    assert re.fullmatch(r"Of 100 planted label errors \d+ are in the first 5 % of the queue\.", planted)
    steps = sorted((folder / "pets.npz.margin" / "steps").iterdir())
    assert sum(path.name.startswith("self_test") for path in steps) == 2
    assert run_margin("estimate", source, "--repeats", "2")[1] == out
    assert sorted((folder / "pets.npz.margin" / "steps").iterdir()) == steps
    reported = [
        json.loads(line)
        for line in run_margin("estimate", source, "--progress", "json", "--repeats", "2")[1].splitlines()
    ]
    assert reported[-1]["fraction"] == 1.0
    assert "at least one repeat" in refused("estimate", source, "--repeats", "0")
