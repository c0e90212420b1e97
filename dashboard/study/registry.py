"""Every study that is open in this process, and those that are being opened."""

from __future__ import annotations

import getpass
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from dashboard.study.jobs import Job, JobStatus, is_running
from dashboard.study.open_study import OpenStudy
from margin_core.audit.audit import audit
from margin_core.errors import AccessError, MarginError, NotComputed, SourceError
from margin_core.review.label_curve import record_accuracy
from margin_core.review.labels_given import read_labels_given
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.storage.workspace import Workspace, workspace_folder
from margin_core.study import ColumnNames, open_source, resolve_within_roots
from margin_core.study.hub_dataset import is_hub_name, last_name
from margin_core.study.models.model_spec import ModelSpec
from margin_core.study.named_classes import record_named_classes, with_named_classes
from margin_core.study.notes import Note
from margin_core.study.readers.column_names import read_column_names, read_sheets
from margin_core.study.reference import find_reference
from margin_core.study.remote_address import is_address, normalize


class Service(Protocol):
    """Something that works for one study as long as that is open."""

    def close(self) -> None:
        """End it."""
        ...


S = TypeVar("S", bound=Service)
Say = Callable[[Sequence[Note]], None]


@dataclass(frozen=True)
class RefitStatus:
    """The refit of a study's models that was started last.

    Attributes
    ----------
    upto : int
        The decision up to which it is made.
    job : Job or None
        None when it was in the workspace.
    error : str
        Why its result could not be used; empty when it could, or is not there yet.
    """

    upto: int
    job: Job | None = None
    error: str = ""

    @property
    def is_running(self) -> bool:
        """Whether its result is still to come."""
        return is_running(self.job)


@dataclass(frozen=True)
class Relabeling:
    """The fit of a study's models to the labels it was given that was started last.

    Attributes
    ----------
    upto : int
        The last decision that it knows.
    flags : tuple of str
        What it computes besides the ranking.
    job : Job
    """

    upto: int
    flags: tuple[str, ...]
    job: Job


@dataclass(frozen=True)
class OpenRequest:
    """A source that is to be opened, and how.

    Attributes
    ----------
    source : Path
    model, workspace, database : str or None
        As on the command line.
    columns : ColumnNames
        The columns of a manifest that are named, and the kinds that are chosen for others.
    allow_code : bool
        Whether `model` may name a Python factory; only the command line says so.
    download : bool
        Whether published weights may be downloaded; only the command line says so.
    device : str
        Where networks compute features.
    against : Path or None
        The reference that the samples are compared with.
    labels_upto : int or None
        The last decision from which labels that were given here are read; None: all of them.
    """

    source: Path
    model: str | None = None
    columns: ColumnNames = ColumnNames()
    workspace: str | None = None
    database: str | None = None
    allow_code: bool = False
    download: bool = False
    device: str = "auto"
    against: Path | None = None
    labels_upto: int | None = None

    @property
    def key(self) -> str:
        """Short name of the request, for an address."""
        reference = [] if self.against is None else [str(self.against)]
        return fingerprint(str(self.source), self.model, self.columns, self.workspace, self.database, *reference)[:12]

    def arguments(self, roots: Sequence[Path] = ()) -> list[str]:
        """Return the request as arguments of a ``margin`` command, which may read below the same folders."""
        given = [("--model", self.model), ("--workspace", self.workspace), ("--database", self.database)]
        given += [*self.columns.flags, ("--against", None if self.against is None else str(self.against))]
        given += [("--root", str(root)) for root in roots]
        given += [("--device", self.device if self.device != "auto" else None)]
        given += [("--labels-upto", None if self.labels_upto is None else str(self.labels_upto))]
        flags = ["--download"] if self.download else []
        return [str(self.source), *(part for flag, value in given if value for part in (flag, value)), *flags]


