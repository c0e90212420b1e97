"""Every study that is open in this process, and those on their way."""

from __future__ import annotations

import getpass
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dashboard.study.jobs import Job, Standing, is_running
from dashboard.study.open_study import OpenStudy
from dashboard.views.saliency.worker import MapMaker
from margin_core.audit.audit import audit
from margin_core.errors import AccessError, MarginError, NotComputed, SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.storage.workspace import Workspace, workspace_folder
from margin_core.study import ColumnNames, open_source, within_roots
from margin_core.study.models.model_spec import ModelSpec


@dataclass(frozen=True)
class Learning:
    """The refit of a study's models that was started last.

    Attributes
    ----------
    upto : int
        The decision up to which it learns.
    job : Job or None
        None when it was remembered.
    trouble : str
        Why its outcome could not be taken up; empty when it could, or is not there yet.
    """

    upto: int
    job: Job | None = None
    trouble: str = ""

    @property
    def is_running(self) -> bool:
        """Whether its outcome is still to come."""
        return is_running(self.job)


@dataclass(frozen=True)
class Request:
    """What somebody asked to open.

    Attributes
    ----------
    source : Path
    model, workspace, database : str or None
        As on the command line.
    columns : ColumnNames
        The columns of a manifest that are named.
    allow_code : bool
        Whether `model` may name a Python factory; only the command line says so.
    """

    source: Path
    model: str | None = None
    columns: ColumnNames = ColumnNames()
    workspace: str | None = None
    database: str | None = None
    allow_code: bool = False

    @property
    def key(self) -> str:
        """Short name of the request, for an address."""
        return fingerprint(str(self.source), self.model, self.columns, self.workspace, self.database)[:12]

    def arguments(self, roots: Sequence[Path] = ()) -> list[str]:
        """Write the request as arguments of a ``margin`` command, which may read below the same folders."""
        given = [("--model", self.model), ("--workspace", self.workspace), ("--database", self.database)]
        given += [(f"--{part}", name) for part, name in vars(self.columns).items()]
        given += [("--root", str(root)) for root in roots]
        return [str(self.source), *(part for flag, value in given if value for part in (flag, value))]


