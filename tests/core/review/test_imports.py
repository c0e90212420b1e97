from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from margin_core.errors import ReviewError
from margin_core.review import ReviewStore, Verdict, export, import_decisions, record_import, study_key
from margin_core.review.estimates import Reviews
from margin_core.review.estimates.remaining_errors import bound_remaining_errors


@pytest.fixture
def table(tmp_path):
    def write(text):
        (tmp_path / "made.csv").write_text(text, encoding="utf-8")
        return tmp_path / "made.csv"

    return write


def test_rows_become_decisions(study, table):
    path = table(
        "id,verdict,label,reviewer,note,decided_at\n"
        "h,relabel,two,bob,'=sure,2026-01-02T03:04:05Z\n"
        "g,Keep ,,,,2026-01-02T03:04:05\n"
        "f,,two,,,\n"
        "b,exclude,,,,\n"
    )
    first, second, third = import_decisions(path, study, reviewer="ada", task="label_flips")
    assert (first.sample_id, first.verdict, first.old_label, first.new_label) == ("h", Verdict.RELABEL, "zero", "two")
    assert (first.reviewer, first.note, first.task) == ("bob", "=sure", "label_flips")
    assert first.decided_at == second.decided_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (second.verdict, second.new_label, second.reviewer) == (Verdict.KEEP, "one", "ada")
    assert (third.sample_id, third.old_label, third.new_label, third.score) == ("b", None, None, None)
    assert {decision.study for decision in (first, second, third)} == {study_key(study)}


def test_the_same_table_is_recorded_once(study, table, store):
    path = table("id,verdict\na,keep\nb,skip\n")
    assert len(store.append(import_decisions(path, study)).recorded) == 2
    assert len(store.append(import_decisions(path, study)).already) == 2
    another = type(study).build(ids=["a", "b"], labels=[0, 1])
    assert len(store.append(import_decisions(path, another)).recorded) == 2
    path = table("id,verdict\nb,exclude\na,keep\n")
    appended = store.append(import_decisions(path, study))
    assert (len(appended.recorded), len(appended.already)) == (1, 1)


def test_a_row_without_a_time_is_the_same_row_later(study, table, store, monkeypatch):
    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2030, 1, 1, tzinfo=tz)

    path = table("id,verdict\na,keep\n")
    store.append(import_decisions(path, study))
    monkeypatch.setattr("margin_core.review.decision_table.datetime", Later)
    later = import_decisions(path, study)
    assert later[0].decided_at.year == 2030
    assert store.append(later).recorded == ()


def test_a_row_said_twice_is_two_decisions(study, table, store):
    path = table("id,verdict\na,keep\na,exclude\na,keep\n")
    assert len(store.append(import_decisions(path, study)).recorded) == 3
    assert store.append(import_decisions(path, study)).recorded == ()


