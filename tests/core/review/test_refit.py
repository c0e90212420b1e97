import dataclasses
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import blobs
from sklearn.metrics import average_precision_score

from margin_core.audit.audit import audit, live_label_error_score
from margin_core.errors import NotComputed
from margin_core.review import (
    Choice,
    Decision,
    RefitSchedule,
    ReviewedLabels,
    ReviewSession,
    ReviewStore,
    Verdict,
    reviewed_labels,
)
from margin_core.review.refit import MAX_STORED, refit
from margin_core.storage.workspace import Workspace
from margin_core.study import Opened
from margin_core.tasks import Reviewed
from margin_core.tasks.label_flips.noise_transition import fit_noise_transition
from margin_core.values import UNLABELED, TopClasses


@pytest.fixture(scope="module")
def planted():
    return blobs(each=40, flips=12)


@pytest.fixture
def audited(planted, tmp_path):
    return audit(
        Opened(study=planted.study, notes=(), workspace=Workspace.at(tmp_path / "w.margin"), source=tmp_path / "blobs")
    )


def answers(study, truth, rows, excluded=()):
    """Return the labels after a reviewer's answers on some rows."""
    labels, verified = study.labels.copy(), np.zeros(len(study), bool)
    labels[rows] = truth[rows]
    verified[rows] = True
    labels[list(excluded)], verified[list(excluded)] = UNLABELED, False
    return ReviewedLabels(labels=labels, verified=verified, changed=int((labels != study.labels).sum()))


# ----- the refit itself -----


def test_it_is_remembered_and_read_again_as_it_was(audited, planted):
    progress = []
    reviewed = answers(planted.study, planted.truth, np.arange(30), excluded=[31])
    made = refit(audited, reviewed, lambda *parts: progress.append(parts))
    opened = audited.opened
    frozen = dataclasses.replace(
        audited,
        opened=dataclasses.replace(opened, workspace=Workspace.at(opened.workspace.folder, may_compute=False)),
    )
    again = refit(frozen, reviewed)
    np.testing.assert_array_equal(again.scores, made.scores)
    np.testing.assert_array_equal(again.suggested, made.suggested)
    np.testing.assert_array_equal(*(one.label_error_score.models[0].values for one in (again, made)))
    assert again.label_error_score.pool == made.label_error_score.pool and progress[-1] == (1.0, "Done")
    with pytest.raises(NotComputed):
        refit(frozen, answers(planted.study, planted.truth, np.arange(29), excluded=[31]))
    reviewed_otherwise = ReviewedLabels(
        labels=reviewed.labels, verified=np.zeros(len(reviewed.labels), bool), changed=reviewed.changed
    )
    with pytest.raises(NotComputed):
        refit(frozen, reviewed_otherwise)


def test_its_scores_are_those_of_its_models(audited, planted):
    made = refit(audited, answers(planted.study, planted.truth, np.arange(30), excluded=[31]))
    live, labels = made.live(), made.reviewed_labels.labels
    np.testing.assert_array_equal(made.scores, made.label_error_score.scores(labels))
    every = np.arange(len(planted.study))
    np.testing.assert_array_equal(made.suggested, live.suggestions(every, planted.study.labels))
    assert made.scores[31] == 0


def test_it_learns_from_the_corrections_and_leaves_the_first_ranking_alone(audited, planted):
    first = live_label_error_score(audited).label_error_score
    made = refit(audited, answers(planted.study, planted.truth, np.arange(60)))
    assert not np.array_equal(made.label_error_score.models[0].values, first.models[0].values)
    again = live_label_error_score(audited).label_error_score
    np.testing.assert_array_equal(again.models[0].values, first.models[0].values)


def test_old_refits_do_not_pile_up(audited, planted):
    steps = audited.opened.workspace.folder / "steps"
    others = {folder.name for folder in steps.iterdir()}
    for count in range(20, 20 + 2 * MAX_STORED, 2):
        made = refit(audited, answers(planted.study, planted.truth, np.arange(count)))
    left = {folder.name for folder in steps.iterdir()} - others
    assert len(left) == MAX_STORED and all(name.startswith("refit-") for name in left)
    assert np.array_equal(refit(audited, made.reviewed_labels).scores, made.scores)


