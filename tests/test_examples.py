"""The examples run from a checkout as they stand, and find what they say; the tutorials include them."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

FOUND = {
    "arrays_in_a_notebook": ("88 of 89 wrong labels found", "40 labels corrected"),
    "folder_of_pictures": ("6/a-3-7.png", "6/a-5-11.png"),
    "from_cleanlab": ("expected", "cleanlab"),
    "gate_in_ci": ("of 1797 labels are suspects", "digit-1290"),
    "own_graph_and_signal": ("station-17     1",),
    "own_sklearn_model": ("malignant", "p_suggested"),
    "own_task": ("norm",),
    "own_task_on_a_graph": ("3-3     1",),
    "own_text_model": ("'rice is served with herbs' is labeled weather, suggested food", "2 covers"),
    "own_torch_model": ("out-of-sample probabilities", "(8, 8) 1.0"),
    "reviewing_as_a_team": ("ada's file once more: 0 recorded, 30 were there before", "59 changed labels"),
}
"""What each prints; nothing that rests on the last bits of a float."""


def test_every_example_is_listed_here_and_shown_on_a_page():
    assert [path.stem for path in EXAMPLES] == sorted(FOUND)
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md"))
    assert [path.name for path in EXAMPLES if f"examples/{path.name}" not in pages] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_and_finds_what_it_says(path, monkeypatch, capsys):
    """In this process, which has imported everything already; a warning is an error."""
    monkeypatch.chdir(ROOT)
    runpy.run_path(str(path), run_name="__main__")
    output = capsys.readouterr().out
    for text in FOUND[path.stem]:
        assert text in output
