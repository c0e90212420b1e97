"""Whatever was recorded before, however the table that brings it again is written: nothing twice, nothing lost."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from margin_core.review import Decision, ReviewState, ReviewStore, Verdict, corrected_labels, export, study_key
from margin_core.review.decision_table import read_decision_table
from margin_core.review.estimates import Reviews
from margin_core.review.import_matching import match_rows
from margin_core.review.imports import Imported, record_import
from margin_core.storage.fingerprint import fingerprint
from margin_core.values import Study

NAMES = ("zero", "one", "two")
STUDY = Study.build(name="toy", labels=[0, 1, 2, 0, 1, 2, -1, 0], class_names=NAMES, ids=list("hgfedcba"))
START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
COLUMNS = ("id", "verdict", "label", "reviewer", "note", "decided_at")
FORMATS = ("csv", "parquet", "jsonl")

quick = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])

verdicts = st.sampled_from(
    [("keep", ""), ("skip", ""), ("exclude", ""), ("relabel", "zero"), ("relabel", "one"), ("relabel", "two")]
)
times = st.sampled_from(["", "2026-01-02T03:04:05Z", "2026-01-02T03:04:06.5Z", "2026-01-02 05:04:05+02:00"])
table_rows = st.builds(
    lambda sample, outcome, reviewer, note, at: (sample, *outcome, reviewer, note, at),
    st.sampled_from("abch"), verdicts, st.sampled_from(["", "ada", "ben"]), st.sampled_from(["", "=1", "a\nb"]), times,
)  # fmt: skip
tables = st.lists(table_rows, max_size=12)
dashboard_steps = st.lists(
    st.tuples(st.sampled_from("abch"), verdicts | st.just(("undo", "")), st.sampled_from(["ada", "ben"]),
              st.sampled_from(["", "=1"])), max_size=15,
)  # fmt: skip


@cache
def empty_database():
    with TemporaryDirectory() as folder:
        ReviewStore(Path(folder) / "review.sqlite").close()
        return (Path(folder) / "review.sqlite").read_bytes()


@contextmanager
def opened_store():
    """Open a store of its own; to make its tables anew would take longer than what is tested."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "review.sqlite").write_bytes(empty_database())
        with ReviewStore(Path(folder) / "review.sqlite") as store:
            yield Path(folder), store


def framed(rows):
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def write(folder, rows, format):
    path = folder / f"made.{format}"
    frame = framed(rows)
    if format == "csv":
        frame.to_csv(path, index=False)
    elif format == "parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_json(path, orient="records", lines=True)
    return path


def counts(store, rows, *, file=None, reviewer="ada"):
    """Import rows, or the file that they were written to."""
    imported = record_import(file or framed(rows), STUDY, store, reviewer=reviewer)
    assert imported.recorded + imported.known == len(rows)
    return imported.recorded, imported.known


def decide(store, steps):
    """Decide as a screen does: ten seconds apart, undoing the reviewer's own last decision."""
    begun = len(store.decisions())
    for seq, (sample, (verdict, label), reviewer, note) in enumerate(steps, start=begun):
        given_label = None if sample == "b" else NAMES[int(STUDY.labels[STUDY.ids.tolist().index(sample)])]
        undone = last_of(ReviewState(store.decisions()), sample, reviewer) if verdict == "undo" else None
        if verdict == "undo" and undone is None:
            continue
        store.append([
            Decision(
                study=study_key(STUDY), study_fingerprint=STUDY.fingerprint, task="label_flips", sample_id=sample,
                verdict=Verdict(verdict), old_label=given_label,
                new_label={"keep": given_label, "relabel": label}.get(verdict), reviewer=reviewer, note=note,
                decided_at=START + timedelta(seconds=10 * seq), client=f"tab of {reviewer}", seq=seq,
                undoes=undone.id if undone else None,
            )
        ])  # fmt: skip


def last_of(state, sample, reviewer):
    return next((one for one in state.history() if (one.sample_id, one.reviewer) == (sample, reviewer)), None)


def outcomes_of(decisions):
    return Counter((one.sample_id, one.verdict, one.new_label, one.reviewer, one.note) for one in decisions)


@pytest.mark.slow
@quick
@given(tables, st.sampled_from(FORMATS), st.sampled_from(FORMATS), st.randoms())
def test_a_table_again_is_all_there_in_any_order_and_format(rows, first, second, random):
    with opened_store() as (folder, store):
        assert counts(store, rows, file=write(folder, rows, first)) == (len(rows), 0)
        shuffled = random.sample(rows, len(rows))
        assert counts(store, shuffled, file=write(folder, shuffled, second)) == (0, len(rows))


