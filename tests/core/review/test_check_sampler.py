"""The queue shows a random sample of the unflagged, and the log marks which samples these were."""

import numpy as np
import pytest

from margin_core.review import Choice, ReviewSession, ReviewStore, Verdict
from margin_core.review.check_sampler import CheckSampler
from margin_core.review.estimates import RandomChecks, bound_remaining_errors
from margin_core.values import Study

N, SUSPECTS = 200, 40


@pytest.fixture
def study():
    return Study.build(name="toy", labels=np.arange(N) % 2, class_names=["a", "b"])


@pytest.fixture
def session(study, explain, tmp_path):
    scores = np.where(np.arange(N) < SUSPECTS, 0.9, 0.1) - np.arange(N) / 1e4
    return ReviewSession(study, explain(study, scores), ReviewStore(tmp_path / "review.sqlite"), "ada")


def decide(session, rows, drawn, verdict=Verdict.KEEP, first=0):
    session.decide(
        [
            Choice(seq=first + seq, row=int(row), verdict=Verdict(verdict), sampled=bool(one))
            for seq, (row, one) in enumerate(zip(rows, drawn, strict=True))
        ],
        client="tab",
    )


def test_one_place_in_ten_is_random_and_the_others_are_suspects_by_rank(session):
    rows, drawn = session.upcoming_with_checks(30)
    assert len(rows) == len(set(rows.tolist())) == 30
    assert [int(drawn[start : start + 10].sum()) for start in (0, 10, 20)] == [1, 1, 1]
    assert rows[~drawn].tolist() == list(range(27))
    assert (rows[drawn] >= SUSPECTS).all()


def test_the_queue_goes_on_where_it_was_and_ends_with_the_last_suspect(session):
    rows, drawn = session.upcoming_with_checks(100)
    assert rows[~drawn].tolist() == list(range(SUSPECTS))
    held, _ = session.upcoming_with_checks(60, skip=rows[:20].tolist())
    assert held.tolist() == rows[20:].tolist()
    decide(session, rows[:20], drawn[:20])
    later, again = session.upcoming_with_checks(100)
    assert later.tolist() == rows[20:].tolist() and again.tolist() == drawn[20:].tolist()


def test_skipped_samples_come_back_at_the_end(session):
    rows, drawn = session.upcoming_with_checks(3)
    decide(session, rows, drawn, Verdict.SKIP)
    assert set(session.upcoming_with_checks(100)[0][-3:].tolist()) == set(rows.tolist())


def test_the_log_tells_the_random_ones_also_after_an_undo_and_a_restart(session, study, tmp_path):
    rows, drawn = session.upcoming_with_checks(20)
    decide(session, rows, drawn)
    session.decide([Choice(seq=50, row=int(rows[0]), verdict=Verdict.UNDO)], client="tab")
    assert session.reviews().outcomes.tolist() == [-1] + [0] * 19
    other = int(1 - rows[0] % 2)
    session.decide([Choice(seq=51, row=int(rows[0]), verdict=Verdict.RELABEL, label=other)], client="tab")
    for one in (session, ReviewSession(study, session.explanation, ReviewStore(tmp_path / "review.sqlite"), "bob")):
        reviews = one.reviews()
        assert reviews.rows.tolist() == rows.tolist()
        assert reviews.sampled.tolist() == drawn.tolist()
        assert reviews.outcomes.tolist() == [1] + [0] * 19
        assert reviews.true_labels[0] == other
        left = one.remaining()
        assert (left.found, left.n_sampled) == (1, 2) and left.upper < N


def test_right_answers_at_random_lower_the_bound(session):
    most = [session.remaining().upper]
    for start in range(0, 40, 10):
        rows, drawn = session.upcoming_with_checks(10)
        decide(session, rows, drawn, first=start)
        most.append(session.remaining().upper)
    assert most[0] == N and most == sorted(most, reverse=True) and len(set(most)) == 5