def test_a_study_whose_labels_are_all_excluded_is_fitted_all_the_same(audited, planted):
    n = len(planted.study)
    nothing = ReviewedLabels(labels=np.full(n, UNLABELED), verified=np.zeros(n, bool), changed=n)
    assert not refit(audited, nothing).scores.any()


def test_the_channel_remembers_the_mistakes_that_were_found():
    """Fitted on corrected labels alone it would forget them, and the rest of their kind would rank lower."""
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], 100)
    given = np.where((truth == 0) & (random.random(300) < 0.3), 1, truth)
    log_probabilities = TopClasses.complete(np.log(np.eye(3)[truth] * 0.8 + 0.2 / 3))
    found = np.flatnonzero(given != truth)[::2]
    now = given.copy()
    now[found] = truth[found]
    verified = np.zeros(300, bool)
    verified[found] = True
    remembers = fit_noise_transition(*Reviewed(given=given, verified=verified).training_pairs(log_probabilities, now))
    forgets = fit_noise_transition(log_probabilities, now)
    assert remembers.transition.table[0, 1] > 1.5 * forgets.transition.table[0, 1]
    assert remembers.transition.table[0, 1] == pytest.approx((given[truth == 0] == 1).mean(), abs=0.03)


def test_excluded_samples_do_not_enter_the_noise_transition():
    log_probabilities, given = TopClasses.complete(np.log(np.full((4, 2), 0.5))), np.array([0, 1, 0, 1])
    reviewed, changed_to = Reviewed(given=given, verified=np.array([1, 1, 0, 0], bool)).training_pairs(
        log_probabilities, np.array([1, UNLABELED, 0, UNLABELED])
    )
    assert changed_to.tolist() == [0, UNLABELED, 0, UNLABELED]
    assert reviewed.values[0].tolist() == [np.log(1e-12), 0.0]
    assert (reviewed.values[1:] == log_probabilities.values[1:]).all()


@pytest.mark.slow
def test_what_is_left_ranks_better_after_a_refit():
    """On the bundled pictures of clothes, after 200 answers in the order of the queue."""
    from browser.running import BUNDLED

    from margin_core.study import open_source

    opened = open_source(BUNDLED / "fashion")
    audited = audit(opened)
    truth = np.load(BUNDLED / "fashion" / "truth.npz")["labels"].astype(np.int64)
    study, live = opened.study, live_label_error_score(audited)
    reviewed = answers(study, truth, audited.explanation.rows[:200])
    rows = np.flatnonzero(reviewed.labels != study.labels)
    live.update(rows, reviewed.labels[rows])
    left = np.flatnonzero(~reviewed.verified)
    wrong = (study.labels != truth)[left]
    before = average_precision_score(wrong, live.label_error_score.scores(live.labels)[left])
    after = average_precision_score(wrong, refit(audited, reviewed).scores[left])
    assert after > before + 0.01


# ----- the labels of a log -----


def decision(number, sample, verdict, new=None, old="0", **more):
    return Decision(
        study="s", study_fingerprint="f", task="label_flips", sample_id=sample, verdict=Verdict(verdict),
        old_label=old, new_label=new, reviewer="ada", note="", explanation="e", score=0.5,
        decided_at=datetime(2026, 1, 1, tzinfo=UTC), client="tab", seq=number, id=number, **more,
    )  # fmt: skip


def test_a_log_is_folded_to_labels(planted):
    study = planted.study
    names, ids = study.class_names, study.ids.tolist()
    olds = [names[label] for label in study.labels]
    other = [names[(label + 1) % len(names)] for label in study.labels]
    found = reviewed_labels(study, [
        decision(1, ids[0], "relabel", other[0], olds[0]),
        decision(2, ids[1], "keep", olds[1], olds[1]),
        decision(3, ids[2], "exclude", None, olds[2]),
        decision(4, ids[3], "skip", None, olds[3]),
        decision(5, ids[4], "relabel", other[4], olds[4]),
        decision(6, ids[4], "undo", None, olds[4], undoes=5),
    ])  # fmt: skip
    assert found.labels[:5].tolist() == [(study.labels[0] + 1) % len(names), study.labels[1], -1, *study.labels[3:5]]
    assert np.flatnonzero(found.verified).tolist() == [0, 1] and found.changed == 2
    assert reviewed_labels(study, []).changed == 0


