"""What was computed is kept in memory, the least recently used goes."""

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