class StudyRegistry:
    """Opens studies: at once when everything is in their workspace, else through a job.

    Parameters
    ----------
    roots : sequence of Path
        The only folders below which the browser may open something.
    """

    def __init__(self, roots: Sequence[Path] = ()) -> None:
        self.roots: tuple[Path, ...] = tuple(roots)
        self._lock = threading.Lock()
        self._requests: dict[str, OpenRequest] = {}
        self._opening: dict[str, Job] = {}
        self._jobs: dict[tuple[str, ...], Job] = {}
        self._open: dict[str, OpenStudy] = {}
        self._by_study: dict[str, OpenStudy] = {}
        self._failures: dict[str, str] = {}
        self._refits: dict[str, RefitStatus] = {}
        self._relabelings: dict[str, Relabeling] = {}
        self._services: dict[tuple[str, str], Service] = {}
        self._listeners: dict[str, Say] = {}

    def allow(self, root: Path) -> None:
        """Allow the browser to open what lies below a folder."""
        if root not in self.roots:
            self.roots = (*self.roots, root)

    # -- opening ---------------------------------------------------------------------------------

    def open(self, request: OpenRequest, say: Say | None = None) -> str:
        """Open a source, or start to; return the request's key.

        Parameters
        ----------
        say : callable, optional
            Gets the notes of what was read once the study can be reviewed.

        Raises
        ------
        MarginError
            It is plain at once that it cannot be opened.
        """
        if not request.source.exists():
            raise SourceError(f"There is nothing at '{request.source}'. Check the path.")
        with self._lock:
            running = self._opening.get(request.key)
            if request.key in self._open or is_running(running):
                return request.key
            self._requests[request.key] = request
            if say is not None:
                self._listeners[request.key] = say
            self._failures.pop(request.key, None)
        try:
            self._load(request)
        except NotComputed:
            self._prepare(request, lambda: self._load_ranked(request))
        except MarginError as error:
            self._failures[request.key] = str(error)
            raise
        else:
            if self._open[request.key].positions is None:
                self._prepare(request, lambda: None)
        return request.key

    def open_below_roots(
        self, path: str, model: str | None, columns: ColumnNames | None = None, against: str | None = None
    ) -> str:
        """Open what a browser named: only below the declared roots, all that it names too, and never a Python factory.

        Parameters
        ----------
        path : str
        model : str or None
        columns : ColumnNames, optional
        against : str, optional
            The reference that the samples are compared with.

        Raises
        ------
        MarginError
            It cannot be opened, or not from a browser.
        """
        _check_is_here(path)
        source = resolve_within_roots(path, self.roots)
        named = ModelSpec.of(model or "")
        if named.is_code:
            raise AccessError(
                f"The model '{model}' is Python code, which is only run when it is named on the command line: "
                f"margin open {source} --model {model}."
            )
        if named.weights is not None:
            model = str(ModelSpec(named.architecture, str(resolve_within_roots(named.weights, self.roots))))
        columns = columns or ColumnNames()
        folder = source if source.is_dir() else source.parent
        beside: dict[str, Any] = {
            name: str(resolve_within_roots(folder / table, self.roots)) for name, table in columns.files.items()
        }
        columns = replace(columns, **beside)
        reference = None
        if against:
            _check_is_here(against)
            reference = find_reference(resolve_within_roots(against, self.roots))
        return self.open(OpenRequest(source, model=model or None, columns=columns, against=reference))

    def columns_below_roots(self, path: str, sheet: str | None = None) -> tuple[str, ...]:
        """Return the names of the columns of what a browser named; none of what may not be opened."""
        try:
            return read_column_names(resolve_within_roots(path, self.roots), sheet)
        except AccessError:
            return ()

    def sheets_below_roots(self, path: str) -> tuple[str, ...]:
        """Return the names of the sheets of a workbook that a browser named; none of what may not be opened."""
        try:
            return read_sheets(resolve_within_roots(path, self.roots))
        except AccessError:
            return ()

    def retry(self, request_key: str) -> None:
        """Open again what could not be opened; its status says how that goes."""
        try:
            self.open(self._requests[request_key])
        except MarginError as error:
            self._failures[request_key] = str(error)

    def status(self, request_key: str) -> JobStatus | None:
        """Return how far a request is; None when there is no such request."""
        failure = self._failures.get(request_key)
        if failure:
            return JobStatus("failed", 0.0, failure)
        job = self._opening.get(request_key)
        if job is not None:
            return job.status
        return JobStatus("done", 1.0, "Done") if request_key in self._open else None

    def stop(self, request_key: str) -> None:
        """Stop the job of a request."""
        if request_key in self._opening:
            self._opening[request_key].stop()

    def resume(self, request_key: str) -> None:
        """Start the job of a request again, for what it has not finished."""
        self._prepare(self._requests[request_key], lambda: None)

    def opened(self, request_key: str) -> OpenStudy | None:
        """Return the study of a request once it can be reviewed."""
        return self._open.get(request_key)

    def study(self, study_key: str) -> OpenStudy | None:
        """Return an open study by its own key (the one in addresses)."""
        return self._by_study.get(study_key)

    @property
    def requests(self) -> dict[str, OpenRequest]:
        """Everything that was to be opened, oldest first, by key."""
        return dict(self._requests)

    @property
    def latest(self) -> str | None:
        """Key of what a new tab shows: of all requests the last that is open, else under way, else failed."""
        asked = list(reversed(self._requests))
        under_way = (key for key in asked if is_running(self._opening.get(key)))
        return next((key for key in asked if key in self._open), next(under_way, next(iter(asked), None)))

    def close(self) -> None:
        """Stop all jobs and services."""
        refits = (status.job for status in self._refits.values() if status.job is not None)
        relabelings = (relabeling.job for relabeling in self._relabelings.values())
        for job in (*self._opening.values(), *self._jobs.values(), *refits, *relabelings):
            job.stop()
        for service in self._services.values():
            service.close()

    # -- work on an open study -------------------------------------------------------------------

    def start(self, request_key: str, command: str, *flags: str) -> None:
        """Start a ``margin`` command on a study in the background; its result is in the workspace then."""
        job = Job([command, *self._requests[request_key].arguments(self.roots), *flags], lambda: None)
        with self._lock:
            self._jobs[request_key, command, *flags] = job

    def job(self, request_key: str, command: str, *flags: str) -> Job | None:
        """Return the job of a command on a study that was started last."""
        return self._jobs.get((request_key, command, *flags))

    def service(self, study_key: str, name: str, make: Callable[[Sequence[str]], S]) -> S:
        """Return what works under a name for an open study, made at the first call.

        Parameters
        ----------
        make : callable
            Called with the study as arguments of a ``margin`` command; always the same for one name.
        """
        with self._lock:
            if (study_key, name) not in self._services:
                self._services[study_key, name] = make(self._request_of(study_key).arguments(self.roots))
            return self._services[study_key, name]  # type: ignore[return-value]  # the same name, the same `make`

    def start_due_refit(self, study_key: str) -> None:
        """Start to fit a study's models again when enough labels were changed; to be called after decisions.

        One at a time for each study, and each only once: what failed is tried again when the next is due.
        """
        study, request = self._by_study[study_key], self._request_of(study_key)
        due = max(study.session.refits_due, default=0)
        with self._lock:
            last = self._refits.get(study_key, RefitStatus(0))
            if due <= last.upto or last.is_running:
                return
            arguments = ["refit", *request.arguments(self.roots), "--upto", str(due)]
            job = Job(arguments, lambda: self._apply_refit(study, due), has_low_priority=True)
            self._refits[study_key] = RefitStatus(due, job)

    def relabel(self, study_key: str, *flags: str) -> None:
        """Start to fit a study's models to the labels that it was given since it was opened; to be called after those.

        One at a time for each study. Once the job is done, the study is opened anew in its place, under the same key.

        Parameters
        ----------
        flags : str
            Of ``margin prepare``, for tasks that are to be at hand then.
        """
        study, request = self._by_study[study_key], self._request_of(study_key)
        upto = study.session.last_decision
        with self._lock:
            last = self._relabelings.get(study_key)
            if last is not None and (is_running(last.job) or (last.upto, last.flags) == (upto, flags)):
                return
            now = replace(request, labels_upto=upto)
            job = Job(
                ["prepare", *now.arguments(self.roots), *flags],
                lambda: None,
                has_low_priority=True,
                on_done=lambda: self._open_anew(study, now),
            )
            self._relabelings[study_key] = Relabeling(upto, flags, job)

    def relabeling(self, study_key: str) -> Relabeling | None:
        """Return the job that was started last to fit a study's models to the labels that it was given."""
        return self._relabelings.get(study_key)

    def name_classes(self, study_key: str, names: Sequence[str]) -> None:
        """Set the classes that a study was given beside those of its source, and open it anew with them.

        Raises
        ------
        SourceError
            Something is no class name, or the study came with probabilities, which have no column for another class.
        NotComputed
            Labels were given already, so its models have to be fitted anew; that has begun.
        """
        study, request = self._by_study[study_key], self._request_of(study_key)
        opened = study.audited.opened
        if opened.workspace is None:
            raise SourceError("Class names are kept in a workspace, and this study has none.")
        with_named_classes(opened.source_study, names)  # which refuses what is no name
        record_named_classes(opened.workspace, names)
        try:
            self._open_anew(study, request)
        except NotComputed:
            self.relabel(study_key)
            raise

    def _open_anew(self, before: OpenStudy, request: OpenRequest) -> None:
        """Replace a study that is open by itself with the labels that it was given since."""
        study = self._read(request)
        study.follow(before)
        study.apply_last_refit()
        workspace, accuracy = study.audited.opened.workspace, study.probe_accuracy
        if workspace is not None and accuracy is not None:
            record_accuracy(workspace, accuracy)
        with self._lock:
            self._requests[request.key] = request
            self._open[request.key] = study
            self._by_study[study.key] = study
            self._refits[study.key] = RefitStatus(0)
            services = [key for key in self._services if key[0] == study.key]
            ended = [self._services.pop(key) for key in services]
        for service in ended:
            service.close()

    def refit_error(self, study_key: str) -> str:
        """Return why the last refit of a study failed; empty when it did not."""
        last = self._refits.get(study_key, RefitStatus(0))
        status = last.job.status if last.job is not None else None
        return status.text if status is not None and status.state == "failed" else last.error

    def _prepare(self, request: OpenRequest, on_ranked: Callable[[], None]) -> None:
        job = Job(["prepare", *request.arguments(self.roots)], on_ranked)
        with self._lock:
            self._opening[request.key] = job

    def _load_ranked(self, request: OpenRequest) -> None:
        try:
            self._load(request)
        except MarginError as error:
            self._failures[request.key] = str(error)

    def _apply_refit(self, study: OpenStudy, upto: int) -> None:
        try:
            study.apply_refit(upto)
        except MarginError as error:
            with self._lock:
                self._refits[study.key] = replace(self._refits[study.key], error=str(error))

    def _request_of(self, study_key: str) -> OpenRequest:
        return next(self._requests[key] for key, study in self._open.items() if study.key == study_key)

    def _read(self, request: OpenRequest) -> OpenStudy:
        """Open a source from its workspace, computing nothing heavy."""
        workspace = Workspace.at(workspace_folder(request.source, request.workspace), may_compute=False)
        opened = open_source(
            request.source, model=request.model, allow_code=request.allow_code, device=request.device,
            **vars(request.columns), against=request.against, workspace=workspace, roots=self.roots,
        )  # fmt: skip
        database = request.database or workspace.review_database
        opened = read_labels_given(opened, database, request.labels_upto, Run(device=request.device))
        return OpenStudy(audit(opened), database, getpass.getuser())

    def _load(self, request: OpenRequest) -> None:
        """Open a source from its workspace."""
        study = self._read(request)
        opened = study.audited.opened
        if opened.read is not None:
            request = replace(request, labels_upto=opened.labels_upto)
        status = RefitStatus(study.apply_last_refit())
        with self._lock:
            self._requests[request.key] = request
            self._open[request.key] = study
            self._by_study[study.key] = study
            before = self._refits.get(study.key)
            if before is None or not before.is_running:
                self._refits[study.key] = status
            say = self._listeners.pop(request.key, None)
        if say is not None:
            say(opened.notes)
        self.start_due_refit(study.key)


def _check_is_here(path: str) -> None:
    """Refuse what would have to be fetched over a network, which a browser may not ask for."""
    path = path.strip()
    if is_hub_name(path):
        last_name(path)  # refuses what is no name
        raise AccessError(f"'{path}' is only downloaded when it is named on the command line: margin open {path}.")
    if is_address(path):
        try:
            address = normalize(path)
        except SourceError as error:  # of a kind that is not fetched at all
            raise AccessError(str(error)) from None
        raise AccessError(
            f"'{address}' is only fetched when it is named on the command line: margin open {address} "
            f"--root {address.rpartition('/')[0]}."
        )


STUDIES = StudyRegistry()
"""The studies of this process; pages and routes share them. To be read as ``registry.STUDIES``."""
