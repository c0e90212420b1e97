from datetime import UTC, datetime
from threading import Event, Thread

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from margin_core.errors import ReviewError
from margin_core.review import (
    CODES,
    OPEN,
    Choice,
    Confusion,
    Refusal,
    ReviewProgress,
    ReviewSession,
    ReviewStore,
    Verdict,
    import_decisions,
)
from margin_core.values import UNLABELED, Study

SCORES = [0.9, 0.1, 0.8, 0.5, 0.5, 0.2, 0.0, 0.7]


class RingRescorer:
    """Score = share of the two neighbors on a ring that vote for another label; counts its calls.

    Suggested is what the next on the ring votes for, or the next class where that is no other one.
    """

    def __init__(self, labels):
        self.votes = np.array(labels)
        self.asked = []

    def all(self):
        rows = np.arange(len(self.votes))
        return self.of(rows)

    def of(self, rows):
        n = len(self.votes)
        others = np.stack([self.votes[(rows - 1) % n], self.votes[(rows + 1) % n]])
        differ = (others != self.votes[rows]) & (others != UNLABELED)
        return np.where(self.votes[rows] == UNLABELED, 0.0, differ.mean(axis=0))

    def update(self, rows, labels):
        n = len(self.votes)
        self.asked.append(rows.tolist())
        self.votes[rows] = labels
        changed = np.unique(np.concatenate([rows, (rows - 1) % n, (rows + 1) % n]))
        return changed, self.of(changed)

    def suggestions(self, rows, given):
        voted = self.votes[(rows + 1) % len(self.votes)]
        return np.where((voted == UNLABELED) | (voted == given), (given + 1) % 3, voted)


@pytest.fixture
def explanation(study, explain):
    roles = ["suspect"] * 6 + ["unlabelled", "suspect"]
    return explain(study, SCORES, suggested=[1, 2, 0, 1, 2, 0, 1, 1], roles=roles)


@pytest.fixture
def session(study, explanation, store):
    return ReviewSession(study, explanation, store, "ada")


@pytest.fixture
def act(session):
    """Decide one thing after another in `session`."""
    count = iter(range(1_000))

    def act(row, verdict, label=None, **fields):
        return session.decide(
            [Choice(seq=next(count), row=row, verdict=Verdict(verdict), label=label, **fields)], client="tab"
        )

    return act


def test_the_queue_is_suspects_by_score_then_id_and_on_request_the_others(session):
    # Rows 3 and 4 tie; their ids are "e" and "d".
    assert session.upcoming(100).tolist() == [0, 2, 7, 4, 3]
    assert session.upcoming(100, beyond=True).tolist() == [0, 2, 7, 4, 3, 5, 1, 6]
    assert session.upcoming(2).tolist() == [0, 2]
    assert session.progress() == ReviewProgress(
        suspects=5, decided=0, relabeled=0, kept=0, excluded=0, skipped=0, total=8
    )


def test_decided_rows_leave_and_skipped_ones_come_back_at_the_end(session, act):
    act(0, "keep")
    act(2, "relabel", 0)
    act(7, "exclude")
    act(4, "skip")
    act(1, "skip")
    assert session.upcoming(100).tolist() == [3, 4, 1]
    assert session.upcoming(100, beyond=True).tolist() == [3, 5, 6, 4, 1]
    assert session.progress() == ReviewProgress(
        suspects=6, decided=5, relabeled=1, kept=1, excluded=1, skipped=2, total=8
    )
    assert session.states.tolist() == [CODES[Verdict.KEEP], CODES[Verdict.SKIP], CODES[Verdict.RELABEL], OPEN,
                                       CODES[Verdict.SKIP], OPEN, OPEN, CODES[Verdict.EXCLUDE]]  # fmt: skip
    assert session.labels.tolist() == [0, 1, 0, 0, 1, 2, -1, 0]


