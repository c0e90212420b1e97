"""margin refit."""

import json
import re

import pytest


@pytest.mark.slow
def test_refit_learns_from_the_corrections(run_margin, source, folder):
    assert run_margin("refit", source) == (0, "", "No label is changed, so there is nothing to learn.\n")
    assert run_margin("refit", source, "--upto", "1")[0] == 2
    table = folder / "made.csv"
    rows = "".join(f"{number},exclude,\n" for number in range(12))
    table.write_text("id,verdict,label\n" + rows)
    run_margin("review", source, "--import", table)
    code, out, _ = run_margin("refit", source)
    assert code == 0
    assert re.fullmatch(r"Ranking refitted after 12 corrections: \d+ suspects? open, \d+ by the first ranking\.\n", out)
    assert run_margin("refit", source, "--upto", "1")[1].startswith("Ranking refitted after 1 correction: ")
    assert run_margin("refit", source, "--upto", "99999")[2].endswith(
        "margin: No decision on study 'pets' has the id 99999. The last one is 12.\n"
    )
    *_, last = map(json.loads, run_margin("refit", source, "--progress", "json")[1].splitlines())
    assert last == {"fraction": 1.0, "text": "The ranking is ready", "stage": "ranked"}