# ----- when to learn -----


def schedule_of(steps):
    """Feed (sample, what it is changed to) to the schedule; None = as given."""
    schedule = RefitSchedule()
    for number, (sample, changed_to) in enumerate(steps, 1):
        current = None
        if changed_to is not None:
            current = decision(number, sample, *changed_to)
        schedule.add(decision(number, sample, "keep", "0"), current)
    return schedule


def test_a_refit_is_due_after_twenty_changed_labels_and_not_sooner():
    changes = [(f"s{i}", ("relabel", "1")) for i in range(45)]
    assert schedule_of(changes[:19]).due == ()
    assert schedule_of(changes[:20]).due == (20,)
    assert schedule_of(changes).due == (20, 40)


def test_what_changes_no_label_does_not_count():
    kept = [(f"s{i}", ("keep", "0")) for i in range(100)]
    skipped = [(f"s{i}", ("skip",)) for i in range(100)]
    assert schedule_of(kept).due == schedule_of(skipped).due == ()
    back_and_forth = [("s0", ("relabel", "1") if i % 2 else None) for i in range(100)]
    assert schedule_of(back_and_forth).due == ()


def test_an_exclusion_and_an_undone_correction_count_towards_a_refit():
    out = [(f"s{i}", ("exclude",)) for i in range(20)]
    assert schedule_of(out).due == (20,)
    assert schedule_of(out + [(f"s{i}", None) for i in range(20)]).due == (20, 40)


def test_a_long_review_is_fitted_again_after_a_tenth_more():
    due = np.array(schedule_of([(f"s{i}", ("relabel", "1")) for i in range(2000)]).due)
    gaps = np.diff(due)
    assert (gaps >= np.maximum(20, 0.1 * due[1:])).all() and (gaps <= np.maximum(20, 0.1 * due[1:]) + 1).all()
    assert len(due) < 40


events = st.lists(
    st.tuples(
        st.integers(0, 60), st.sampled_from([None, ("relabel", "1"), ("relabel", "2"), ("exclude",), ("keep", "0")])
    ),
    max_size=200,
)


@given(events)
@settings(max_examples=25, deadline=None)
def test_the_schedule_counts_what_differs_from_the_last_refit(steps):
    changed_to, fitted, due = {}, {}, []
    for number, (sample, now) in enumerate(steps, 1):
        changed = None if now in (None, ("keep", "0")) else now
        before = changed_to.get(sample)
        changed_to[sample] = changed
        differ = sum(changed_to.get(name) != fitted.get(name) for name in changed_to)
        if changed != before and differ >= max(20, 0.1 * sum(value is not None for value in changed_to.values())):
            due.append(number)
            fitted = dict(changed_to)
    assert schedule_of([(f"s{sample}", now) for sample, now in steps]).due == tuple(due)


# ----- in a session -----


@pytest.mark.slow
def test_a_session_takes_a_refit_over_with_the_decisions_made_meanwhile(audited, planted, tmp_path):
    study, truth = planted.study, planted.truth
    session = ReviewSession(
        study, audited.explanation, ReviewStore(tmp_path / "r.sqlite"), "ada",
        rescorer=live_label_error_score(audited),
    )  # fmt: skip
    queue = audited.explanation.rows[:24].tolist()

    def decide(rows, start):
        labels = np.where(truth == study.labels, (truth + 1) % 3, truth)
        for seq, row in enumerate(rows, start):
            choice = Choice(seq=seq, row=row, verdict=Verdict.RELABEL, label=int(labels[row]))
            session.decide([choice], client="tab")

    decide(queue[:20], 0)
    assert session.refits_due == (20,)
    made = refit(audited, reviewed_labels(study, session.store.decisions()))
    decide(queue[20:], 20)
    open_before = session.upcoming(500, beyond=True)
    session.apply_refit(made.live(), labels=made.reviewed_labels.labels, scores=made.scores, suggested=made.suggested)
    now = session.labels
    np.testing.assert_array_equal(session.scores, made.label_error_score.scores(now))
    assert session.n_refits == 1 and session.version == 24
    assert sorted(session.upcoming(500, beyond=True)) == sorted(open_before)
    assert not set(session.upcoming(500, beyond=True)) & set(queue)
