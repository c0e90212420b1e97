"""The queue, the groups and the decisions by plain HTTP."""

import json
import sqlite3
from contextlib import closing

import pytest
from reviewing import HEADERS, decision, refused

from dashboard.server.http import MAX_BODY, MAX_ROWS
from dashboard.study.selections import keep_selection

SAMPLES = 90


def log(asked):
    return asked.store.decisions()


@pytest.mark.slow
def test_the_queue_begins_with_the_most_suspect(get, planted):
    answer = get("queue", limit=12).json()
    by_rank = [card for card in answer["cards"] if not card["sampled"]]
    assert sorted(card["row"] for card in by_rank) == planted.flipped.tolist()
    scores = [card["score"] for card in by_rank]
    assert scores == sorted(scores, reverse=True)
    assert answer["progress"] == {
        "open": 5, "decided": 0, "given": 0, "relabeled": 0, "kept": 0, "excluded": 0, "skipped": 0, "total": SAMPLES,
        "remaining": {
            "found": 0, "lower": 0, "upper": SAMPLES, "sampled": 0, "informative": False,
            "labeled": SAMPLES, "goal": 0, "checks": None,
        },
    }  # fmt: skip
    assert answer["version"] == 0 and answer["history"] == []


def test_random_checks_follow_the_last_suspect_when_asked_for_and_are_marked(get, post, asked, planted):
    cards = get("queue", limit=60, checks=1).json()["cards"]
    assert len(cards) == 60
    by_rank = [card["row"] for card in cards if not card["sampled"]]
    assert sorted(by_rank) == planted.flipped.tolist()
    post(*(decision(seq, row) for seq, row in enumerate(by_rank, start=1)))
    left = get("queue", checks=1, goal=100).json()["progress"]["remaining"]
    assert left["goal"] == 9 and left["checks"] == asked.session.checks_needed(9) > 10
    drawn = [card["row"] for card in get("queue", limit=60, checks=1).json()["cards"]]
    decisions = [decision(seq, row, sampled=True) for seq, row in enumerate(drawn[: left["checks"]], start=10)]
    after = post(*decisions, query="?checks=1&goal=100").json()
    assert after["progress"]["remaining"]["upper"] <= 9 and after["progress"]["remaining"]["checks"] == 0
    assert after["progress"]["remaining"]["sampled"] == left["checks"]
    assert all(card["sampled"] for card in after["cards"]) and len(after["cards"]) == 12


def test_a_goal_is_a_number(get):
    assert refused(get("queue", goal="little"), 400) == "goal must be a whole number."


def test_the_queue_leaves_out_what_the_screen_holds(get, planted):
    rows = [card["row"] for card in get("queue", limit=5).json()["cards"]]
    rest = get("queue", limit=5, skip=f"{rows[0]},{rows[2]}").json()["cards"]
    assert [card["row"] for card in rest][:3] == [rows[1], rows[3], rows[4]]


def test_the_queue_of_a_selection_and_of_a_group(get, asked, planted):
    key = keep_selection(asked, [4, int(planted.flipped[1]), 6], "three")
    rows = [card["row"] for card in get("queue", selection=key).json()["cards"]]
    assert rows[0] == planted.flipped[1] and sorted(rows) == sorted([4, int(planted.flipped[1]), 6])
    for group in get("groups").json()["groups"]:
        cards = get("queue", given=group["given"], suggested=group["suggested"], limit=group["count"]).json()["cards"]
        assert all((card["given"], card["suggested"]) == (group["given"], group["suggested"]) for card in cards)


def test_the_queue_of_a_selection_that_is_no_longer_kept_is_not_the_whole_queue(get):
    reason = refused(get("queue", selection="forgotten"), 410)
    assert reason == "This selection is no longer kept. Select again, or review all suspects."


def test_a_decision_is_recorded_though_its_selection_is_no_longer_kept(post, planted):
    answer = post(decision(1, int(planted.flipped[0])), query="?selection=forgotten").json()
    assert answer["recorded"] == [1] and answer["cards"] == []


def test_groups_add_up(get, planted):
    groups = get("groups").json()["groups"]
    assert sum(group["count"] for group in groups) == len(planted.flipped)
    assert [group["count"] for group in groups] == sorted((group["count"] for group in groups), reverse=True)