@pytest.mark.slow
@quick
@given(tables, tables, st.randoms())
def test_of_a_table_that_has_grown_the_new_rows_are_recorded(old, new, random):
    with opened_store() as (_, store):
        counts(store, old)
        grown = random.sample([*old, *new], len(old) + len(new))
        recorded, known = counts(store, grown)
        # A row without a time may repeat an old one that has a time; no row is recorded that said nothing new.
        assert recorded <= len(new)
        assert known >= len(old)
        assert counts(store, grown) == (0, len(grown))


@pytest.mark.slow
@quick
@given(dashboard_steps, tables, dashboard_steps, tables, st.randoms())
def test_a_table_is_found_whole_whatever_happens_in_between(before, rows, between, others, random):
    with opened_store() as (_, store):
        decide(store, before)
        counts(store, rows)
        for happens in random.sample([0, 1], 2):
            if happens:
                counts(store, others, reviewer=random.choice(["ada", "ben"]))
            else:
                decide(store, between)
        log = store.decisions()
        assert counts(store, random.sample(rows, len(rows))) == (0, len(rows))
        assert store.decisions() == log


@pytest.mark.slow
@quick
@given(tables, tables)
def test_rows_that_say_something_else_are_all_recorded(old, new):
    with opened_store() as (_, store):
        counts(store, [(*row[:3], "ada", *row[4:]) for row in old])
        new = [(*row[:3], "ben", *row[4:]) for row in new]
        assert counts(store, new) == (len(new), 0)


@pytest.mark.slow
@quick
@given(dashboard_steps, tables)
def test_each_decision_answers_one_row_that_says_the_same(steps, rows):
    with opened_store() as (_, store):
        decide(store, steps)
        counts(store, rows[::2])
        read = read_decision_table(framed(rows), STUDY, reviewer="ada")
        log = store.decisions()
        found = match_rows(read, log)
        assert len({decision.id for decision in found.values()}) == len(found)
        for place, decision in found.items():
            row = read[place].decision
            assert (row.sample_id, row.verdict, row.new_label, row.reviewer) == (
                decision.sample_id, decision.verdict, decision.new_label, decision.reviewer,
            )  # fmt: skip
            assert row.note in ("", decision.note)
            if read[place].dated:
                assert abs(row.decided_at - decision.decided_at) < timedelta(seconds=1)


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "parquet", "changes-csv", "log-csv", "log-parquet", "log-jsonl"])
@settings(max_examples=6)
@given(steps=dashboard_steps)
def test_an_export_is_known_where_it_was_made_and_new_elsewhere(format, steps):
    with opened_store() as (folder, store), opened_store() as (_, other):
        decide(store, steps)
        log = store.decisions()
        path = folder / f"out.{format.rpartition('-')[2]}"
        export(STUDY, log, format, path)
        history = list(ReviewState(log).history())
        current = ReviewState(log).current_decisions()
        changes = [one for one in current.values() if one.verdict is Verdict.EXCLUDE or one.new_label != one.old_label]
        expected = len(
            {"csv": current, "parquet": current, "changes-csv": [c for c in changes if c.verdict != "skip"]}.get(
                format, history
            )
        )
        assert record_import(path, STUDY, store) == Imported(0, expected, ())
        assert store.decisions() == log
        assert record_import(path, STUDY, other) == Imported(expected, 0, ())
        assert record_import(path, STUDY, other) == Imported(0, expected, ())
        if format.startswith("log"):
            assert outcomes_of(other.decisions()) == outcomes_of(history)
        if not format.startswith("changes"):
            pd.testing.assert_frame_equal(
                corrected_labels(STUDY, other.decisions()), corrected_labels(STUDY, store.decisions())
            )


def table(folder, *lines, header="id,verdict,label,reviewer,note,decided_at"):
    path = folder / "made.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


KEEP = ("a", ("keep", ""), "ada", "seen")


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ("a,keep,,ada,seen,2026-01-02T03:04:05Z", True),  # the second is enough
        ("a,keep,zero,ada,seen,2026-01-02 04:04:05+01:00", True),
        ("a,keep,,ada,seen,2026-01-02T03:04:06Z", False),
        ("a,keep,,ada,,2026-01-02T03:04:05Z", False),  # a row with a time says that there was no note
        ("a,keep,,ben,seen,2026-01-02T03:04:05Z", False),
        ("a,skip,,ada,seen,2026-01-02T03:04:05Z", False),
        ("a,relabel,two,ada,seen,2026-01-02T03:04:05Z", False),
        ("c,keep,,ada,seen,2026-01-02T03:04:05Z", False),
        ("a,keep,,ada,seen,", True),
        ("a,keep,,,,", True),  # the reviewer of the command, and no note
        ("a,keep,,ada,other,", False),
        ("a,keep,,ben,seen,", False),
    ],
)
def test_what_repeats_a_decision_made_on_a_screen(store, tmp_path, row, known):
    decide(store, [KEEP])
    imported = record_import(table(tmp_path, row), STUDY, store, reviewer="ada")
    assert (imported.recorded, imported.known) == ((0, 1) if known else (1, 0))


