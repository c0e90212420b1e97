"""Heatmaps in the tests' own process."""

from dashboard.views.saliency import worker
from dashboard.views.saliency.worker import RequestStatus
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.tasks.saliency.worker.saliency_runner import SaliencyRunner

DIGITS = "sample_data/digits"


US = {"X-Margin": "1"}


class AtOnce:
    """Carries out what it is asked for, at once and here."""

    def __init__(self, opened):
        source = opened.audited.opened
        workspace = Workspace.at(source.workspace.folder)
        self.runner = SaliencyRunner(source.study, Run(workspace))
        self.failed, self.series_of, self.error, self.again = {}, {}, "", 0

    def start(self):
        pass

    def submit(self, requests):
        for request in requests:
            try:
                self.runner.compute(request, lambda fraction, text: None)
            except ValueError as error:
                self.failed[request] = str(error)

    def start_series(self, name, requests, done=0):
        self.series_of[name] = worker.Series(worker.deque(), len(requests) + done, len(requests) + done)
        self.submit(requests)

    def withdraw(self, requests):
        pass

    def stop_series(self, name):
        self.series_of[name].is_stopped = True

    def series(self, name):
        return self.series_of.get(name)

    def status(self, request):
        if request in self.failed:
            return RequestStatus("failed", text=self.failed[request])
        return RequestStatus("waiting")

    def retry(self):
        self.again += 1

    def close(self):
        pass
