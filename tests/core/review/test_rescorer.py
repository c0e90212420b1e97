"""Scores that follow the decisions, and new models that are swapped in while somebody decides."""

from threading import Event, Thread

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rescorers import OtherRescorer, RingRescorer

from margin_core.review import (
    CODES,
    OPEN,
    Choice,
    Confusion,
    ReviewSession,
    ReviewStore,
    Verdict,
)
from margin_core.values import UNLABELED, Study


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


@pytest.mark.slow
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
            assert one.progress().decided == sum(verdict not in (None, Verdict.SKIP) for verdict in verdicts)
            assert one.progress().open == np.count_nonzero(one.open_suspects)
            assert one.progress().relabeled == verdicts.count(Verdict.RELABEL)


decided_rows = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from(list(Verdict)), st.integers(0, 2)), min_size=1, max_size=8
)


@pytest.mark.slow
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