def test_filters(session):
    assert session.upcoming(9, given=0).tolist() == [0, 7, 3]
    assert session.upcoming(9, suggested=1, beyond=True).tolist() == [0, 7, 3, 6]
    assert session.upcoming(9, given=0, suggested=1, within={7, 3, 6, 1}, beyond=True).tolist() == [7, 3]
    assert session.upcoming(9, within=np.array([6, 1, 1, 2]), beyond=True).tolist() == [2, 1, 6]
    assert session.upcoming(2, skip=(0, 7)).tolist() == [2, 4]
    assert session.upcoming(2, within=(0, 2, 7, 4), skip=(2, 0)).tolist() == [7, 4]
    assert session.upcoming(0).tolist() == []


def test_groups_share_a_given_label_and_a_suggestion(session, act):
    assert session.confusions() == [Confusion(0, 1, 3), Confusion(1, 2, 1), Confusion(2, 0, 1)]
    act(0, "skip")
    act(7, "keep")
    act(2, "keep")
    assert session.confusions() == [Confusion(0, 1, 1), Confusion(1, 2, 1)]


def test_no_suggestions_no_groups(study, explain, store):
    assert ReviewSession(study, explain(study, SCORES), store, "ada").confusions() == []


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
    assert [session.row_of(decision.sample_id) for decision in session.history()] == [3, 1, 0]
    assert [session.row_of(decision.sample_id) for decision in session.history(1)] == [3]
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


def test_a_label_corrected_elsewhere_keeps_the_log(session, act, study, explain, store):
    act(0, "relabel", 2)
    edited = study.with_labels([2, 1, 2, 0, 1, 2, -1, 0])
    again = ReviewSession(edited, explain(edited, SCORES), store, "ada")
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


def test_a_decision_reranks_the_neighbors(study, explain, store):
    rescorer = RingRescorer(study.labels)
    session = ReviewSession(study, explain(study, rescorer.all()), store, "ada", rescorer=rescorer)
    outcome = session.decide([Choice(seq=1, row=1, verdict=Verdict.RELABEL, label=0)], client="tab")
    assert rescorer.asked == [[1]]
    assert outcome.changed.tolist() == [0, 1, 2]
    assert session.scores.tolist() == RingRescorer(session.labels).all().tolist()
    before = session.scores
    session.decide([Choice(seq=2, row=3, verdict=v) for v in (Verdict.KEEP,)], client="tab")
    session.decide([Choice(seq=3, row=4, verdict=Verdict.SKIP)], client="tab")
    assert rescorer.asked == [[1]]  # Neither changes what anybody votes.
    assert session.scores.tolist() == before.tolist()


def test_groups_follow_the_suggestions(study, explain, store):
    rescorer = RingRescorer(study.labels)
    rows = np.arange(8)
    explanation = explain(study, np.ones(8), suggested=rescorer.suggestions(rows, study.labels))
    session = ReviewSession(study, explanation, store, "ada", rescorer=rescorer, threshold=0.0)
    assert session.confusions()[0] == Confusion(0, 1, 3)
    session.decide([Choice(seq=1, row=1, verdict=Verdict.RELABEL, label=2)], client="tab")
    assert session.suggested[0] == 2
    assert Confusion(0, 2, 1) in session.confusions() and Confusion(0, 1, 2) in session.confusions()
    assert session.upcoming(8, given=0, suggested=2).tolist() == [0]
    session.decide([Choice(seq=2, row=1, verdict=Verdict.UNDO)], client="tab")
    assert session.confusions()[0] == Confusion(0, 1, 3)


