"""margin simulate."""

import json


def test_the_curves_are_printed_the_best_first_and_stored(run_margin, source):
    flags = ("--seeds", "1", "--strategy", "random", "--strategy", "k_center")
    code, out, _ = run_margin("simulate", source, *flags)
    lines = out.splitlines()
    assert code == 0 and len(lines) == 4
    assert lines[0] == "Accuracy of a linear model on held-out samples, one seed:"
    assert lines[1].split() == ["labels", "3", "6", "12", "24", "36", "60"]
    payload = json.loads(run_margin("simulate", source, *flags, "--json")[1])
    assert {one["name"] for one in payload["strategies"]} == {"random", "k_center"}
    assert payload["seeds"] == 1 and payload["strategies"][0]["spread"] == [None] * len(payload["sizes"])


def test_means_are_told_with_their_spread(run_margin, source):
    line = run_margin("simulate", source, "--seeds", "2", "--strategy", "random")[1].splitlines()[0]
    assert "means of 2 seeds, with a median standard deviation of " in line