@pytest.mark.parametrize("limit", ["many", "-1", "1e3", "9" * 30])
def test_a_limit_is_a_number(get, limit):
    assert refused(get("queue", limit=limit), 400) == "limit must be a whole number."


def test_a_limit_has_a_limit(get):
    assert len(get("queue", limit=10_000, beyond=1).json()["cards"]) == MAX_ROWS
    assert {card["sampled"] for card in get("queue", limit=60, beyond=1).json()["cards"]} == {False}


def test_decisions_are_recorded_and_answered_with_what_comes_next(post, asked, planted):
    one, two = planted.flipped[:2].tolist()
    answer = post(
        decision(1, one, "relabel", int(planted.truth[one]), note="clear"), decision(2, two), reviewer="bo"
    ).json()
    assert answer["recorded"] == [1, 2] and answer["refused"] == [] and answer["version"] == 2
    assert (answer["progress"]["relabeled"], answer["progress"]["kept"], answer["progress"]["decided"]) == (1, 1, 2)
    assert [(entry["row"], entry["verdict"]) for entry in answer["history"]] == [(two, "keep"), (one, "relabel")]
    assert not {one, two} & {card["row"] for card in answer["cards"]}
    first = log(asked)[0]
    assert (first.sample_id, first.new_label, first.note, first.reviewer) == (
        f"sample {one:02d}",
        asked.study.class_names[planted.truth[one]],
        "clear",
        "bo",
    )
    assert first.decided_at.isoformat() == "2026-11-22T01:02:03.456000+00:00"
    assert first.explanation == asked.explanation.fingerprint and first.score == 0.5


def test_the_same_number_twice_is_recorded_once(post, asked):
    first = post(decision(1, 3))
    again = post(decision(1, 3), decision(2, 4))
    assert first.json()["recorded"] == [1] and again.json()["recorded"] == [1, 2]
    assert [(one.client, one.seq) for one in log(asked)] == [("tab", 1), ("tab", 2)]


def test_another_tab_has_numbers_of_its_own(post, asked):
    post(decision(1, 3))
    post(decision(1, 4), client="other")
    assert len(log(asked)) == 2


def test_an_undo_is_a_new_row(post, asked):
    post(decision(1, 3, "exclude"))
    answer = post(decision(2, 3, "undo")).json()
    assert answer["recorded"] == [2] and answer["progress"]["decided"] == 0 and answer["history"] == []
    assert [str(one.verdict) for one in log(asked)] == ["exclude", "undo"]


def test_an_undo_of_nothing_is_refused(post, asked):
    answer = post(decision(1, 3, "undo")).json()
    assert answer["recorded"] == [] and [one["seq"] for one in answer["refused"]] == [1]
    assert log(asked) == []


def test_a_decision_that_another_reviewer_made_unseen_is_a_conflict(post, asked):
    first = post(decision(1, 3, "keep"), reviewer="ada").json()
    stale = post(decision(1, 3, "exclude", basedOn=None), client="b", reviewer="bo").json()
    assert stale["recorded"] == [1] and stale["conflicts"] == 1
    seen = post(decision(2, 3, "keep", basedOn=log(asked)[-1].id), client="a", reviewer="ada").json()
    assert seen["conflicts"] == 0 and first["conflicts"] == 0


