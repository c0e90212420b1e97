"""Work on all cores, a few parts ahead."""

import threading

import pytest

from margin_core.study.models.cores import count_cores, map_on_cores


def test_results_come_in_the_order_of_the_parts():
    waiting = [threading.Event() for _ in range(2)]

    def work(part):
        if part == 0:
            assert waiting[1].wait(5)  # the second is done first
        if part == 1:
            waiting[1].set()
        return part * 10

    assert list(map_on_cores(work, range(20), threads=2)) == list(range(0, 200, 10))


def test_parts_are_taken_only_a_few_ahead():
    taken = []

    def parts():
        for part in range(100):
            taken.append(part)
            yield part

    results = map_on_cores(lambda part: part, parts(), ahead=4, threads=2)
    assert next(results) == 0
    assert len(taken) == 4
    results.close()


def test_one_part_needs_no_thread():
    assert list(map_on_cores(lambda _: threading.current_thread(), ["one"])) == [threading.current_thread()]
    assert list(map_on_cores(lambda part: part, [])) == []


def test_what_the_work_raises_is_raised_and_the_rest_is_left():
    done = []

    def work(part):
        if part == 3:
            raise ValueError("no")
        done.append(part)
        return part

    with pytest.raises(ValueError, match="no"):
        list(map_on_cores(work, range(1000), ahead=4, threads=2))
    assert len(done) < 20


def test_there_is_a_core():
    assert count_cores() >= 1
