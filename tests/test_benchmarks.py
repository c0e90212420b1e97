"""The page of figures is what the kept results say, and the ranking benchmark works on a little data."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from planted_graph import citations

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"
DOCS = ROOT / "docs" / "benchmarks"
PAGE = DOCS / "all.md"
RECORDED = sorted(path.stem for path in (BENCHMARKS / "results").glob("*.json"))
LASSO = "lasso: mouse-up → first 60 members on screen"
CITED = re.compile(r"\d[\d,]*(?:\.\d+)?(?= ?(?:ms|s|kB|x|×|times|%)(?:\W|$))")


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_the_page_says_what_the_kept_results_say():
    """Red when one of the two, or the way that results are shown, was changed by hand; not after measuring."""
    import record

    assert PAGE.read_text(encoding="utf-8") == record.page()


def test_the_ten_figures_are_read_from_the_kept_results():
    import ten_figures

    page = (DOCS / "index.md").read_text(encoding="utf-8")
    assert page == ten_figures.ten_figures_page()
    assert len(re.findall(r"^\| \d+ \|", page, re.MULTILINE)) == 10


def test_a_page_without_results_promises_nothing(tmp_path):
    import record

    assert "0 of 0 targets" in record.page(tmp_path)


def test_measuring_one_part_again_writes_both_pages_and_leaves_the_other_parts(tmp_path):
    import pages
    import record
    import ten_figures

    results, docs = tmp_path / "results", tmp_path / "docs"
    shutil.copytree(BENCHMARKS / "results", results)
    docs.mkdir()
    before = record.Part.read(results / "browser.json")
    lasso = next(line for line in before.lines if line.what == LASSO)
    lines = tuple(replace(line, figure=123.4, unit="ms") if line is lasso else line for line in before.lines)
    pages.keep(replace(before, lines=lines), results, docs)
    written, ten = ((docs / name).read_text(encoding="utf-8") for name in ("all.md", "index.md"))
    assert (written, ten) == (record.page(results), ten_figures.ten_figures_page(results))
    assert f"| {lasso.what} | 123 ms |" in written and "| 123 ms |" in ten
    others = [record.Part.read(results / f"{name}.json") for name in record.PARTS if name != "browser"]
    assert others and all(record.markdown(part) in written for part in others)


@pytest.mark.parametrize("name", RECORDED)
def test_every_part_of_the_page_is_measured_by_a_command_of_its_name_that_keeps_it(name):
    text = (BENCHMARKS / f"{name}.py").read_text(encoding="utf-8")
    # Those that are measured over several seeds share the `main` that keeps the part (tested below).
    assert "keep(part)" in text or "run_over_seeds(measure, __doc__, SEEDS)" in text
    assert 'if __name__ == "__main__"' in text


@pytest.mark.parametrize(("options", "kept"), [([], True), (["--dry"], False)])
def test_a_part_measured_over_seeds_is_kept_unless_told_not_to(options, kept, monkeypatch):
    import pages
    import record

    part, parts = record.Part.read(BENCHMARKS / "results" / "impact.json"), []
    monkeypatch.setattr(pages, "keep", parts.append)
    monkeypatch.setattr("sys.argv", ["impact.py", *options])
    pages.run_over_seeds(lambda seeds: part, "Measure.", (0, 1))
    assert parts == [part] * kept


def test_the_documents_that_the_page_names_are_there():
    named = re.findall(r"docs/[\w/-]+\.md", PAGE.read_text(encoding="utf-8"))
    assert named and all((ROOT / name).is_file() for name in named)


def test_the_readme_sends_to_the_figures_and_has_none_of_its_own():
    """A measured figure that is typed there would be wrong after the next measurement."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    citing = [paragraph for paragraph in readme.split("\n\n") if "docs/benchmarks/" in paragraph]
    assert citing and not CITED.findall("".join(citing))
    assert set(CITED.findall(readme)) <= {"2"}  # percent, in the example of --fail-on


def test_results_name_no_place_or_machine():
    for path in (*BENCHMARKS.glob("results/*.json"), PAGE):
        assert not re.search(
            r"/(home|root|tmp|work|usr|Users)/|127\.0\.0\.1|localhost", path.read_text(encoding="utf-8")
        )


