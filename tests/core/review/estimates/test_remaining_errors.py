from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from margin_core.errors import ParameterError
from margin_core.review.check_sampler import CheckSampler
from margin_core.review.estimates import (
    RandomChecks,
    RemainingErrorsTracker,
    Reviews,
    bound_remaining_errors,
    hypergeometric_bound,
)
from margin_core.review.estimates.confidence_sequence import CHECKPOINT_EVERY
from margin_core.review.estimates.reviews import RIGHT, UNKNOWN, WRONG


def test_one_place_of_each_run_is_random_and_nobody_can_foresee_which():
    plan = RandomChecks("study")
    places = np.array([plan.is_random(position) for position in range(1000)]).reshape(100, 10)
    assert (places.sum(axis=1) == 1).all()
    assert (places.sum(axis=0) > 0).all()
    again = [RandomChecks("study").is_random(position) for position in range(1000)]
    np.testing.assert_array_equal(places.ravel(), again)
    assert again != [RandomChecks("another").is_random(position) for position in range(1000)]


def test_the_same_samples_are_drawn_whatever_their_rows():
    ids = np.array([f"sample {number}" for number in range(50)])
    shuffle = np.random.default_rng(0).permutation(50)
    plan = RandomChecks("study")
    np.testing.assert_array_equal(ids[plan.order(ids)], ids[shuffle][plan.order(ids[shuffle])])
    assert sorted(plan.order(ids).tolist()) == list(range(50))


def test_a_run_needs_a_place():
    with pytest.raises(ParameterError) as refused:
        RandomChecks("study", every=0)
    assert str(refused.value) == "RandomChecks.every must be at least 1; got 0. With 10, one in ten is random."


def reviews_of(n, rows, wrong, drawn=True, skipped=()):
    verdicts = [
        "skip" if row in skipped else "exclude" if bad else "keep" for row, bad in zip(rows, wrong, strict=True)
    ]
    return Reviews.build(
        given=np.zeros(n, int), rows=rows, verdicts=verdicts, new_labels=[0] * len(rows),
        sampled=np.broadcast_to(drawn, len(rows)),
    )  # fmt: skip


def bound(n, wrong, **parts):
    reviews = reviews_of(n, list(range(len(wrong))), wrong, **parts)
    return bound_remaining_errors(np.zeros(n, int), np.ones(n, bool), reviews)


def test_by_hand_one_clean_draw_of_two():
    """T = 2 cannot be after a clean draw; T = 1 has likelihood 1/2 against 1 for T = 0, far from ruled out."""
    left = bound(2, [False])
    assert (left.found, left.lower, left.upper, left.n_sampled) == (0, 0, 1, 1)


def test_without_a_draw_everything_may_be_wrong():
    left = bound_remaining_errors(np.array([0, 1, -1, 0]), np.array([True, True, True, False]), Reviews.none())
    assert (left.lower, left.upper) == (0, 3)


def test_everything_looked_at_leaves_nothing():
    left = bound(20, [True] * 5 + [False] * 15)
    assert (left.found, left.lower, left.upper) == (5, 0, 0)


def test_the_bound_falls_with_clean_draws_and_rises_with_errors():
    clean = [bound(1000, [False] * draws).upper for draws in (0, 10, 30, 100, 300)]
    assert clean == sorted(clean, reverse=True) and clean[3] < 50
    assert bound(1000, [True] * 5 + [False] * 95).upper > clean[3]
    assert bound(1000, [True] * 50 + [False] * 50).lower > 250