@pytest.mark.parametrize("at", ["", "2026-01-02T03:04:05Z"])
def test_another_new_label_is_another_decision(store, tmp_path, at):
    decide(store, [("a", ("relabel", "one"), "ada", "")])
    assert record_import(table(tmp_path, f"a,relabel,two,ada,,{at}"), STUDY, store) == Imported(1, 0, ())
    assert ReviewState(store.decisions()).current("a").new_label == "two"


@pytest.mark.parametrize("row", ["a,keep,,ada,seen,2026-01-02T03:04:05Z", "a,keep,,ada,seen,", "a,keep,,ada,,"])
def test_an_undone_decision_was_there_before_and_stays_undone(store, tmp_path, row):
    decide(store, [KEEP, ("a", ("undo", ""), "ada", "")])
    assert record_import(table(tmp_path, row), STUDY, store) == Imported(0, 1, ("a",))
    assert ReviewState(store.decisions()).current("a") is None
    again = "a,keep,,ada,seen,2026-01-02T03:05:00Z"
    assert record_import(table(tmp_path, row, again), STUDY, store) == Imported(1, 1, ())


def test_an_import_that_was_undone_stays_undone(store, tmp_path):
    path = table(tmp_path, "a,keep,,ada,,", "c,keep,,ada,,")
    assert record_import(path, STUDY, store) == Imported(2, 0, ())
    decide(store, [("a", ("undo", ""), "ada", "")])
    assert record_import(path, STUDY, store) == Imported(0, 2, ("a",))
    assert set(ReviewState(store.decisions()).current_decisions()) == {"c"}


def test_what_was_decided_otherwise_since_stays(store, tmp_path):
    path = table(tmp_path, "a,keep,,ada,,", "c,keep,,ada,,2026-01-01T00:00:00Z", "h,skip,,ada,,")
    record_import(path, STUDY, store)
    decide(
        store, [("a", ("relabel", "two"), "ada", ""), ("c", ("exclude", ""), "ben", ""), ("h", ("skip", ""), "ben", "")]
    )
    assert record_import(path, STUDY, store) == Imported(0, 3, ("a", "c"))
    assert record_import(table(tmp_path, "a,relabel,two,ada,,"), STUDY, store) == Imported(0, 1, ())
    assert ReviewState(store.decisions()).current("a").new_label == "two"


@pytest.mark.parametrize("change", ["undo", "exclude"])
def test_a_row_that_repeated_the_desk_still_does_when_the_desk_has_changed(store, tmp_path, change):
    """Nothing of the first import is in the log, so only the decision that it repeated can tell."""
    decide(store, [KEEP])
    path = table(tmp_path, "a,keep,,ada,,")
    assert record_import(path, STUDY, store) == Imported(0, 1, ())
    decide(store, [("b", ("skip", ""), "ada", ""), ("a", (change, ""), "ada", "")])
    assert record_import(path, STUDY, store) == Imported(0, 1, ("a",))


def test_a_change_of_mind_in_a_table_is_kept_in_order(store, tmp_path):
    lines = ["a,keep,,ada,,", "a,exclude,,ada,,", "a,keep,,ada,,"]
    assert record_import(table(tmp_path, *lines[:2]), STUDY, store) == Imported(2, 0, ())
    assert record_import(table(tmp_path, *lines), STUDY, store) == Imported(1, 2, ())
    assert [one.verdict for one in store.decisions()] == ["keep", "exclude", "keep"]
    assert record_import(table(tmp_path, *lines), STUDY, store) == Imported(0, 3, ())


def test_the_surest_match_comes_first(store, tmp_path):
    """A row without a note must not take the decision that another row repeats word for word."""
    record_import(table(tmp_path, "a,keep,,ada,seen,"), STUDY, store)
    assert record_import(table(tmp_path, "a,keep,,ada,,", "a,keep,,ada,seen,"), STUDY, store) == Imported(1, 1, ())