def test_rows_that_are_known_are_not_looked_up(study, explanation, store, session, monkeypatch):
    monkeypatch.setattr(Study, "row_of", property(lambda study: pytest.fail("all ids were gathered")))
    other = ReviewSession(study, explanation, store, "ada")
    assert other.upcoming(8).tolist() == session.upcoming(8).tolist()
    monkeypatch.undo()
    assert other.row_of("h") == 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    actions=st.lists(
        st.tuples(st.integers(0, 7), st.sampled_from(list(Verdict)), st.integers(0, 2), st.booleans()), max_size=14
    )
)
def test_scores_and_queue_are_those_of_a_full_computation(study, explain, tmp_path_factory, actions):
    """Whatever is decided, undone, sent twice or replayed."""
    given_labels = study.labels
    start = RingRescorer(given_labels)
    explanation = explain(study, start.all(), suggested=start.suggestions(np.arange(8), given_labels))
    with ReviewStore(tmp_path_factory.mktemp("any") / "r.sqlite") as store:
        session = ReviewSession(study, explanation, store, "ada", rescorer=RingRescorer(given_labels))
        stacks = {row: [] for row in range(8)}
        for seq, (row, verdict, label, twice) in enumerate(actions):
            choice = Choice(seq=seq, row=row, verdict=verdict, label=label)
            outcome = session.decide([choice], client="tab")
            if twice:
                again = session.decide([choice], client="tab")
                assert (again.recorded, again.refused) == (outcome.recorded, outcome.refused)
            if verdict is not Verdict.UNDO:
                stacks[row].append((verdict, label))
            elif stacks[row]:
                stacks[row].pop()
        labels, votes, verdicts = np.array(given_labels), np.array(given_labels), [None] * 8
        for row, stack in stacks.items():
            if not stack:
                continue
            verdict, label = stack[-1]
            if verdict is Verdict.RELABEL:
                labels[row] = votes[row] = label
                verdict = Verdict.KEEP if label == given_labels[row] else verdict
            if verdict is Verdict.EXCLUDE:
                votes[row] = UNLABELED
            verdicts[row] = verdict
        scores = RingRescorer(votes).all()

        def place(row):
            return verdicts[row] is Verdict.SKIP, -scores[row], study.ids[row]

        queue = sorted((row for row in range(8) if verdicts[row] in (None, Verdict.SKIP)), key=place)
        replayed = ReviewSession(study, explanation, store, "ada", rescorer=RingRescorer(given_labels))
        for one in (session, replayed):
            assert one.labels.tolist() == labels.tolist()
            assert one.scores.tolist() == scores.tolist()
            assert one.suggested.tolist() == RingRescorer(votes).suggestions(np.arange(8), given_labels).tolist()
            assert one.upcoming(8, beyond=True).tolist() == queue
            assert one.open_suspects.tolist() == [
                verdict is None and score >= 0.5 for verdict, score in zip(verdicts, scores, strict=True)
            ]
            assert one.progress().decided == sum(verdict is not None for verdict in verdicts)
            assert one.progress().relabeled == verdicts.count(Verdict.RELABEL)


