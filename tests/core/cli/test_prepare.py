"""margin prepare."""

import json

from planted import quick_map


def test_prepare_tells_json_and_leaves_nothing_to_compute(run_margin, folder, capsys):
    with quick_map():
        code, out, err = run_margin("prepare", folder / "pets.npz", "--progress", "json")
    reported = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    read = [one["notes"] for one in reported if "notes" in one]
    assert len(read) == 2 and all({"kind": "read", "text": "Read: 90 samples."} in notes for notes in read)
    reported = [one for one in reported if "notes" not in one]
    fractions = [one["fraction"] for one in reported]
    assert fractions == sorted(fractions)
    assert (fractions[-1], reported[-1]["text"]) == (1.0, "Done")
    assert [one["stage"] for one in reported if "stage" in one] == ["ranked"]
    assert {path.name.partition("-")[0] for path in (folder / "pets.npz.margin" / "steps").iterdir()} >= {
        "graph",
        "head",
        "map",
    }
