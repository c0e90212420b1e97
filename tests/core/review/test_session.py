"""A session of review: what is recorded, undone, refused, found again, and done by several people at once."""

from datetime import UTC, datetime
from threading import Thread

import numpy as np
import pytest

from margin_core.errors import ReviewError
from margin_core.review import (
    Choice,
    Refusal,
    ReviewSession,
    Verdict,
    import_decisions,
)
from margin_core.values import Study


def test_what_is_recorded(session, act, study, store, explanation):
    at = datetime(2026, 5, 6, tzinfo=UTC)
    act(0, "relabel", 1, note="blurred", score=0.87, at=at, sampled=True, based_on=12)
    act(6, "relabel", 2, reviewer="bob")
    act(1, "exclude")
    first, second, third = store.decisions()
    assert (first.sample_id, first.old_label, first.new_label) == ("h", "zero", "one")
    assert (first.note, first.score, first.decided_at, first.sampled, first.based_on) == ("blurred", 0.87, at, True, 12)
    assert (first.study_fingerprint, first.explanation) == (study.fingerprint, explanation.fingerprint)
    assert (first.task, first.reviewer, second.reviewer) == ("label_flips", "ada", "bob")
    assert (second.old_label, second.new_label) == (None, "two")
    assert (third.old_label, third.new_label, third.score) == ("one", None, 0.1)


def test_a_relabel_to_the_given_label_keeps_it(session, act):
    act(0, "relabel", 0)
    assert session.decision(0).verdict is Verdict.KEEP
    assert session.progress().kept == 1


def test_undo_takes_back_the_last_and_brings_the_row_back(session, act):
    act(0, "relabel", 1)
    act(0, "exclude")
    act(0, "undo")
    assert (session.decision(0).verdict, session.labels[0]) == (Verdict.RELABEL, 1)
    act(0, "undo")
    assert session.decision(0) is None
    assert session.labels[0] == 0
    assert session.upcoming(1).tolist() == [0]
    outcome = act(0, "undo")
    assert outcome.refused == (Refusal(4, "Sample 'h' has no decision of ada left to undo."),)
    assert outcome.recorded == ()


def test_a_batch_may_undo_what_it_decides(session):
    keep, undo, skip = Verdict.KEEP, Verdict.UNDO, Verdict.SKIP
    choices = [Choice(seq=seq, row=0, verdict=verdict) for seq, verdict in enumerate([keep, skip, undo, undo, skip])]
    assert session.decide(choices, client="tab").recorded == (0, 1, 2, 3, 4)
    assert session.decision(0).seq == 4
    again = session.decide(choices, client="tab")
    assert (again.recorded, again.refused, again.version) == ((0, 1, 2, 3, 4), (), 5)


def test_undos_of_different_rows_are_one_write(session, store, monkeypatch):
    keep, undo = Verdict.KEEP, Verdict.UNDO
    session.decide([Choice(seq=row, row=row, verdict=keep) for row in range(5)], client="tab")
    written = []
    append = store.append
    monkeypatch.setattr(store, "append", lambda decisions: (written.append(len(decisions)), append(decisions)))
    undos = [Choice(seq=10 + row, row=row, verdict=undo) for row in (4, 3, 2, 1, 0)]
    outcome = session.decide([*undos, Choice(seq=20, row=0, verdict=undo)], client="tab")
    assert outcome.recorded == (14, 13, 12, 11, 10)
    assert outcome.refused == (Refusal(20, "Sample 'h' has no decision of ada left to undo."),)
    assert [size for size in written if size] == [5]
    assert session.progress().decided == 0


def test_history_is_newest_first_without_what_was_undone(session, act):
    for row in range(4):
        act(row, "keep")
    act(2, "undo")
    assert [session.study.row_of[decision.sample_id] for decision in session.history()] == [3, 1, 0]
    assert [session.study.row_of[decision.sample_id] for decision in session.history(1)] == [3]
    assert [decision.sample_id for decision in session.decisions()] == ["h", "g", "e"]


def test_nonsense_is_refused_by_itself(session):
    outcome = session.decide(
        [
            Choice(seq=1, row=8, verdict=Verdict.KEEP),
            Choice(seq=2, row=-1, verdict=Verdict.KEEP),
            Choice(seq=3, row=0, verdict=Verdict.RELABEL),
            Choice(seq=4, row=0, verdict=Verdict.RELABEL, label=3),
            Choice(seq=5, row=0, verdict=Verdict.RELABEL, label=2),
            Choice(seq=5, row=1, verdict=Verdict.KEEP),
        ],
        client="tab",
    )
    assert set(outcome.recorded) == {5}
    assert [(refusal.seq, refusal.reason) for refusal in outcome.refused] == [
        (1, "There is no row 8; study 'toy' has rows 0 to 7."),
        (2, "There is no row -1; study 'toy' has rows 0 to 7."),
        (3, "Sample 'h' cannot be relabeled to class number None; there are classes 0 to 2."),
        (4, "Sample 'h' cannot be relabeled to class number 3; there are classes 0 to 2."),
    ]
    assert session.progress().decided == 1