class Desk:
    """Opens studies: at once when everything is remembered, else through a job.

    Parameters
    ----------
    roots : sequence of Path
        The only folders below which the browser may open something.
    """

    def __init__(self, roots: Sequence[Path] = ()) -> None:
        self.roots: tuple[Path, ...] = tuple(roots)
        self._lock = threading.Lock()
        self._requests: dict[str, Request] = {}
        self._jobs: dict[str, Job] = {}
        self._side_jobs: dict[tuple[str, ...], Job] = {}
        self._open: dict[str, OpenStudy] = {}
        self._by_study: dict[str, OpenStudy] = {}
        self._failures: dict[str, str] = {}
        self._learning: dict[str, Learning] = {}
        self._makers: dict[str, MapMaker] = {}

    def allow(self, root: Path) -> None:
        """Let the browser open what lies below a folder."""
        if root not in self.roots:
            self.roots = (*self.roots, root)

    def ask(self, request: Request) -> str:
        """Open a source, or start to; return the request's key.

        Raises
        ------
        MarginError
            It is plain at once that it cannot be opened.
        """
        if not request.source.exists():
            raise SourceError(f"There is nothing at '{request.source}'. Check the path.")
        with self._lock:
            running = self._jobs.get(request.key)
            if request.key in self._open or is_running(running):
                return request.key
            self._requests[request.key] = request
            self._failures.pop(request.key, None)
        try:
            self._take_up(request)
        except NotComputed:
            self._start(request, lambda: self._ranked(request))
        else:
            if not self._open[request.key].has_map:
                self._start(request, lambda: None)
        return request.key

    def ask_below_roots(self, path: str, model: str | None, label: str | None) -> str:
        """Open what a browser named: only below the declared roots, its weights too, and never a Python factory."""
        source = within_roots(path, self.roots)
        named = ModelSpec.of(model or "")
        if named.is_code:
            raise AccessError(
                f"The model '{model}' is Python code, which is only run when it is named on the command line: "
                f"margin open {source} --model {model}."
            )
        if named.weights is not None:
            model = str(ModelSpec(named.architecture, str(within_roots(named.weights, self.roots))))
        return self.ask(Request(source, model=model or None, columns=ColumnNames(label=label or None)))

    def retry(self, request_key: str) -> None:
        """Ask again for what could not be opened; its standing tells how that goes."""
        try:
            self.ask(self._requests[request_key])
        except MarginError as error:
            self._failures[request_key] = str(error)

    def standing(self, request_key: str) -> Standing | None:
        """Say how a request stands; None when nobody asked."""
        failure = self._failures.get(request_key)
        if failure:
            return Standing("failed", 0.0, failure)
        job = self._jobs.get(request_key)
        if job is not None:
            return job.standing
        return Standing("done", 1.0, "Done") if request_key in self._open else None

    def stop(self, request_key: str) -> None:
        """Stop the job of a request."""
        if request_key in self._jobs:
            self._jobs[request_key].stop()

    def finish(self, request_key: str) -> None:
        """Start the job of a request again, for what it has not finished."""
        self._start(self._requests[request_key], lambda: None)

    def start(self, request_key: str, command: str, *flags: str) -> None:
        """Start a ``margin`` command on a study in the background; what it finds is in the workspace then."""
        job = Job([command, *self._requests[request_key].arguments(self.roots), *flags], lambda: None)
        with self._lock:
            self._side_jobs[request_key, command, *flags] = job

    def job(self, request_key: str, command: str, *flags: str) -> Job | None:
        """Return the job of a command on a study that was started last."""
        return self._side_jobs.get((request_key, command, *flags))

    def follow_up(self, study_key: str) -> None:
        """Start to fit a study's models again when enough labels were changed; to be called when decisions were made.

        One at a time for each study, and each only once: what failed is tried again when the next is due.
        """
        study, request = self._by_study[study_key], self._request_of(study_key)
        due = max(study.session.refits_due, default=0)
        with self._lock:
            last = self._learning.get(study_key, Learning(0))
            if due <= last.upto or last.is_running:
                return
            arguments = ["refit", *request.arguments(self.roots), "--upto", str(due)]
            job = Job(arguments, lambda: self._learn(study, due), is_patient=True)
            self._learning[study_key] = Learning(due, job)

    def learning_trouble(self, study_key: str) -> str:
        """Say why the last refit of a study came to nothing; empty when it did not."""
        last = self._learning.get(study_key, Learning(0))
        standing = last.job.standing if last.job is not None else None
        return standing.text if standing is not None and standing.state == "failed" else last.trouble

    def maker(self, study_key: str) -> MapMaker:
        """Return what makes the maps of an open study; its process begins with the first order."""
        arguments = self._request_of(study_key).arguments(self.roots)
        with self._lock:
            return self._makers.setdefault(study_key, MapMaker(arguments))

    def opened(self, request_key: str) -> OpenStudy | None:
        """Return the study of a request once it can be reviewed."""
        return self._open.get(request_key)

    def study(self, study_key: str) -> OpenStudy | None:
        """Return an open study by its own key (the one in addresses)."""
        return self._by_study.get(study_key)

    @property
    def requests(self) -> dict[str, Request]:
        """Everything that was asked for, oldest first, by key."""
        return dict(self._requests)

    def close(self) -> None:
        """Stop all jobs."""
        learning = (one.job for one in self._learning.values() if one.job is not None)
        for job in (*self._jobs.values(), *self._side_jobs.values(), *learning):
            job.stop()
        for maker in self._makers.values():
            maker.close()

    def _start(self, request: Request, on_ranked: Callable[[], None]) -> None:
        job = Job(["prepare", *request.arguments(self.roots)], on_ranked)
        with self._lock:
            self._jobs[request.key] = job

    def _ranked(self, request: Request) -> None:
        try:
            self._take_up(request)
        except MarginError as error:
            self._failures[request.key] = str(error)

    def _learn(self, study: OpenStudy, upto: int) -> None:
        try:
            study.learn(upto)
        except MarginError as error:
            with self._lock:
                self._learning[study.key] = replace(self._learning[study.key], trouble=str(error))

    def _request_of(self, study_key: str) -> Request:
        return next(self._requests[key] for key, study in self._open.items() if study.key == study_key)

    def _take_up(self, request: Request) -> None:
        workspace = Workspace.at(workspace_folder(request.source, request.workspace), may_compute=False)
        opened = open_source(
            request.source, model=request.model, allow_code=request.allow_code, **vars(request.columns),
            workspace=workspace, roots=self.roots,
        )  # fmt: skip
        study = OpenStudy(audit(opened), request.database or workspace.review_database, getpass.getuser())
        recalled = Learning(study.recall())
        with self._lock:
            self._open[request.key] = study
            self._by_study[study.key] = study
            before = self._learning.get(study.key)
            if before is None or not before.is_running:
                self._learning[study.key] = recalled
        self.follow_up(study.key)


DESK = Desk()
"""The desk of this process; pages and routes share it."""
