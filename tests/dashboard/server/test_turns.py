"""Reruns end in the order in which they began, and none waits for ever."""

import threading

import pytest

from dashboard.server import turns
from dashboard.server.turns import turn


def test_one_at_a_time_in_the_order_of_coming(monkeypatch):
    monkeypatch.setattr(turns, "LONGEST", 60.0)
    inside, order, waiting = [], [], [threading.Event() for _ in range(8)]

    def rerun(number):
        waiting[number].set()
        with turn():
            inside.append(number)
            assert len(inside) == 1
            order.append(number)
            inside.remove(number)

    with turn():
        threads = []
        for number in range(8):
            threads.append(threading.Thread(target=rerun, args=(number,)))
            threads[-1].start()
            waiting[number].wait()
            while len(turns._TURNS._cond._waiters) <= number:
                pass
        assert not order
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_a_long_one_holds_nobody_up_for_ever(monkeypatch):
    monkeypatch.setattr(turns, "LONGEST", 0.01)
    done = threading.Event()

    def rerun():
        with turn():
            done.set()

    with turn():
        thread = threading.Thread(target=rerun)
        thread.start()
        assert done.wait(60)
    thread.join()
    with turn():
        assert not turns._TURNS.acquire(blocking=False)


def test_one_that_fails_gives_its_turn_back():
    with pytest.raises(RuntimeError), turn():
        raise RuntimeError
    assert turns._TURNS.acquire(blocking=False)
    turns._TURNS.release()