class OtherRescorer(RingRescorer):
    """Newly fitted: both neighbors of a sample vote, and the one opposite."""

    def of(self, rows):
        n = len(self.votes)
        others = np.stack([self.votes[(rows + step) % n] for step in (-1, 1, n // 2)])
        differ = (others != self.votes[rows]) & (others != UNLABELED)
        return np.where(self.votes[rows] == UNLABELED, 0.0, differ.mean(axis=0))

    def update(self, rows, labels):
        n = len(self.votes)
        self.votes[rows] = labels
        changed = np.unique(np.concatenate([(rows + step) % n for step in (-1, 0, 1, n // 2)]))
        return changed, self.of(changed)

    def suggestions(self, rows, given):
        voted = self.votes[(rows - 1) % len(self.votes)]
        return np.where((voted == UNLABELED) | (voted == given), (given + 2) % 3, voted)


decided_rows = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from(list(Verdict)), st.integers(0, 2)), min_size=1, max_size=8
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=decided_rows, meanwhile=decided_rows, at_last=decided_rows, after=decided_rows)
def test_after_a_swap_all_is_as_the_new_models_would_have_it(
    study, explain, tmp_path_factory, before, meanwhile, at_last, after
):
    """Whether decisions were made before, while the models were fitted, while they are swapped in, or later."""
    given_labels = np.array(study.labels)
    start, every = RingRescorer(given_labels), np.arange(8)
    explanation = explain(study, start.all(), suggested=start.suggestions(every, given_labels))

    with ReviewStore(tmp_path_factory.mktemp("any") / "r.sqlite") as store:
        session = ReviewSession(study, explanation, store, "ada", rescorer=start)
        seqs = iter(range(1_000))

        def act(steps):
            for row, verdict, label in steps:
                session.decide([Choice(seq=next(seqs), row=row, verdict=verdict, label=label)], client="tab")

        def votes():
            excluded = session.states == CODES[Verdict.EXCLUDE]
            return np.where(excluded, UNLABELED, session.labels)

        class Interrupted(OtherRescorer):
            def update(self, rows, labels):
                if left:  # Somebody goes on deciding while samples are scored.
                    worker = Thread(target=act, args=(left.pop(),), daemon=True)
                    worker.start()
                    worker.join(60)
                    assert not worker.is_alive(), "who decides waits for the scores"
                return super().update(rows, labels)

        left = [at_last]
        act(before)
        fitted = Interrupted(votes())
        act(meanwhile)
        version = session.version
        session.apply_refit(
            fitted,
            labels=fitted.votes.copy(),
            scores=fitted.all(),
            suggested=fitted.suggestions(every, given_labels),
        )
        left.clear()
        assert session.n_refits == 1 and session.version >= version
        for steps in ((), after):
            act(steps)
            whole = OtherRescorer(votes())
            np.testing.assert_array_equal(session.scores, whole.all())
            np.testing.assert_array_equal(session.suggested, whole.suggestions(every, given_labels))
            states, ids = session.states, study.ids
            queue = sorted(np.flatnonzero(np.isin(states, (OPEN, CODES[Verdict.SKIP]))), key=lambda row: (
                states[row] != OPEN, -whole.all()[row], ids[row]))  # fmt: skip
            assert session.upcoming(8, beyond=True).tolist() == queue
            assert session.open_suspects.tolist() == ((states == OPEN) & (whole.all() >= 0.5)).tolist()


def test_a_swap_copies_what_it_is_given(session, study):
    scores, suggested = np.full(8, 0.6), np.zeros(8, int)
    session.apply_refit(RingRescorer(study.labels), labels=study.labels, scores=scores, suggested=suggested)
    scores[:] = 0
    assert (session.scores == 0.6).all()


def test_a_swap_waits_for_no_scoring(session, act, study):
    """While the new models score what was decided meanwhile, others decide."""
    act(0, "relabel", 1)
    at_work, go_on = Event(), Event()

    class Slow(RingRescorer):
        def update(self, rows, labels):
            at_work.set()
            assert go_on.wait(60)
            return super().update(rows, labels)

    slow = Slow(study.labels)
    swapping = Thread(
        target=session.apply_refit,
        args=(slow,),
        kwargs={"labels": study.labels, "scores": slow.all(), "suggested": np.zeros(8, int)},
    )
    swapping.start()
    assert at_work.wait(60)
    act(2, "keep")
    assert session.progress().decided == 2 and session.n_refits == 0
    go_on.set()
    swapping.join(60)
    assert session.n_refits == 1 and session.labels[0] == 1


def test_when_a_refit_is_due_follows_from_the_log(store, explain):
    study = Study.build(labels=np.zeros(60, int), class_names=["a", "b"])
    explanation = explain(study, np.linspace(0, 1, 60))
    session = ReviewSession(study, explanation, store, "ada")
    for row in range(25):
        session.decide([Choice(seq=2 * row, row=row, verdict=Verdict.KEEP)], client="tab")
        session.decide([Choice(seq=2 * row + 1, row=row + 30, verdict=Verdict.RELABEL, label=1)], client="tab")
    assert session.refits_due == (40,)
    assert ReviewSession(study, explanation, store, "bob").refits_due == (40,)


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


def test_rows_by_score_whatever_was_decided(session, act):
    act(0, "keep")
    assert session.sort_by_score([1, 3, 0, 4]).tolist() == [0, 4, 3, 1]


def test_a_study_without_labels(store, explain):
    study = Study.build(ids=["x", "y"], probabilities=[[0.2, 0.8], [0.5, 0.5]], class_names=["a", "b"])
    session = ReviewSession(study, explain(study, [0.0, np.nan], roles=["unlabelled", "unscored"]), store, "ada")
    assert session.upcoming(5, beyond=True).tolist() == [0, 1]
    session.decide([Choice(seq=1, row=0, verdict=Verdict.RELABEL, label=1)], client="tab")
    session.decide([Choice(seq=2, row=1, verdict=Verdict.KEEP)], client="tab")
    assert session.labels.tolist() == [1, UNLABELED]
    session.decide([Choice(seq=3, row=1, verdict=Verdict.SKIP)], client="tab")
    assert session.upcoming(5, beyond=True).tolist() == [1]


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
