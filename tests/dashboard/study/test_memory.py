"""What was computed is kept in memory, the least recently used goes."""

import ast
import re
from pathlib import Path

from dashboard.study.memory import Memory


def test_the_last_few_values_are_kept():
    memory = Memory()
    for key, value in (("a", 1), ("b", 2)):
        memory.keep("number", key, value, capacity=2)
    assert memory.get("number", "a") == 1
    memory.keep("number", "c", 3)
    memory.keep("letter", "c", "x")
    assert [memory.get("number", key) for key in "abc"] == [1, None, 3]
    assert memory.get("word", "a") is None


def test_kinds_are_in_snake_case():
    kinds = [
        call.args[0].value
        for path in Path("dashboard").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if call.func.attr in {"recall", "keep"} and call.args and isinstance(call.args[0], ast.Constant)
    ]  # fmt: skip
    assert len(kinds) > 20
    assert [kind for kind in kinds if not re.fullmatch(r"[a-z]+(_[a-z]+)*", kind)] == []