def test_results_survive_being_kept(tmp_path):
    from record import Line, Part, Table

    part = Part(
        "part", "Part", "About.",
        (Line.of("a", [1.0, 2.0, 30.0], "ms", "why", target=1.5, high_target=150.0), Line("b", 3.0, "x", "w")),
        (Table("t", ("c",), {"m": [(0.5, 0.25)], "n": [None]}, "note"),),
        {"date": "today"},
    )  # fmt: skip
    part.write(tmp_path)
    kept = Part.read(tmp_path / "part.json")
    assert kept.tables == part.tables and kept.lines[1] == part.lines[1]
    assert (kept.lines[0].figure, kept.lines[0].n, kept.lines[0].met) == (2.0, 3, False)


@pytest.mark.parametrize(
    ("figure", "high", "more", "met"),
    [
        (60, 150, {"target": 60, "high_target": 150}, True),
        (60, 151, {"target": 60, "high_target": 150}, False),
        (61, 61, {"target": 60, "high_target": 150}, False),
        (8, None, {"target": 8, "at_least": True}, True),
        (7.9, None, {"target": 8, "at_least": True}, False),
        (7, 9, {}, None),
    ],
)
def test_a_target_is_met_or_missed(figure, high, more, met):
    from record import Line

    assert Line("a", figure, "ms", "why", high=high, **more).met is met


@pytest.mark.slow
def test_rankings_are_measured_on_a_little_data(tmp_path):
    import label_errors
    from data import digits_pictures, noises

    digits = digits_pictures()
    features, truth = digits.pixels[:400].reshape(400, -1).astype("float32"), digits.labels[:400]
    tables = [
        label_errors.planted_table("Little", features, truth, noise, shares=(0.1, 0.3), seeds=(0,))
        for noise in noises(features, truth)
    ]
    assert [table.title for table in tables] == [
        "Little, uniform", "Little, confusable", "Little, near the boundary"
    ]  # fmt: skip
    for table in tables:
        assert table.columns == ("10%", "30%")
        assert set(table.rows) == set(label_errors.RANKINGS)
        assert all(0 < mean <= 1 and spread == 0 for cells in table.rows.values() for mean, spread in cells)
        assert table.rows[label_errors.OURS][0][0] > 2 * table.rows["random"][0][0]
        assert all(mean == 1 for mean, _ in table.rows[label_errors.KNOWS])
    line, _ = label_errors.planted_lines(tables)
    assert line.unit == "of 6" and len(label_errors.losses_table(tables).rows) == 6 - line.figure
    label_errors.plot(tables, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_planted_mistakes_are_as_many_as_asked_and_near_the_boundary():
    from data import digits_pictures, noises

    digits = digits_pictures()
    features = digits.pixels.reshape(len(digits.pixels), -1).astype("float32")
    for noise in noises(features, digits.labels):
        labels = noise.wrong(digits.labels, features, share=0.1, seed=0)
        wrong = labels != digits.labels
        assert 0.07 < wrong.mean() < 0.13
        assert noise.proneness.mean() == pytest.approx(1)
        again = noise.wrong(digits.labels, features, share=0.1, seed=0)
        assert (again == labels).all()
        if noise.name == "near the boundary":
            assert noise.proneness[wrong].mean() > 1.5


def test_copies_are_shifted_and_keep_their_labels():
    from data import digits_pictures, enlarged

    digits = digits_pictures()
    more = enlarged(digits, 2000, seed=0)
    assert more.pixels.shape == (2000, 8, 8) and more.labels.shape == (2000,)
    assert (more.pixels[:1797] == digits.pixels).all()
    assert len(enlarged(digits, 100, seed=0).labels) == 100


def test_results_are_json_of_little_size():
    assert RECORDED
    for name in RECORDED:
        path = BENCHMARKS / "results" / f"{name}.json"
        assert json.loads(path.read_text(encoding="utf-8"))["name"] == name
        assert path.stat().st_size < 50_000


def test_networks_that_are_fitted_at_once_take_features_as_one_that_is_fitted_alone_does():
    """Of each node its share of words counts, not how many it has, and accuracy is that of PyTorch Geometric."""
    from batched_gcn import fit_many

    pytest.importorskip("torch_geometric")
    from margin_core.graph_networks import fit_gcn

    planted = citations(flips=0, isolated=0, inside=0.05, between=0.03)
    study, rows = planted.study, np.arange(0, 90, 5)
    lengths = np.random.default_rng(0).integers(1, 200, (90, 1)).astype(np.float32)
    many, longer = (
        fit_many(features, study.graph, study.labels, [rows, rows], 3)
        for features in (study.embedding, lengths * study.embedding)
    )
    assert (many == longer).mean() > 0.97
    alone = fit_gcn(study.embedding, study.graph, study.labels, rows, 3).probabilities.argmax(axis=1)
    for found in many:
        assert abs((found == planted.truth).mean() - (alone == planted.truth).mean()) < 0.15