def test_after_the_last_suspect_every_place_is_random_when_asked_for(session):
    rows, drawn = session.upcoming_with_checks(70, checks=True)
    by_rank, is_sampled = session.upcoming_with_checks(70)
    assert rows[: len(by_rank)].tolist() == by_rank.tolist() and len(rows) == 70
    assert drawn.tolist() == [*is_sampled.tolist(), *[True] * (70 - len(by_rank))]
    decide(session, rows, drawn)
    later, chosen = session.upcoming_with_checks(20, checks=True, skip=[])
    assert chosen.all() and not set(later.tolist()) & set(rows.tolist())
    held, _ = session.upcoming_with_checks(10, checks=True, skip=later[:5].tolist())
    assert held.tolist() == session.upcoming_with_checks(15, checks=True)[0][5:].tolist()


def test_random_checks_end_with_the_last_sample_and_skipped_ones_follow(session):
    rows, drawn = session.upcoming_with_checks(N, checks=True)
    assert sorted(rows.tolist()) == list(range(N))
    decide(session, rows[:3], drawn[:3], Verdict.SKIP)
    decide(session, rows[3:], drawn[3:], first=3)
    assert set(session.upcoming_with_checks(N, checks=True)[0].tolist()) == set(rows[:3].tolist())
    assert session.remaining().upper == 3


def test_the_stated_number_of_clean_checks_reaches_the_goal(session):
    rows, drawn = session.upcoming_with_checks(100)
    decide(session, rows, drawn)
    checks = session.checks_needed(40)
    rows, drawn = session.upcoming_with_checks(checks, checks=True)
    decide(session, rows, drawn, first=100)
    assert session.remaining().upper <= 40 and drawn.all() and len(drawn) == checks == 8
    decide(session, rows[-1:], drawn[-1:], Verdict.SKIP, first=300)
    assert session.remaining().upper > 40
    session.decide([Choice(seq=400, row=int(rows[-1]), verdict=Verdict.UNDO)], client="tab")
    assert session.remaining().upper <= 40


def test_the_bound_follows_the_log_as_if_it_were_computed_again(session, study, tmp_path):
    """Undone, changed and imported answers too, and what another session wrote."""
    other = ReviewSession(study, session.explanation, ReviewStore(tmp_path / "review.sqlite"), "bob")
    unflagged = np.arange(N) >= SUSPECTS
    rng = np.random.default_rng(0)
    for turn in range(30):
        one = (session, other)[turn % 2]
        one.refresh()
        rows, drawn = one.upcoming_with_checks(4, checks=True)
        again = rng.choice(list(one.reviews().rows) or [0], 1)
        decide(one, [*rows[:3], *again], [*drawn[:3], False], rng.choice(["keep", "skip", "exclude"]), first=10 * turn)
        if turn % 3 == 0:
            one.decide([Choice(seq=10 * turn + 9, row=int(rows[1]), verdict=Verdict.UNDO)], client="tab")
        assert one.remaining() == bound_remaining_errors(study.labels, unflagged, one.reviews())


def test_every_unflagged_sample_is_as_likely():
    counts = np.zeros(50)
    unflagged = np.arange(50) >= 10
    for seed in range(400):
        draws = CheckSampler(RandomChecks(key=str(seed), every=2), np.arange(50), unflagged)
        rows, drawn = draws.mix(np.arange(10), np.ones(50, bool), position=0, limit=8)
        counts[rows[drawn]] += 1
    assert not counts[:10].any()
    # 1600 draws over 40 samples: 40 each, give or take four deviations.
    assert counts.sum() == 1600 and np.abs(counts[10:] - 40).max() < 26


def test_without_anything_to_draw_the_suspects_fill_every_place():
    draws = CheckSampler(RandomChecks(key="k", every=2), np.arange(6), np.zeros(6, bool))
    rows, drawn = draws.mix(np.arange(6), np.ones(6, bool), position=0, limit=9)
    assert rows.tolist() == list(range(6)) and not drawn.any()
