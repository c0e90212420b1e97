import io
import json
import re
import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.app import ROUTES
from dashboard.server.http import MAX_BODY, MAX_ROWS
from dashboard.study.error_probabilities import error_curve
from dashboard.study.evidence import label_evidence
from dashboard.study.selections import keep_selection
from dashboard.views.map.data import available_channels, keep_mask
from margin_core.review.export import FORMATS

SAMPLES = 90
HEADERS = {"X-Margin": "1", "Content-Type": "application/json"}
AT = "2026-11-22T01:02:03.456Z"


@pytest.fixture
def client():
    return TestClient(Starlette(routes=ROUTES), raise_server_exceptions=True)


@pytest.fixture
def get(client, asked):
    def get(path, **query):
        return client.get(f"/margin/{asked.key}/{path}", params=query)

    return get


@pytest.fixture
def post(client, asked):
    """Send decisions as the browser does, or something else instead."""

    def post(*decisions, query="", content=None, headers=HEADERS, **more):
        body = json.dumps({"client": "tab", "decisions": list(decisions), **more}) if content is None else content
        return client.post(f"/margin/{asked.key}/decisions{query}", content=body, headers=headers)

    return post


def decision(seq, row, verdict="keep", label=None, **more):
    return {"seq": seq, "row": row, "verdict": verdict, "label": label, "note": "", "score": 0.5, "at": AT, **more}


def refused(answer, status):
    """Check that an answer refuses in words, and return them."""
    assert answer.status_code == status
    assert "Traceback" not in answer.text and 0 < len(answer.text) < 600
    return answer.text


def log(asked):
    return asked.store.decisions()


# ----- reading -----


def test_points_are_the_map(get, asked):
    answer = get("points")
    laid = np.frombuffer(answer.content, "<f4").reshape(-1, 2)
    np.testing.assert_array_equal(laid, asked.positions)
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_points_that_are_not_laid_out_yet(client, studies, write_source, tmp_path, open_it, monkeypatch):
    path = write_source(tmp_path / "data" / "fresh")
    open_it(path, may_compute=True)
    fresh = open_it(path)
    monkeypatch.setattr(studies, "study", {fresh.key: fresh}.get)
    assert refused(client.get(f"/margin/{fresh.key}/points"), 409) == "The map is still being laid out."


@pytest.mark.parametrize("name", ["given", "now", "predicted", "suspicion", "influence", "state"])
def test_a_channel_is_a_byte_a_sample(get, asked, name):
    answer = get(f"channel/{name}", v=3)
    assert answer.content == available_channels(asked)[name].values(asked).tobytes() and len(answer.content) == SAMPLES
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["split", "nonsense", "__class__"])
def test_an_unknown_channel(get, name):
    assert refused(get(f"channel/{name}"), 404) == "There is no such channel."


def test_a_mask(get, asked):
    key = keep_mask(asked, {"labels": (1,)})
    np.testing.assert_array_equal(np.frombuffer(get(f"mask/{key}").content, np.uint8), asked.study.labels == 1)
    assert refused(get("mask/other"), 404) == "This filter is no longer kept."


@pytest.mark.parametrize("size", [None, "thumb", "full"])
def test_a_picture(get, asked, size):
    answer = get("picture/7", **({} if size is None else {"size": size}))
    pixels = np.asarray(Image.open(io.BytesIO(answer.content)))
    np.testing.assert_array_equal(pixels, asked.study.inputs[7])
    assert answer.headers["content-type"] == "image/png" and "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("row", "size"), [("90", "full"), ("9" * 20, "full"), ("7", "huge"), ("7", ""), ("7", "../full")]
)
def test_a_picture_that_is_not_there(get, row, size):
    assert refused(get(f"picture/{row}", size=size), 404) == "There is no such picture."


@pytest.mark.parametrize(
    "path",
    [
        "picture/-1",
        "picture/seven",
        "picture/..%2f..%2fetc%2fpasswd",
        "picture/",
        "../../etc/passwd",
        "picture/" + "9" * 5000,
    ],
)
def test_a_picture_has_a_number(get, path):
    assert get(path).status_code == 404


def test_cards_come_in_the_order_asked(get):
    assert [card["row"] for card in get("cards", rows="5,2,9").json()["cards"]] == [5, 2, 9]
    assert get("cards").json() == {"cards": []}


