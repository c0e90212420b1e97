"""The process that makes heatmaps, and what it is asked first."""

import io
import json
import queue
import threading

import pytest
from waiting import PATIENCE, until

from dashboard.study import processes
from dashboard.views.saliency.worker import RequestStatus, SaliencyWorker
from margin_core.tasks.saliency.worker.request import SaliencyRequest


class Fake:
    """A process that answers when the test says so."""

    made: list = []

    def __init__(self, command, **pipes):
        self.command, self.returncode = command, 0
        self.received, self._answers = [], queue.SimpleQueue()
        self.stdin, self.stdout, self.stderr = self, self, io.StringIO("margin: it broke\n")
        Fake.made.append(self)

    def write(self, line):
        self.received.append(json.loads(line))

    def flush(self):
        pass

    def close(self):
        pass

    def say(self, **answer):
        self._answers.put(json.dumps(answer))

    def end(self, code):
        self.returncode = code
        self._answers.put(None)

    def __iter__(self):
        return iter(self._answers.get, None)

    def wait(self):
        return self.returncode

    def terminate(self):
        self.end(-15)

    def requests(self):
        return [message["request"]["row"] for message in self.received if "request" in message]


@pytest.fixture
def worker(monkeypatch):
    Fake.made = []
    monkeypatch.setattr(processes.subprocess, "Popen", Fake)
    worker = SaliencyWorker(["source"])
    yield worker
    worker.close()
    for thread in [one for one in threading.enumerate() if one.name == "margin-process"]:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_the_process_is_there_before_the_first_request(worker):
    worker.start()
    worker.start()
    assert len(Fake.made) == 1 and Fake.made[0].received == []
    worker.submit([SaliencyRequest("prediction", 3)])
    wait_for_requests(worker, [3])
    assert len(Fake.made) == 1


def wait_for_requests(worker, rows):
    """Wait until the process was sent these requests; its answers are read by another thread."""
    until(lambda: Fake.made and Fake.made[-1].requests() == rows, f"{rows} sent")
    return Fake.made[-1]


def look(row):
    return SaliencyRequest("prediction", row)


def test_one_at_a_time_the_newest_first_and_a_series_last(worker):
    worker.start_series("strip", [look(7), look(8)])
    process = wait_for_requests(worker, [7])
    assert process.command[1:4] == ["-m", "margin_core", "saliency"]
    worker.submit([look(1), look(2)])
    assert process.received[-1] == {"stop": 1}
    process.say(number=1, stopped=True)
    wait_for_requests(worker, [7, 1])
    process.say(number=2, done=0)
    wait_for_requests(worker, [7, 1, 2])
    assert worker.status(look(2)).state == "making"
    process.say(number=3, fraction=0.5, text="halfway")
    process.say(number=3, failed="No.")
    wait_for_requests(worker, [7, 1, 2, 7])
    assert worker.status(look(2)) == RequestStatus("failed", text="No.")
    process.say(number=4, done=0)
    wait_for_requests(worker, [7, 1, 2, 7, 8])
    process.say(number=5, done=0)
    worker.submit([look(3)])
    wait_for_requests(worker, [7, 1, 2, 7, 8, 3])
    series = worker.series("strip")
    assert (series.done, series.total, series.is_running) == (2, 2, False)


def test_what_somebody_still_waits_for_is_not_called_off(worker):
    worker.submit([look(1)])
    process = wait_for_requests(worker, [1])
    worker.submit([look(1), look(2)])
    assert process.received[-1] != {"stop": 1}
    worker.submit([look(1)])
    assert process.requests() == [1]


def test_what_nobody_waits_for_any_more_is_called_off(worker):
    worker.submit([look(1), look(2)])
    process = wait_for_requests(worker, [1])
    worker.withdraw([look(1), look(2), look(3)])
    assert process.received[-1] == {"stop": 1}
    process.say(number=1, stopped=True)
    worker.submit([look(4)])
    wait_for_requests(worker, [1, 4])
    assert [worker.status(look(row)).state for row in (1, 2)] == ["unknown", "unknown"]
    worker.withdraw([look(9)])
    assert process.requests() == [1, 4]
    assert process.received[-1] != {"stop": 2}


def test_numbers_give_way_to_what_is_to_be_seen(worker):
    numbers, parts = SaliencyRequest("metrics", 1, "margin", 0), SaliencyRequest("parts", 1)
    worker.submit([numbers, SaliencyRequest("metrics", 1, "rise", 0)])
    process = wait_for_requests(worker, [1])
    worker.submit([numbers])
    assert process.received[-1] != {"stop": 1}
    worker.submit([parts, numbers])
    assert process.received[-1] == {"stop": 1}
    process.say(number=1, stopped=True)
    wait_for_requests(worker, [1, 1])
    assert process.received[-1]["request"]["kind"] == "parts"
    worker.submit([parts, numbers])
    process.say(number=2, done=0)
    wait_for_requests(worker, [1, 1, 1])
    assert process.received[-1]["request"] == {**process.received[0]["request"]}


def test_a_series_is_stopped_and_keeps_what_is_done(worker):
    worker.start_series("strip", [look(7), look(8)], done=3)
    process = wait_for_requests(worker, [7])
    worker.stop_series("strip")
    assert process.received[-1] == {"stop": 1}
    process.say(number=1, stopped=True)
    worker.submit([look(1)])
    wait_for_requests(worker, [7, 1])
    series = worker.series("strip")
    assert (series.done, series.total, series.is_stopped) == (3, 5, True)


def test_a_process_that_breaks_is_begun_again_once(worker):
    worker.submit([look(1)])
    first = wait_for_requests(worker, [1])
    first.end(1)
    until(lambda: len(Fake.made) == 2, "a second process")
    second = wait_for_requests(worker, [1])
    assert second is not first
    second.end(1)
    until(lambda: worker.status(look(1)).state == "failed", "the failure")
    assert worker.status(look(1)).text == "it broke"
    worker.retry()
    worker.submit([look(1)])
    wait_for_requests(worker, [1])
    assert len(Fake.made) == 3


def test_a_process_that_cannot_begin_says_why_and_is_not_begun_for_ever(worker):
    worker.submit([look(1)])
    wait_for_requests(worker, [1]).end(2)
    until(lambda: worker.error, "the trouble")
    assert worker.error == "it broke"
    worker.submit([look(2)])
    assert len(Fake.made) == 1
