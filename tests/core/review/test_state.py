from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from margin_core.errors import ReviewError
from margin_core.review import ReviewState, Verdict


@pytest.fixture
def log(make_decision):
    """Make a log out of (sample, verdict, fields)."""

    def make(*rows):
        return [
            make_decision(sample, verdict, id=place, **fields)
            for place, (sample, verdict, fields) in enumerate(rows, start=1)
        ]

    return make


def test_the_last_decision_holds(log):
    state = ReviewState(log(("a", Verdict.KEEP, {}), ("b", Verdict.SKIP, {}), ("a", Verdict.EXCLUDE, {})))
    assert state.current("a").verdict is Verdict.EXCLUDE
    assert {sample: decision.id for sample, decision in state.current_decisions().items()} == {"a": 3, "b": 2}
    assert state.current("never seen") is None
    assert (len(state), state.last_id) == (3, 3)


def test_an_undo_brings_back_the_decision_before(log):
    state = ReviewState(log(("a", Verdict.KEEP, {}), ("a", Verdict.EXCLUDE, {}), ("a", Verdict.UNDO, {"undoes": 2})))
    assert state.current("a").verdict is Verdict.KEEP
    assert [decision.id for decision in state.history()] == [1]


def test_an_older_decision_can_be_undone_below_a_newer_one(log):
    state = ReviewState(log(("a", Verdict.KEEP, {}), ("a", Verdict.EXCLUDE, {}), ("a", Verdict.UNDO, {"undoes": 1})))
    assert state.current("a").verdict is Verdict.EXCLUDE


@pytest.mark.parametrize("undoes", [1, 2, 77])
def test_an_undo_that_finds_nothing_left_changes_nothing(log, undoes):
    undo = {"undoes": 1}
    state = ReviewState(
        log(("a", Verdict.KEEP, {}), ("a", Verdict.UNDO, undo), ("a", Verdict.UNDO, {"undoes": undoes}))
    )
    assert state.current_decisions() == {}


def test_what_can_be_undone(log):
    state = ReviewState(
        log(
            ("a", Verdict.KEEP, {}),
            ("a", Verdict.SKIP, {"reviewer": "bob"}),
            ("b", Verdict.KEEP, {}),
            ("b", Verdict.UNDO, {"undoes": 3}),
        )
    )
    assert state.decision_to_undo("a", reviewer="ada").id == 1
    assert state.decision_to_undo("a", reviewer="bob").id == 2
    assert state.decision_to_undo("a", reviewer="ada", decision_id=2).id == 2
    refusals = {
        ("b", None): "Sample 'b' has no decision of ada left to undo.",
        ("z", None): "Sample 'z' has no decision of ada left to undo.",
        ("b", 3): "Decision 3 on sample 'b' is undone already.",
        ("b", 4): "Decision 4 is itself an undo and stays. Decide on 'b' again.",
        ("b", 1): "Sample 'b' has no decision number 1. Reload the page to see all.",
        ("a", 99): "Sample 'a' has no decision number 99. Reload the page to see all.",
    }
    for (sample, number), message in refusals.items():
        with pytest.raises(ReviewError) as caught:
            state.decision_to_undo(sample, reviewer="ada", decision_id=number)
        assert str(caught.value) == message


def test_a_decision_over_one_unseen_is_a_conflict_and_holds(log):
    state = ReviewState()
    first, unseen, informed, own = log(
        ("a", Verdict.KEEP, {}),
        ("a", Verdict.RELABEL, {"reviewer": "bob", "based_on": None}),
        ("a", Verdict.SKIP, {"based_on": 2}),
        ("a", Verdict.EXCLUDE, {"based_on": None}),
    )
    assert state.add(first) is None
    conflict = state.add(unseen)
    assert (conflict.decision, conflict.replaced) == (unseen, first)
    assert conflict.sentence == (
        "Sample 'a': bob decided 'relabel to one' without having seen that ada had decided 'keep'; "
        "the later decision holds."
    )
    assert state.current("a") == unseen
    assert state.add(informed) is None
    assert state.add(own) is None  # One's own earlier decision needs no mention.
    assert state.conflicts == (conflict,)


def test_only_recorded_decisions_have_a_place(make_decision):
    with pytest.raises(ValueError, match="Only a recorded decision has a place in the log"):
        ReviewState([make_decision()])


class AnySequence(RuleBasedStateMachine):
    """Deciding, undoing and replaying, against a list that is searched from the end."""

    make = None

    def __init__(self):
        super().__init__()
        self.state, self.log, self.undone = ReviewState(), [], set()

    def add(self, sample, verdict, **fields):
        number = len(self.log) + 1
        decision = replace(
            AnySequence.make(sample, verdict, seq=number, **fields), id=number * 3, client=f"c{number % 2}"
        )
        self.log.append(decision)
        self.state.add(decision)

    @rule(
        sample=st.sampled_from("abc"),
        verdict=st.sampled_from([Verdict.KEEP, Verdict.RELABEL, Verdict.SKIP, Verdict.EXCLUDE]),
        reviewer=st.sampled_from(["ada", "bob"]),
    )
    def decide(self, sample, verdict, reviewer):
        self.add(sample, verdict, reviewer=reviewer)

    @rule(sample=st.sampled_from("abc"), reviewer=st.sampled_from(["ada", "bob"]))
    def undo_own(self, sample, reviewer):
        own = [one.id for one in self.current_of(sample) if one.reviewer == reviewer]
        if own:
            assert self.state.decision_to_undo(sample, reviewer=reviewer).id == own[-1]
            self.add(sample, Verdict.UNDO, undoes=own[-1])
            self.undone.add(own[-1])
        else:
            with pytest.raises(ReviewError):
                self.state.decision_to_undo(sample, reviewer=reviewer)

    @rule(number=st.integers(1, 60))
    def undo_any(self, number):
        known = [one for one in self.log if one.id == number]
        sample = known[0].sample_id if known else "a"
        if known and known[0] in self.current_of(sample):
            assert self.state.decision_to_undo(sample, reviewer="eve", decision_id=number) == known[0]
        else:
            with pytest.raises(ReviewError):
                self.state.decision_to_undo(sample, reviewer="eve", decision_id=number)
        self.add(sample, Verdict.UNDO, undoes=number)
        if known:
            self.undone.add(number)

    @rule()
    def replay(self):
        self.state = ReviewState(self.log)

    def current_of(self, sample):
        return [
            one
            for one in self.log
            if one.sample_id == sample and one.verdict is not Verdict.UNDO and one.id not in self.undone
        ]

    @invariant()
    def holds_what_the_log_says(self):
        last = {sample: self.current_of(sample)[-1] for sample in "abc" if self.current_of(sample)}
        assert self.state.current_decisions() == last
        assert [self.state.current(sample) for sample in "abc"] == [last.get(sample) for sample in "abc"]
        assert len(self.state) == len(self.log)
        assert all(self.state.has(one.client, one.seq) for one in self.log)
        assert not self.state.has("c0", 10_000)


@pytest.mark.slow
def test_any_sequence_has_the_state_that_a_list_says(make_decision, monkeypatch):
    monkeypatch.setattr(AnySequence, "make", staticmethod(make_decision))
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(AnySequence, settings=settings(max_examples=40, stateful_step_count=25, deadline=None))
