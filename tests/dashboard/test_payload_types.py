"""The types of payloads in the browser are those declared in Python."""

from __future__ import annotations

import enum
from typing import Any, Literal, NotRequired, TypedDict

import pytest
from js.payload_types import TARGET, NoTypeFor, interface_of, payload_types, payloads_of, typescript_of


def test_the_types_that_are_checked_in_are_those_of_the_payloads():
    assert TARGET.read_text() == payload_types(), "Run python tests/js/payload_types.py."


class Inner(TypedDict):
    """What is inside."""

    row: int


class Outer(Inner):
    """What is outside.

    Attributes
    ----------
    score
        In [0, 1]; larger = more,
        over two lines.
    """

    score: float
    kind: Literal["picture", "text"]
    nested: NotRequired[list[Inner] | None]


Keyword = TypedDict("Keyword", {"class": int, "a-b": str})


class Color(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (int, "number"),
        (float | None, "number | null"),
        (int | float, "number"),
        (bool, "boolean"),
        (list[str], "string[]"),
        (list[float | None], "(number | null)[]"),
        (tuple[int, str], "[number, string]"),
        (tuple[int, ...], "number[]"),
        (tuple[Inner, ...], "Inner[]"),
        (dict[str, list[int]], "Record<string, number[]>"),
        (dict[Literal["a", "b"], Inner], '{ [K in "a" | "b"]: Inner }'),
        (Literal["a", 3, True], '"a" | 3 | true'),
        (Color, '"red" | "blue"'),
    ],
)
def test_a_type_has_its_counterpart(hint: Any, expected: str):
    assert typescript_of(hint) == expected


@pytest.mark.parametrize("hint", [Any, set[int], bytes, complex])
def test_what_json_cannot_hold_is_refused(hint: Any):
    with pytest.raises(NoTypeFor):
        typescript_of(hint)


def test_an_interface_has_all_that_its_payload_has_and_says_what_it_is():
    assert interface_of(Outer) == (
        "/** What is outside. */\n"
        "export interface Outer {\n"
        "  row: number;\n"
        "  /** In [0, 1]; larger = more, over two lines. */\n"
        "  score: number;\n"
        '  kind: "picture" | "text";\n'
        "  nested?: Inner[] | null;\n"
        "}"
    )


def test_names_that_are_no_identifiers_are_quoted():
    assert '  class: number;\n  "a-b": string;' in interface_of(Keyword)


def test_two_payloads_of_one_name_are_refused(tmp_path, monkeypatch: pytest.MonkeyPatch):
    for module in ("one_payload", "same_payload"):
        (tmp_path / f"{module}.py").write_text("from typing import TypedDict\nclass Card(TypedDict):\n    row: int\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="Card is declared in one_payload and in same_payload"):
        payloads_of(["one_payload", "same_payload"])
