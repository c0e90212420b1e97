"""The reference names every column, key and array of what is written, and nothing else."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
import pytest

from margin_core import Study, estimate_errors, explain
from margin_core.cli import COMMANDS, main
from margin_core.review import FORMATS, corrected_labels, log_frame
from margin_core.study.readers import arrays, manifest
from margin_core.tasks import ContextualOutliers, LabelFlips

DOCS = Path(__file__).parents[1] / "docs"
ROW = re.compile(r"^\| (`[^|]*`) \|", re.MULTILINE)
NAME = re.compile(r"`([^`]+)`")


def names_under(page, head):
    """Return the names in the first column of the table of a page that begins with this cell."""
    text = (DOCS / page).read_text(encoding="utf-8")
    table = text.split(f"| {head} |", 1)[1].split("\n\n", 1)[0]
    names = [name for cell in ROW.findall(table) for name in NAME.findall(cell)]
    assert names, f"{page}: no name in the table under {head}"
    return names


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(60, 3)) + 6 * np.repeat(np.eye(3), 20, axis=0)
    return Study.build(
        name="three", embedding=points, labels=np.repeat(["a", "b", "c"], 20), signals={"x": points[:, 0]}
    )


def test_the_keys_of_json_are_those_of_the_commands(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")  # which the configuration of the site sets
    page = runpy.run_path(str(DOCS / "conf.py"))["json_page"]()
    assert (DOCS / "reference" / "json.md").read_text(encoding="utf-8") == page, "make docs writes it"


def test_every_command_is_listed():
    assert names_under("reference/index.md", "command") == [f"margin {name}" for name in ("open", *COMMANDS)]


def test_every_name_of_python_is_there():
    for text in names_under("reference/index.md", "name"):
        assert resolve_name(text.partition("(")[0]), text


def test_the_files_of_an_audit(study, tmp_path):
    np.savez(tmp_path / "three.npz", embedding=study.embedding, labels=study.labels)
    assert main(["audit", str(tmp_path / "three.npz"), "--out", str(tmp_path / "audit"), "--quiet"]) == 0
    assert names_under("reference/files.md", "file") == sorted(path.name for path in (tmp_path / "audit").iterdir())
    summary = json.loads((tmp_path / "audit" / "summary.json").read_text(encoding="utf-8"))
    assert names_under("reference/files.md", "key") == [*summary]


def test_the_columns_of_an_export(study):
    assert names_under("reference/files.md", "sample column") == [*corrected_labels(study, [])]
    assert names_under("reference/files.md", "log column") == [*log_frame([])]
    page = (DOCS / "reference" / "files.md").read_text(encoding="utf-8")
    assert [format.name for format in FORMATS if f"`{format.name}`" not in page] == []


def test_the_columns_of_findings_and_estimates(study):
    common = ["id", "rank", "score", "role"]
    named = [*common, *names_under("explanation/ranking.md", "column")]
    assert sorted(named) == sorted(explain(LabelFlips(), study).to_frame())
    assert [*names_under("reference/columns.md", "column")] == [*estimate_errors(study).to_frame()]
    outliers = explain(ContextualOutliers(column="x"), study).to_frame()
    page = (DOCS / "reference" / "columns.md").read_text(encoding="utf-8")
    assert [name for name in outliers if f"`{name}`" not in page] == []


def test_every_name_by_which_arrays_and_columns_are_recognized():
    page = (DOCS / "howto" / "tables-and-arrays.md").read_text(encoding="utf-8")
    for part in arrays.PARTS:
        (others,) = re.findall(rf"^\| `{part}` \| ([^|]+) \|", page, re.MULTILINE)
        assert NAME.findall(others) == [*arrays.SYNONYMS[part]]
    for role, names in (
        ("labels", manifest.LABELS), ("ids", manifest.IDS), ("texts", manifest.TEXTS),
        ("split", manifest.SPLITS), ("group", manifest.GROUPS), ("weights", manifest.WEIGHTS),
    ):  # fmt: skip
        (listed,) = re.findall(rf"^\| {role} \| ([^|]+) \|", page, re.MULTILINE)
        assert NAME.findall(listed) == [*names]
    (likely,) = re.findall(r"^Without a column of these names, .*\n.*$", page, re.MULTILINE)
    assert NAME.findall(likely) == sorted(manifest.LIKELY_LABELS)
