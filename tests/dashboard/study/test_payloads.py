"""What the routes send is what their types say; the server of the component tests sends the same."""

from __future__ import annotations

import json
from typing import Any, Literal, NotRequired, TypedDict

import numpy as np
import pytest
from browser.fake_study import FakeStudy
from payloads import differences

from dashboard.shared.review.payloads import DecisionsAnswer, QueueAnswer, SuspectGroups
from dashboard.study.payloads import Card, Cards, ErrorCurve, LabelEvidence, SelectionPage
from dashboard.study.selections import keep_selection


class Inner(TypedDict):
    row: int


class Outer(TypedDict):
    kind: Literal["a", "b"]
    inner: list[Inner]
    pair: tuple[int, str]
    share: float | None
    named: NotRequired[dict[str, int]]


RIGHT: dict[str, Any] = {"kind": "a", "inner": [{"row": 1}], "pair": [1, "x"], "share": 1, "named": {"x": 1}}


def test_json_that_is_what_its_type_says_has_no_differences():
    assert differences(RIGHT, Outer) == []
    assert differences({name: value for name, value in RIGHT.items() if name != "named"}, Outer) == []
    assert differences(RIGHT | {"share": None}, Outer) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kind": "c"}, "payload.kind is 'c'"),
        ({"inner": [{"row": "1"}]}, "payload.inner[0].row is '1', not int"),
        ({"inner": [{"row": True}]}, "payload.inner[0].row is True, not int"),
        ({"inner": [{}]}, "payload.inner[0].row is missing"),
        ({"inner": {}}, "payload.inner is {}, not a list"),
        ({"pair": [1]}, "payload.pair has 1 members, not 2"),
        ({"share": "1"}, "payload.share is '1'"),
        ({"named": {"x": 1.5}}, "payload.named.x is 1.5, not int"),
        ({"other": 1}, "payload.other is not declared"),
    ],
)
def test_a_difference_is_named_with_its_place(change: dict[str, Any], where: str):
    (found,) = differences(RIGHT | change, Outer)
    assert found.startswith(where)


@pytest.mark.slow
def test_routes_send_what_is_declared(get, asked, planted):
    row = int(planted.flipped[0])
    key = keep_selection(asked, np.arange(20), "twenty")
    sent = [
        (get("cards", rows=f"{row},5").json(), Cards),
        (get(f"evidence/{row}").json(), LabelEvidence),
        (get("error_probability").json(), ErrorCurve),
        (get(f"selection/{key}").json(), SelectionPage),
        (get("queue", limit=12).json(), QueueAnswer),
        (get("queue", limit=12, checks=1).json(), QueueAnswer),
        (get("groups").json(), SuspectGroups),
    ]
    assert [found for answer, payload in sent for found in differences(answer, payload, payload.__name__)] == []


def decision(seq: int, row: int) -> dict[str, Any]:
    made = {"verdict": "relabel", "label": 1, "note": "", "at": "2026-01-05T10:00:00+00:00"}
    return {"seq": seq, "row": row, "id": str(row)} | made


@pytest.mark.parametrize("kind", ["picture", "values", "text", "none"])
def test_the_server_of_the_component_tests_sends_what_is_declared(kind: str):
    fake = FakeStudy(n=200, suspects=20, kind=kind, checks=3)
    row = fake.open_rows()[0]
    sent: list[tuple[Any, Any]] = [
        (fake.card(row), Card), (fake.evidence(row), LabelEvidence), (fake.error_probability(), ErrorCurve),
        (fake.queue(12), QueueAnswer), ({"groups": fake.groups()}, SuspectGroups),
        (fake.decide("me", [decision(1, row)]), DecisionsAnswer), (fake.evidence(row), LabelEvidence),
        ({"total": 1, "cards": [fake.light_card(row, 1)]}, SelectionPage),
    ]  # fmt: skip
    written = [(json.loads(json.dumps(answer)), payload) for answer, payload in sent]
    assert [found for answer, payload in written for found in differences(answer, payload, payload.__name__)] == []