def test_cards_hold_what_the_screen_reads(get):
    (card,) = get("cards", rows="5").json()["cards"]
    assert set(card) >= {
        "row", "id", "rank", "given", "suggested", "score", "agree", "voting", "agreement", "probabilities",
        "probabilitiesSource", "neighbors", "x", "y", "kind", "decision", "note",
    }  # fmt: skip
    assert set(card["probabilities"][0]) == {"label", "p"} and set(card["neighbors"][0]) == {"row", "id", "label"}


@pytest.mark.parametrize("rows", ["x", "1,x", "-1", "1.5", "1;2", "²", "9" * 5000, ",".join(["1"] * (MAX_ROWS + 1))])
def test_rows_that_cannot_be_read(get, rows):
    said = refused(get("cards", rows=rows), 400)
    assert said == f"rows must be at most {MAX_ROWS} whole numbers, separated by commas."


def test_a_row_out_of_range(get):
    assert refused(get("cards", rows="3,90"), 404) == "There is no such row."


def test_the_queue_begins_with_the_most_suspect(get, planted):
    told = get("queue", limit=12).json()
    by_rank = [card for card in told["cards"] if not card["sampled"]]
    assert sorted(card["row"] for card in by_rank) == planted.flipped.tolist()
    scores = [card["score"] for card in by_rank]
    assert scores == sorted(scores, reverse=True)
    assert told["progress"] == {
        "suspects": 5, "decided": 0, "relabelled": 0, "kept": 0, "excluded": 0, "skipped": 0, "total": SAMPLES,
        "remaining": {
            "found": 0, "lower": 0, "upper": SAMPLES, "sampled": 0, "labelled": SAMPLES, "goal": 0, "checks": None,
        },
    }  # fmt: skip
    assert told["version"] == 0 and told["history"] == []


def test_random_checks_follow_the_last_suspect_when_asked_for_and_are_marked(get, post, asked, planted):
    cards = get("queue", limit=60, checks=1).json()["cards"]
    assert len(cards) == 60
    by_rank = [card["row"] for card in cards if not card["sampled"]]
    assert sorted(by_rank) == planted.flipped.tolist()
    post(*(decision(seq, row) for seq, row in enumerate(by_rank, start=1)))
    left = get("queue", checks=1, goal=100).json()["progress"]["remaining"]
    assert left["goal"] == 9 and left["checks"] == asked.session.checks_needed(9) > 10
    drawn = [card["row"] for card in get("queue", limit=60, checks=1).json()["cards"]]
    told = [decision(seq, row, drawn=True) for seq, row in enumerate(drawn[: left["checks"]], start=10)]
    after = post(*told, query="?checks=1&goal=100").json()
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
    told = refused(get("queue", selection="forgotten"), 410)
    assert told == "This selection is no longer kept. Select again, or review all suspects."


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


def test_a_selection_comes_in_pages_by_rank(get, asked):
    key = keep_selection(asked, np.arange(SAMPLES), "all")
    first, second = (get(f"selection/{key}", offset=offset, limit=60).json() for offset in (0, 60))
    assert first["total"] == second["total"] == SAMPLES
    rows = [card["row"] for card in first["cards"] + second["cards"]]
    assert sorted(rows) == list(range(SAMPLES))
    scores = asked.session.scores[rows]
    assert (np.diff(scores) <= 0).all()
    assert set(first["cards"][0]) == {"row", "id", "given", "suggested", "score", "rank", "decision"}
    assert get(f"selection/{key}", offset=500).json()["cards"] == []


def test_a_selection_that_is_no_longer_kept(get):
    assert refused(get("selection/other"), 404) == "This selection is no longer kept. Select again."


@pytest.mark.parametrize(
    "path", ["points", "channel/given", "mask/x", "cards", "queue", "groups", "selection/x", "picture/0", "export/csv"]
)
def test_an_unknown_study(client, asked, path):
    assert refused(client.get(f"/margin/{'0' * 12}/{path}"), 404) == "This study is not open. Open it again."


# ----- deciding -----