def test_it_is_the_largest_number_that_the_gambler_has_not_ruled_out():
    """Against the definition, number by number."""
    n, wrong = 60, np.array([False] * 12 + [True] + [False] * 12)
    support = np.arange(n + 1)  # as dense as the geometric support can be at this size
    stakes = np.log(np.log1p(support + 1) - np.log1p(support))

    def likelihood(total):
        left = total - (np.cumsum(wrong) - wrong)
        likelihood = np.where(wrong, left, n - np.arange(len(wrong)) - left)
        return np.log(likelihood / (n - np.arange(len(wrong)))).sum() if (likelihood > 0).all() else -np.inf

    own = np.array([likelihood(total) for total in support])
    stands = []
    for total in support[own > -np.inf]:
        below = support < total
        pot = np.logaddexp.reduce(stakes[below] + own[below]) - np.logaddexp.reduce(stakes[below])
        if total == 0 or pot - own[total] < np.log(20):
            stands.append(total)
    assert bound(n, wrong).upper == max(stands) - 1


def test_suspects_nobody_looked_at_and_skipped_samples_may_be_wrong():
    given, unflagged = np.zeros(200, int), np.arange(200) >= 20
    clean = reviews_of(200, list(range(20, 170)), [False] * 150)
    left = bound_remaining_errors(given, unflagged, clean)
    assert left.upper >= 20
    skipped = bound_remaining_errors(
        given, unflagged, reviews_of(200, list(range(20, 170)), [False] * 150, skipped={30})
    )
    wrong = bound_remaining_errors(given, unflagged, reviews_of(200, list(range(20, 170)), np.arange(20, 170) == 30))
    # As if it had been wrong, and it is still in the data.
    assert skipped.upper == wrong.upper + 1 > left.upper and skipped.found == 0
    done = bound_remaining_errors(
        given, unflagged, reviews_of(200, list(range(170)), [False] * 170, drawn=np.arange(170) >= 20)
    )
    assert done.upper == left.upper - 20


@pytest.mark.slow
def test_it_holds_at_every_look_in_simulation():
    """A queue that chases errors, one in five random; 95 % promised for all looks together."""
    held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        n = 120
        wrong = np.zeros(n, bool)
        wrong[rng.choice(n, 18, replace=False)] = True
        queue = np.argsort(-(rng.normal(size=n) + wrong))
        draws = CheckSampler(RandomChecks(f"study {seed}", every=2), np.arange(n), np.ones(n, bool))
        unseen, rows, drawn = np.ones(n, bool), [], []
        for position in range(90):
            (row,), (random,) = draws.mix(queue[unseen[queue]], unseen, position=position, limit=1)
            unseen[row] = False
            rows.append(row)
            drawn.append(random)
        fine = True
        for looked in range(10, 91, 10):
            reviews = reviews_of(n, rows[:looked], wrong[rows[:looked]], drawn=drawn[:looked])
            left = bound_remaining_errors(np.zeros(n, int), np.ones(n, bool), reviews)
            fine &= left.upper >= wrong[unseen_after(rows[:looked], n)].sum()
        held += fine
    assert held >= 0.93 * 40


def unseen_after(rows, n):
    return np.setdiff1d(np.arange(n), rows)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 39), st.sampled_from([RIGHT, RIGHT, WRONG, UNKNOWN]), st.booleans()), max_size=60
    ),
    st.integers(0, 2**32 - 1),
)
def test_following_a_log_equals_reading_all_of_it(answers, seed):
    """New answers and changed ones, labels that are missing, suspects and others, read or not in between."""
    rng = np.random.default_rng(seed)
    labels, unflagged = rng.integers(-1, 4, 40), rng.random(40) < 0.8
    tally, outcomes, drawn = RemainingErrorsTracker(labels, unflagged), {}, {}
    for row, outcome, by_likelihood in answers:
        tally.update(row, outcome, by_likelihood)
        outcomes[row] = outcome
        drawn.setdefault(row, by_likelihood)
        if rng.random() < 0.5:
            assert tally.remaining() == bound_remaining_errors(labels, unflagged, read(labels, outcomes, drawn))
    assert tally.remaining() == bound_remaining_errors(labels, unflagged, read(labels, outcomes, drawn))


def read(labels, outcomes, drawn):
    words = {RIGHT: "keep", WRONG: "exclude", UNKNOWN: "skip"}
    return Reviews.build(
        given=labels, rows=list(outcomes), verdicts=[words[one] for one in outcomes.values()],
        new_labels=[0] * len(outcomes),
        sampled=list(drawn.values()),
    )  # fmt: skip


