"""Reruns end in the order in which they began, and none waits for ever."""

import threading
import time

import pytest

from dashboard.server.rerun_queue import RerunQueue


def test_one_at_a_time_in_the_order_of_coming():
    queue, inside, order = RerunQueue(max_wait=60), [], []

    def rerun(number):
        with queue.turn() as is_its_turn:
            inside.append(number)
            assert is_its_turn and len(inside) == 1
            order.append(number)
            inside.remove(number)

    threads = [threading.Thread(target=rerun, args=(number,)) for number in range(8)]
    with queue.turn():
        for number, thread in enumerate(threads):
            thread.start()
            while queue.waiting <= number:
                time.sleep(0)
        assert not order
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_a_long_one_holds_nobody_up_for_ever():
    queue, found = RerunQueue(max_wait=0.01), []

    def rerun():
        with queue.turn() as is_its_turn:
            found.append(is_its_turn)

    with queue.turn() as first:
        thread = threading.Thread(target=rerun)
        thread.start()
        thread.join()
        assert first and found == [False]
        assert queue.waiting == 0
    with queue.turn() as is_its_turn:
        assert is_its_turn


def test_who_did_not_get_a_turn_gives_none_on():
    queue = RerunQueue(max_wait=0)
    with queue.turn():
        for _ in range(2):
            with queue.turn() as is_its_turn:
                assert not is_its_turn
    with queue.turn() as is_its_turn:
        assert is_its_turn


def test_one_that_fails_gives_its_turn_back():
    queue = RerunQueue(max_wait=0)
    with pytest.raises(RuntimeError), queue.turn():
        raise RuntimeError
    with queue.turn() as is_its_turn:
        assert is_its_turn