def test_everything_is_there_after_a_restart(session, act, study, explanation, store):
    act(0, "relabel", 2)
    act(1, "keep")
    act(1, "undo")
    act(5, "exclude")
    again = ReviewSession(study, explanation, store, "ada")
    assert (again.version, again.progress()) == (session.version, session.progress())
    assert again.labels.tolist() == session.labels.tolist()
    assert again.upcoming(9).tolist() == session.upcoming(9).tolist()
    assert again.decide([Choice(seq=7, row=0, verdict=Verdict.UNDO)], client="new tab").recorded == (7,)


def test_a_label_corrected_elsewhere_keeps_the_log(session, act, study, explain, scores, store):
    act(0, "relabel", 2)
    edited = study.with_labels([2, 1, 2, 0, 1, 2, -1, 0])
    again = ReviewSession(edited, explain(edited, scores), store, "ada")
    assert again.decision(0).new_label == "two"


def test_two_sessions_follow_each_other(session, act, study, explanation, store):
    other = ReviewSession(study, explanation, store, "bob")
    act(0, "keep")
    assert other.decision(0) is None
    assert other.refresh().tolist() == [0]
    assert other.decision(0).reviewer == "ada"
    other.decide([Choice(seq=1, row=2, verdict=Verdict.KEEP, based_on=None)], client="bob's tab")
    outcome = act(2, "exclude")
    (conflict,) = outcome.conflicts
    assert (conflict.replaced.reviewer, conflict.decision.reviewer) == ("bob", "ada")
    assert outcome.changed.tolist() == [2]
    assert session.conflicts == (conflict,)
    assert act(2, "undo").conflicts == ()
    assert session.decision(2).reviewer == "bob"


def test_an_undo_that_another_session_made_first_is_refused(session, act, study, explanation, store):
    act(0, "keep")
    other = ReviewSession(study, explanation, store, "ada")
    act(0, "undo")
    outcome = other.decide([Choice(seq=1, row=0, verdict=Verdict.UNDO, undoes=1)], client="other tab")
    assert outcome.refused == (Refusal(1, "Decision 1 on sample 'h' is undone already."),)


def test_imported_decisions_are_followed(session, study, store, tmp_path):
    (tmp_path / "made.csv").write_text("id,verdict,label\nh,relabel,two\ng,exclude,\n")
    store.append(import_decisions(tmp_path / "made.csv", study))
    assert session.refresh().tolist() == [0, 1]
    assert session.labels[0] == 2


def test_rows_that_are_known_are_not_looked_up(study, explanation, store, session, monkeypatch):
    monkeypatch.setattr(Study, "row_of", property(lambda study: pytest.fail("all ids were gathered")))
    other = ReviewSession(study, explanation, store, "ada")
    assert other.upcoming(8).tolist() == session.upcoming(8).tolist()
    monkeypatch.undo()
    assert other.study.row_of["h"] == 0


@pytest.mark.slow
def test_threads_decide_at_once(store, explain):
    study = Study.build(labels=np.zeros(400, int), class_names=["a", "b"])
    session = ReviewSession(study, explain(study, np.linspace(0, 1, 400)), store, "ada")

    def review(client):
        for seq in range(25):
            row = client * 100 + seq
            session.decide([Choice(seq=seq, row=row, verdict=Verdict.RELABEL, label=1)], client=str(client))
            assert row not in session.upcoming(400, beyond=True)

    threads = [Thread(target=review, args=(client,)) for client in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert session.progress().relabeled == 100
    assert session.version == 100
    assert session.labels.sum() == 100


def test_an_explanation_of_other_samples_is_refused(study, explain, store):
    other = Study.build(name="other", labels=[0, 1], class_names=["a", "b"])
    with pytest.raises(ReviewError, match=r"^The explanation is of another study than 'toy': sample '0' is not in it"):
        ReviewSession(study, explain(other, [1, 0]), store, "ada")


def test_a_failed_write_leaves_the_session_as_it_was(session, store, monkeypatch):
    def refuse(decisions):
        raise ReviewError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(store, "append", refuse)
        with pytest.raises(ReviewError, match="the disk is full"):
            session.decide([Choice(seq=1, row=0, verdict=Verdict.KEEP)], client="tab")
    assert session.upcoming(1).tolist() == [0]
    assert session.decide([Choice(seq=1, row=0, verdict=Verdict.KEEP)], client="tab").recorded == (1,)
