"""margin impact."""

import json

import pytest


@pytest.mark.slow
def test_impact_says_what_the_corrections_changed(run_margin, source, folder):
    code, out, _ = run_margin("impact", source)
    assert code == 0
    assert out.startswith("No label has been reviewed yet, so there is no impact to measure.\nIt is measured on ")
    table = folder / "excluded.csv"
    table.write_text("id,verdict,label\n" + "".join(f"{number},exclude,\n" for number in range(6)))
    run_margin("review", source, "--import", table)
    code, out, _ = run_margin("impact", source)
    head, judged, compared, _, titles, own, *others = out.splitlines()
    assert code == 0 and head.startswith("Your 6 decisions ") and "0 of these 84 labels were reviewed" in judged
    assert compared.startswith("The same decisions, in the order of each other ranking")
    assert titles.split() == ["after", "half", "after", "all", "change", "in", "points"]
    assert own.startswith("your decisions") and len(others) == 11
    payload = json.loads(run_margin("impact", source, "--json")[1])
    assert payload["sentence"] == head and payload["own"]["decisions"][-1] == 6 and len(payload["others"]) == 11
    assert json.loads(run_margin("impact", source, "--progress", "json")[1].splitlines()[-1])["fraction"] == 1.0
    steps = [path.name for path in (folder / "pets.npz.margin" / "steps").iterdir()]
    assert sum(name.startswith("bought-") for name in steps) == 2 * 12