def test_a_decision_that_waited_in_a_browser_through_an_update_is_read_under_its_old_names(post, asked):
    post(decision(1, 3, "keep", sampled=True), reviewer="ada")
    first = log(asked)[-1].id
    answer = post(decision(1, 3, "exclude", based_on=first, drawn=True), client="b", reviewer="bo").json()
    assert answer["recorded"] == [1] and answer["conflicts"] == 0
    assert [(one.sampled, one.based_on) for one in log(asked)] == [(True, None), (True, first)]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"row": SAMPLES}, f"There is no row {SAMPLES}; study 'pets' has rows 0 to {SAMPLES - 1}."),
        ({"row": -1}, "There is no row -1;"),
        ({"verdict": "relabel", "label": 3}, "cannot be relabeled to class number 3; there are classes 0 to 2."),
        ({"verdict": "relabel", "label": -1}, "cannot be relabeled to class number -1;"),
        ({"verdict": "relabel"}, "cannot be relabeled to class number None;"),
        ({"at": "2026-11-22T01:02:03"}, "has no time zone"),
    ],
)
def test_one_senseless_decision_is_refused_and_the_others_are_kept(post, asked, wrong, reason):
    answer = post(decision(1, 1), decision(2, 2) | wrong, decision(3, 3)).json()
    assert answer["recorded"] == [1, 3]
    (refusal,) = answer["refused"]
    assert refusal["seq"] == 2 and reason in refusal["reason"]
    assert [one.sample_id for one in log(asked)] == ["sample 01", "sample 03"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "burn"},
        {"verdict": None},
        {"seq": "one"},
        {"seq": 10**30},
        {"seq": None},
        {"row": 1.5},
        {"row": "1"},
        {"label": "cat"},
        {"label": [1]},
        {"score": "high"},
        {"at": "yesterday"},
        {"at": 5},
        {"basedOn": "x"},
        {"basedOn": 1e300},
    ],
)
def test_a_decision_that_cannot_be_read(post, asked, wrong):
    assert refused(post(decision(1, 1) | wrong), 400).startswith("These decisions cannot be read (")
    assert log(asked) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "5",
        "null",
        '"x"',
        "{}",
        '{"client": "a"}',
        '{"client": "a", "decisions": 5}',
        "[" * 100_000,
        '{"client": "a", "decisions": "abc"}',
        '{"client": "a", "decisions": [5]}',
        '{"client": "a", "decisions": [{}]}',
        '{"client": "a", "decisions": {"seq": 1}}',
        b"\xff\xfe",
        '{"client": "a", "decisions": [{"seq": 1, "row": 1e999, "verdict": "keep"}]}',
    ],
)
def test_a_body_that_cannot_be_read(post, asked, content):
    assert refused(post(content=content), 400).startswith("These decisions cannot be read (")
    assert log(asked) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"X-Margin": "0", "Content-Type": "application/json"},
        {"X-Margin": "1"},
        {"X-Margin": "1", "Content-Type": "text/plain"},
        {"X-Margin": "1", "Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_foreign_page_cannot_decide(post, asked, headers):
    assert refused(post(decision(1, 1), headers=headers), 403) == "Decisions are taken from the dashboard only."
    assert log(asked) == []


def test_the_content_type_may_name_its_alphabet(post):
    assert post(decision(1, 1), headers=HEADERS | {"Content-Type": "application/json; charset=utf-8"}).json()[
        "recorded"
    ] == [1]


def test_a_body_that_is_too_large(post, asked):
    large = json.dumps({"client": "tab", "decisions": [decision(1, 1, note="x" * MAX_BODY)]})
    assert refused(post(content=large), 413) == "Too many decisions at once."
    parts = (large[at : at + 65_536].encode() for at in range(0, len(large), 65_536))  # Its length is not announced.
    assert refused(post(content=parts), 413) == "Too many decisions at once."
    assert log(asked) == []


def test_decisions_for_a_study_that_is_not_open_stay_in_the_browser(client, asked):
    answer = client.post("/margin/000000000000/decisions", content="{}", headers=HEADERS)
    assert refused(answer, 503) == "This study is not open yet. The decisions stay in the browser until it is."


def test_decisions_are_not_taken_by_get(get):
    assert get("decisions").status_code == 405


def test_a_locked_database_says_so_and_the_decision_can_be_sent_again(post, asked, open_it, studies, monkeypatch):
    asked.store.database.engine.dispose()
    from margin_core.review import ReviewStore

    impatient = ReviewStore(asked.audited.opened.workspace.review_database, wait=0.05)
    monkeypatch.setattr(asked.session, "store", impatient)
    with closing(
        sqlite3.connect(asked.audited.opened.workspace.folder / "review.sqlite", isolation_level=None)
    ) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "lock" in refused(post(decision(1, 1)), 503)
        other.execute("ROLLBACK")
    assert post(decision(1, 1)).json()["recorded"] == [1]
    impatient.close()


def test_the_filters_of_the_address_hold_for_the_answer_too(post, asked, planted):
    inside = [4, 5, 6]
    key = keep_selection(asked, inside, "three")
    answer = post(decision(1, int(planted.flipped[0])), query=f"?selection={key}&limit=2&skip=4").json()
    assert {card["row"] for card in answer["cards"]} == {5, 6}