@pytest.mark.parametrize(
    ("notes", "lines"),
    [
        (("seen", ""), ["a,keep,,ada,,", "a,keep,,ada,seen,"]),  # the same note before any note
        (
            ("seen", "seen"),
            ["a,keep,,ada,seen,", "a,keep,,ada,seen,2026-01-02T03:04:05Z"],
        ),  # the second before the note
        (("", ""), ["a,keep,,ada,,", "a,keep,,ada,,2026-01-02T03:04:05Z"]),  # the second before any note
        (("seen", "", "seen"), ["a,keep,,ada,,", "a,keep,,ada,seen,", "a,keep,,ada,seen,2026-01-02T03:04:05Z"]),
    ],
)
def test_a_row_that_says_less_leaves_the_decision_to_the_one_that_says_more(store, tmp_path, notes, lines):
    """The row that says least comes first in the table, and could take the decision that the log has first."""
    decide(store, [("a", ("keep", ""), "ada", note) for note in notes])
    for order in (lines, lines[::-1]):
        assert record_import(table(tmp_path, *order), STUDY, store) == Imported(0, len(lines), ())


def test_a_row_and_its_own_export_in_one_table_are_two_rows(store, tmp_path):
    """The export has the time of the import; it must not take the decision from the row that was imported."""
    record_import(table(tmp_path, "a,keep,,ada,,"), STUDY, store)
    (made,) = store.decisions()
    both = table(tmp_path, "a,keep,,ada,,", f"a,keep,,ada,,{made.decided_at.isoformat()}")
    assert record_import(both, STUDY, store) == Imported(1, 1, ())
    assert record_import(both, STUDY, store) == Imported(0, 2, ())
    assert len(store.decisions()) == 2


def recorded_by_an_earlier_version(store, path, *, reviewer):
    """Record a table as versions before row hashes did: under a hash of the whole of it, and the number of the row."""
    text = pd.read_csv(path, dtype=str, na_filter=False)
    client = f"import-{fingerprint(study_key(STUDY), *map(tuple, text.itertuples(index=False)))}"
    store.append(
        [
            replace(row.decision, client=client, seq=number)
            for number, row in enumerate(read_decision_table(path, STUDY, reviewer=reviewer), start=1)
        ]
    )


def test_what_an_earlier_version_imported_was_there_before(store, tmp_path):
    lines = ["a,keep,,,,", "c,exclude,,ben,=1,", "h,relabel,two,,,2026-01-02T03:04:05.6Z"]
    path = table(tmp_path, *lines)
    recorded_by_an_earlier_version(store, path, reviewer="ada")
    assert record_import(path, STUDY, store, reviewer="ada") == Imported(0, 3, ())
    # It knew tables only as a whole, whoever imported it.
    assert record_import(path, STUDY, store, reviewer="another login") == Imported(0, 3, ())
    grown = table(tmp_path, "e,keep,,,,", *reversed(lines), "g,keep,,,,")
    assert record_import(grown, STUDY, store, reviewer="ada") == Imported(2, 3, ())
    assert record_import(grown, STUDY, store, reviewer="ada") == Imported(0, 5, ())


@pytest.mark.slow
@quick
@given(dashboard_steps)
def test_a_table_of_reviews_repeats_what_its_reviewer_decided(steps):
    """`Reviews.to_frame` names neither reviewer nor note nor time."""
    with opened_store() as (folder, store):
        decide(store, [(sample, verdict, "ada", note) for sample, verdict, _, note in steps])
        reviews = reviewed_by_row(ReviewState(store.decisions()).current_decisions())
        reviews.to_frame(STUDY).to_csv(folder / "reviews.csv", index=False)
        assert record_import(folder / "reviews.csv", STUDY, store, reviewer="ada") == Imported(0, len(reviews), ())
        again = Reviews.from_frame(pd.read_csv(folder / "reviews.csv"), STUDY)
        assert again.outcomes.tolist() == reviews.outcomes.tolist()


def reviewed_by_row(current):
    """What decisions say of given labels; a relabel to the given label is one that keeps it, as a screen records it."""
    row_of = {sample: row for row, sample in enumerate(STUDY.ids.tolist())}
    kept = [one for one in current.values() if one.verdict != "relabel" or one.new_label != one.old_label]
    return Reviews.build(
        given=STUDY.labels, rows=[row_of[one.sample_id] for one in kept], verdicts=[str(one.verdict) for one in kept],
        new_labels=[NAMES.index(one.new_label) if one.new_label else -1 for one in kept], sampled=[False] * len(kept),
    )  # fmt: skip


def test_numbers_of_decisions_in_a_log_are_not_taken_for_samples(tmp_path):
    numbered = Study.build(name="numbered", labels=[0, 1, 0, 1], class_names=["x", "y"])
    rows = [{"id": 1, "sample_id": "3", "verdict": "keep", "new_label": "y", "undoes": ""},
            {"id": 2, "sample_id": "0", "verdict": "relabel", "new_label": "y", "undoes": ""},
            {"id": 3, "sample_id": "0", "verdict": "undo", "new_label": "", "undoes": "2"}]  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "log.csv", index=False)
    (only,) = read_decision_table(tmp_path / "log.csv", numbered)
    assert (only.decision.sample_id, only.decision.new_label) == ("3", "y")