def test_decisions_are_recorded_and_answered_with_what_comes_next(post, asked, planted):
    one, two = planted.flipped[:2].tolist()
    answer = post(
        decision(1, one, "relabel", int(planted.truth[one]), note="clear"), decision(2, two), reviewer="bo"
    ).json()
    assert answer["recorded"] == [1, 2] and answer["refused"] == [] and answer["version"] == 2
    assert (answer["progress"]["relabelled"], answer["progress"]["kept"], answer["progress"]["decided"]) == (1, 1, 2)
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
    stale = post(decision(1, 3, "exclude", based_on=None), client="b", reviewer="bo").json()
    assert stale["recorded"] == [1] and stale["conflicts"] == 1
    seen = post(decision(2, 3, "keep", based_on=log(asked)[-1].id), client="a", reviewer="ada").json()
    assert seen["conflicts"] == 0 and first["conflicts"] == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"row": SAMPLES}, f"There is no row {SAMPLES}; study 'pets' has rows 0 to {SAMPLES - 1}."),
        ({"row": -1}, "There is no row -1;"),
        ({"verdict": "relabel", "label": 3}, "cannot be relabelled to class number 3; there are classes 0 to 2."),
        ({"verdict": "relabel", "label": -1}, "cannot be relabelled to class number -1;"),
        ({"verdict": "relabel"}, "cannot be relabelled to class number None;"),
        ({"at": "2026-11-22T01:02:03"}, "has no time zone"),
    ],
)
def test_one_senseless_decision_is_refused_and_the_others_are_kept(post, asked, wrong, said):
    answer = post(decision(1, 1), decision(2, 2) | wrong, decision(3, 3)).json()
    assert answer["recorded"] == [1, 3]
    (refusal,) = answer["refused"]
    assert refusal["seq"] == 2 and said in refusal["reason"]
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
        {"based_on": "x"},
        {"based_on": 1e300},
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


# ----- leaving -----


@pytest.mark.parametrize("name", [known.name for known in FORMATS if known.suffix])
def test_every_file_format_is_read_back(get, post, name):
    post(decision(1, 3, "exclude"), decision(2, 4, "relabel", 2), decision(3, 5))
    answer = get(f"export/{name}")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    suffix = next(known.suffix for known in FORMATS if known.name == name)
    assert re.search(rf'attachment; filename="pets-{name}{re.escape(suffix)}"', answer.headers["content-disposition"])
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".jsonl": lambda stream: pd.read_json(stream, lines=True)}
    frame = read[suffix](io.BytesIO(answer.content))
    rows = {"log": 3, "changes": 2}.get(name.split("-")[0], SAMPLES)
    assert len(frame) == rows


def test_an_export_leaves_nothing_behind(get, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert get("export/csv").status_code == 200
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("name", ["image-folder", "image-folder-copies", "nonsense", "..%2fcsv"])
def test_an_unknown_format(get, name):
    assert get(f"export/{name}").status_code == 404


# ----- the promise about addresses -----


def test_no_address_takes_a_path():
    """Every part of every address is a number, or is looked up among known names."""
    places = {part for route in ROUTES for part in re.findall(r"{(.*?)}", route.path)}
    assert places == {"study:str", "row:str", "name:str", "key:str", "format:str"}


@pytest.mark.parametrize("tried", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "..", "%00", "/etc/passwd", "~", "C:%5cwindows"])
def test_no_path_from_an_address_is_opened(client, asked, monkeypatch, tried):
    def never(*arguments, **more):
        raise AssertionError(f"opened {arguments}")

    monkeypatch.setattr("builtins.open", never)
    monkeypatch.setattr("pathlib.Path.open", never)
    monkeypatch.setattr("pathlib.Path.read_bytes", never)
    for place in ["channel", "mask", "selection", "export", "picture"]:
        assert client.get(f"/margin/{asked.key}/{place}/{tried}").status_code == 404
    assert client.get(f"/margin/{tried}/points").status_code == 404


# ----- why and how likely -----


def test_why_one_sample_is_suspect(get, asked, planted):
    row = int(planted.flipped[0])
    answer = get(f"why/{row}")
    assert answer.json() == json.loads(json.dumps(label_evidence(asked, row)))
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("row", ["90", "-1", "seven", "9" * 20])
def test_nobody_explains_a_row_that_is_not_there(get, row):
    assert refused(get(f"why/{row}"), 404) == "There is no such row."


def test_chances_are_four_columns(get, asked):
    told, curve = get("chances").json(), error_curve(asked)
    assert told["version"] == asked.version
    for name, part in {"scoreLogit": "score_logit", "mean": "mean", "low": "low", "high": "high"}.items():
        np.testing.assert_allclose(told[name], getattr(curve, part), atol=1e-4)