def test_ids_are_text_in_every_format(study, tmp_path):
    study = type(study).build(name="toy", ids=["007", "NA"], labels=["1", "2"])
    (tmp_path / "t.csv").write_text("id,verdict,label\n007,relabel,2\nNA,keep,2\n")
    (tmp_path / "t.jsonl").write_text(
        '{"id": "007", "verdict": "relabel", "label": 2}\n{"id": "NA", "verdict": "keep"}'
    )
    pd.DataFrame({"id": ["007", "NA"], "verdict": ["relabel", "keep"], "label": [2, None]}).to_parquet(
        tmp_path / "t.parquet"
    )
    for suffix in ("csv", "jsonl", "parquet"):
        made = import_decisions(tmp_path / f"t.{suffix}", study)
        assert [(one.sample_id, one.new_label) for one in made] == [("007", "2"), ("NA", "2")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,verdict\na,keep\n", "' has no column 'id'. Decisions need the columns id, verdict and, for relabel, "),
        ("id,label\na,one\n", "' has no column 'verdict'. "),
        ("id,verdict\na,keep\nz,keep\n", "', row 2: study 'toy' has no sample 'z'. Check the column id."),
        ("id,verdict\na,maybe\n", "', row 1: 'maybe' is no verdict. There are: keep, relabel, skip, exclude."),
        ("id,verdict\na,undo\n", "', row 1: 'undo' is no verdict. There are: keep, relabel, skip, exclude."),
        ("id,verdict,label\na,relabel,3\n", "', row 1: '3' is no class of study 'toy'. There are: zero, one, two."),
        ("id,verdict\na,relabel\n", "', row 1: '' is no class of study 'toy'. There are: zero, one, two."),
        ("id,verdict,label\na,keep,one\n", "', row 1: it keeps the label 'zero' and names 'one'. Write relabel, or "),
        (
            "id,verdict,decided_at\na,keep,0001-01-01T00:00:00+05:00\n",
            "', row 1: '0001-01-01T00:00:00+05:00' is no time. ",
        ),
        ("id,verdict,decided_at\na,keep,monday\n", "', row 1: 'monday' is no time. Write it like 2026-11-22T01:02:"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(study, table, text, message):
    path = table(text)
    with pytest.raises(ReviewError) as caught:
        import_decisions(path, study)
    assert str(caught.value).startswith(f"'{path}{message}")


def test_a_data_frame_is_imported_like_the_file_it_would_be(study, store, tmp_path):
    frame = pd.DataFrame(
        {
            "id": ["h", "g", "f"],
            "verdict": ["relabel", "keep", None],
            "label": ["two", None, None],
            "note": ["sure", None, None],
        },
        index=[9, 9, 4],
    )
    made = import_decisions(frame, study, reviewer="ada")
    frame.to_csv(tmp_path / "t.csv", index=False)
    for one, other in zip(made, import_decisions(tmp_path / "t.csv", study, reviewer="ada"), strict=True):
        assert (one.client, one.seq, one.new_label) == (other.client, other.seq, other.new_label)
    assert record_import(frame, study, store, reviewer="ada").recorded == 2
    again = record_import(store.log_frame(), study, store)
    assert (again.recorded, again.known) == (0, 2)


def test_what_is_no_table_is_refused_in_a_sentence(study, store):
    with pytest.raises(ReviewError, match=r"^Decisions are imported from a file or a pandas\.DataFrame, not from list"):
        record_import([{"id": "h", "verdict": "keep"}], study, store)
    with pytest.raises(ReviewError, match=r"^The table of decisions, row 2: study 'toy' has no sample 'z'\. Check the"):
        record_import(pd.DataFrame({"id": ["h", "z"], "verdict": ["keep", "keep"]}), study, store)


def reviewed_log(study, make_decision, store):
    """A log in which random checks stand among others, one was decided anew, and one was undone and decided again."""
    at = datetime(2026, 1, 2, tzinfo=UTC)
    keep, relabel = Verdict.KEEP, Verdict.RELABEL
    made = [
        make_decision("c", keep, old_label="two", new_label="two", decided_at=at.replace(minute=1), sampled=True),
        make_decision("h", relabel, new_label="one", decided_at=at.replace(minute=2)),
        make_decision("a", keep, decided_at=at.replace(minute=3), sampled=True),
        make_decision("g", relabel, old_label="one", new_label="two", decided_at=at.replace(minute=4), sampled=True),
        make_decision("h", Verdict.EXCLUDE, new_label=None, decided_at=at.replace(minute=5)),
    ]
    recorded = store.append(made)
    assert len(recorded.recorded) == len(made)
    last = store.decisions()[-2]
    store.append([
        make_decision("g", Verdict.UNDO, new_label=None, undoes=last.id, decided_at=at.replace(minute=6)),
        make_decision("g", keep, old_label="one", new_label="one", decided_at=at.replace(minute=7)),
    ])  # fmt: skip
    return store.decisions()


@pytest.mark.parametrize("name", ["log-csv", "log-parquet", "log-jsonl"])
def test_a_log_that_is_imported_leads_to_the_same_estimates(study, make_decision, store, tmp_path, name):
    log = reviewed_log(study, make_decision, store)
    path = tmp_path / f"log.{name.removeprefix('log-')}"
    export(study, log, name, path)
    with ReviewStore(tmp_path / "other.sqlite") as other:
        assert record_import(path, study, other).recorded == 5
        assert record_import(path, study, other).recorded == 0
        was, now = Reviews.from_decisions(log, study), Reviews.from_decisions(other.decisions(), study)
    assert now.sampled.tolist() == [True, False, True, True]
    for part in ("rows", "outcomes", "true_labels", "sampled"):
        np.testing.assert_array_equal(getattr(now, part), getattr(was, part))
    unflagged = np.isin(study.ids, ["a", "b", "c", "d", "g"])
    assert bound_remaining_errors(study.labels, unflagged, now) == bound_remaining_errors(study.labels, unflagged, was)


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_a_table_of_samples_keeps_random_checks_and_is_taken_in_the_order_of_its_times(
    study, make_decision, store, tmp_path, name
):
    log = reviewed_log(study, make_decision, store)
    path = tmp_path / f"labels.{name}"
    export(study, log, name, path)
    with ReviewStore(tmp_path / "other.sqlite") as other:
        assert record_import(path, study, other).recorded == 4
        now = Reviews.from_decisions(other.decisions(), study)
    assert study.ids[now.rows].tolist() == ["c", "a", "h", "g"]  # each by the decision that holds
    assert now.sampled.tolist() == [True, True, False, True]
    frame = pd.read_csv(path, dtype={"id": str}) if name == "csv" else pd.read_parquet(path)
    read = Reviews.from_frame(frame, study)
    for part in ("rows", "outcomes", "true_labels", "sampled"):
        np.testing.assert_array_equal(getattr(read, part), getattr(now, part))


def test_what_a_log_loses_is_said(study, make_decision, store, tmp_path):
    store.append([make_decision("a", sampled=True), make_decision("c", Verdict.SKIP, new_label=None)])
    undone = store.decisions()[0]
    store.append([make_decision("a", Verdict.UNDO, new_label=None, undoes=undone.id)])
    export(study, store.decisions(), "log-csv", tmp_path / "log.csv")
    assert record_import(tmp_path / "log.csv", study, store).undone == ()
    with ReviewStore(tmp_path / "other.sqlite") as other:
        imported = record_import(tmp_path / "log.csv", study, other)
        assert (imported.recorded, imported.undone) == (1, ("a",))


@pytest.mark.parametrize("text", ["perhaps", "2"])
def test_a_random_check_is_one_or_not(study, table, text):
    path = table(f"id,verdict,sampled\na,keep,TRUE\nb,skip,{text}\n")
    with pytest.raises(ReviewError, match=f"row 2: sampled must be true or false; got '{text}'"):
        import_decisions(path, study)
    assert import_decisions(table("id,verdict,sampled\na,keep,TRUE\n"), study)[0].sampled


@pytest.mark.parametrize("column", ["id", "verdict", "label"])
def test_a_doubled_column_is_named(study, table, column):
    path = table(f"id,verdict,label,{column}\na,keep,,x\n")
    with pytest.raises(ReviewError, match=f"has the column '{column}' twice. Leave one of them out, or rename it"):
        import_decisions(path, study)
    frame = pd.DataFrame([["a", "keep", "", "x"]], columns=["id", "verdict", "label", column])
    with pytest.raises(ReviewError, match=f"The table of decisions has the column '{column}' twice"):
        import_decisions(frame, study)