def test_an_answer_that_changes_after_hundreds_of_draws():
    n = 1000
    tally, outcomes = (
        RemainingErrorsTracker(np.zeros(n, int), np.ones(n, bool)),
        dict.fromkeys(range(3 * CHECKPOINT_EVERY), RIGHT),
    )
    for row, one in outcomes.items():
        tally.update(row, one, True)
    for row, one in [
        (3 * CHECKPOINT_EVERY - 1, WRONG),
        (CHECKPOINT_EVERY, WRONG),
        (CHECKPOINT_EVERY, RIGHT),
        (0, UNKNOWN),
        (2 * CHECKPOINT_EVERY, WRONG),
    ]:
        tally.remaining()
        tally.update(row, one, True)
        outcomes[row] = one
        assert tally.remaining() == bound_remaining_errors(
            np.zeros(n, int), np.ones(n, bool), read(np.zeros(n, int), outcomes, dict.fromkeys(outcomes, True))
        )


@pytest.mark.parametrize(("n", "suspects", "found", "goal"), [(600, 20, 3, 30), (50, 0, 0, 1), (2000, 5, 0, 20)])
def test_so_many_clean_draws_more_and_no_fewer_reach_the_goal(n, suspects, found, goal):
    tally = RemainingErrorsTracker(np.zeros(n, int), np.arange(n) >= suspects)
    rows = iter(range(n))
    for row in range(suspects):
        tally.update(next(rows), WRONG if row % 2 else RIGHT, False)
    for row in range(12):
        tally.update(next(rows), WRONG if row < found else RIGHT, True)
    checks = tally.checks_needed(goal)
    assert checks > 1
    for _ in range(checks - 1):
        tally.update(next(rows), RIGHT, True)
    assert tally.remaining().upper > goal and tally.checks_needed(goal) == 1
    tally.update(next(rows), RIGHT, True)
    assert tally.remaining().upper <= goal and tally.checks_needed(goal) == 0


def test_no_draw_reaches_a_goal_that_open_suspects_exceed():
    tally = RemainingErrorsTracker(np.zeros(100, int), np.arange(100) >= 10)
    assert tally.checks_needed(9) is None
    # By hand: one error is ruled out when it would be among the 4 left of 90 less often than 5 %.
    assert tally.checks_needed(10) == 86


def test_the_exact_bound_against_counting_every_sample():
    n, drawn, hits = 8, 4, 1
    possible = [
        total for total in range(n + 1)
        if np.mean([sum(row < total for row in some) <= hits for some in combinations(range(n), drawn)]) > 0.05
    ]  # fmt: skip
    assert hypergeometric_bound(n, drawn, hits) == max(possible)
    assert hypergeometric_bound(n, 0, 0) == n and hypergeometric_bound(n, n, 3) == 3


def test_the_exact_bound_holds_for_one_look():
    rng = np.random.default_rng(0)
    hits = rng.hypergeometric(40, 460, 60, 200)
    assert np.mean([hypergeometric_bound(500, 60, int(hit)) >= 40 for hit in hits]) >= 0.94


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: hypergeometric_bound(10, 4, 5),
            "hypergeometric_bound needs 0 <= n_wrong <= n_sampled <= population; got n_wrong 5, n_sampled 4, "
            "population 10.",
        ),
        (
            lambda: hypergeometric_bound(10, 4, 0, confidence=95),
            "The confidence must be between 0 and 1; got 95. For 95 % give 0.95.",
        ),
        (
            lambda: bound_remaining_errors(np.zeros(2, int), np.ones(2, bool), Reviews.none(), confidence=1.0),
            "The confidence must be between 0 and 1; got 1.0. For 95 % give 0.95.",
        ),
    ],
)
def test_what_cannot_be_is_refused(call, text):
    with pytest.raises(ParameterError) as refused:
        call()
    assert str(refused.value) == text
