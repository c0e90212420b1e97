"""margin report, and margin audit --report."""

import json

import pytest


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "report.html"


def test_an_audit_writes_a_report_too(run_margin, source, tmp_path, path):
    code, _, err = run_margin(
        "audit", source, "--task", "label_flips", "--task", "prototypes", "--out", tmp_path / "out", "--report", path
    )
    assert (code, err) == (0, f"Written to {tmp_path / 'out'}\nReport: {path}\n")
    html = path.read_text(encoding="utf-8")
    assert '<section id="label_flips">' in html
    assert '<section id="prototypes">' in html
    assert (
        json.loads((tmp_path / "out" / "label_flips" / "summary.json").read_text())["explanation_fingerprint"] in html
    )


def test_a_report_alone_says_the_same(run_margin, source, tmp_path, path):
    assert run_margin("report", source, "--out", path, "--findings", "3") == (0, "", f"Written to {path}\n")
    assert "Most suspect first: 3 of 5 shown" in path.read_text(encoding="utf-8")


def test_decisions_are_in_the_report(run_margin, source, tmp_path, path):
    (tmp_path / "decided.csv").write_text("id,verdict,label\n0,relabel,dog\n1,keep,\n")
    assert run_margin("review", source, "--import", tmp_path / "decided.csv", "--reviewer", "anna")[0] == 0
    assert run_margin("report", source, "--out", path)[0] == 0
    assert "<p>2 samples decided, 0 skipped; 2 entries in the log, undone included.</p>" in path.read_text(
        encoding="utf-8"
    )


def test_a_report_is_not_replaced_unasked(refused, run_margin, source, tmp_path, path):
    path.parent.mkdir()
    path.write_text("mine")
    for command in (("report", source, "--out", path), ("audit", source, "--out", tmp_path / "x", "--report", path)):
        assert refused(*command) == f"'{path}' is there already. Name another file, or replace it with --force."
    assert path.read_text() == "mine"
    assert not (tmp_path / "x").exists()
    assert run_margin("report", source, "--out", path, "--force")[0] == 0
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
