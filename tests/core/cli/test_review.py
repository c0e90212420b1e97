"""margin review."""

import re
from contextlib import closing

import pytest

from margin_core.review import ReviewStore


@pytest.mark.slow
def test_review_lists_what_was_decided_and_takes_decisions_in(run_margin, source, folder):
    code, out, _ = run_margin("review", source)
    assert (code, out) == (0, "5 suspects open, 0 decided: 0 relabeled, 0 kept, 0 excluded; 0 skipped\n")
    table = folder / "made.csv"
    table.write_text("id,verdict,label,note\n3,relabel,dog,seen\n4,keep,,\n5,exclude,,\n")
    assert (
        run_margin("review", source, "--import", table, "--reviewer", "ada")[1]
        == "3 decisions recorded, 0 were there before.\n"
    )
    assert (
        run_margin("review", source, "--import", table, "--reviewer", "ada")[1]
        == "0 decisions recorded, 3 were there before.\n"
    )
    _, out, _ = run_margin("review", source)
    assert ": 1 relabeled, 1 kept, 1 excluded; 0 skipped\n" in out
    assert re.search(r"  ada  relabel  3  .+ -> dog  seen$", out, re.MULTILINE)


@pytest.mark.slow
def test_decisions_are_kept_where_the_user_says(run_margin, source, folder, tmp_path):
    table = folder / "made.csv"
    table.write_text("id,verdict\n4,keep\n")
    database = tmp_path / "team" / "reviews.sqlite"
    assert run_margin("review", source, "--import", table, "--database", f"sqlite:///{database}")[0] == 0
    with closing(ReviewStore(database)) as store:
        assert [decision.sample_id for decision in store.decisions()] == ["4"]
    assert "1 decided" in run_margin("review", source, "--database", f"sqlite:///{database}")[1]
    assert "0 decided" in run_margin("review", source)[1]


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://"])
def test_a_database_that_is_none(refused, source, url):
    refused("review", source, "--database", url)


@pytest.mark.parametrize(
    ("content", "words"),
    [("verdict\nkeep\n", "id"), ("id,verdict\n4,burn\n", "burn"), ("id,verdict\nnobody,keep\n", "nobody"),
     ("id,verdict,label\n4,relabel,unicorn\n", "unicorn")],
)  # fmt: skip
def test_a_table_of_decisions_that_cannot_be_used(refused, source, folder, content, words):
    table = folder / "made.csv"
    table.write_text(content)
    assert words in refused("review", source, "--import", table)
    with closing(ReviewStore(folder / "pets.npz.margin" / "review.sqlite")) as store:
        assert store.decisions() == []
