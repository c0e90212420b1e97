"""Long work in a process of its own, so that no page waits for it and no reload ends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from dashboard.study.processes import MarginProcess
from margin_core.errors import MarginError
from margin_core.study.notes import Note, NoteKind

STOPPED = "Stopped. What was finished is kept."

STEP_DONE = "Done"
"""What a command reports of a step that has ended."""


@dataclass(frozen=True)
class JobStatus:
    """How far a job is.

    Attributes
    ----------
    state : str
        ``running``, ``done``, ``failed`` or ``stopped``.
    fraction : float
        In [0, 1].
    text : str
        What it does now; the reason when it failed.
    notes : tuple of Note
        What it has read of its source so far, the gravest first.
    """

    state: str
    fraction: float
    text: str
    notes: tuple[Note, ...] = ()


def _nothing() -> None:
    pass


class Job:
    """A `margin` command that reports its progress and leaves its result in the workspace.

    Parameters
    ----------
    arguments : sequence of str
        What follows ``margin``: ``prepare``, ``estimate``, ``refit`` ..., and its source.
    on_ranked : callable
        Called (in the job's own thread) once the ranking is in the workspace; the map may still be to come.
    has_low_priority : bool
        Whether it gives way to everything else on this machine.
    on_done : callable, optional
        Called (in the job's own thread) once it has ended well, before its status says so.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        on_ranked: Callable[[], None],
        *,
        has_low_priority: bool = False,
        on_done: Callable[[], None] = _nothing,
    ) -> None:
        self.status = JobStatus("running", 0.0, "Starting")
        self._on_ranked, self._on_done = on_ranked, on_done
        self._process = MarginProcess(
            [*arguments, "--progress", "json"], self._update, self._end, has_low_priority=has_low_priority
        )

    def stop(self) -> None:
        """End the process; the steps it finished are kept."""
        if self.status.state == "running":
            self.status = replace(self.status, state="stopped", text=STOPPED)
            self._process.terminate()

    def _update(self, message: dict[str, Any]) -> None:
        if "notes" in message:
            notes = tuple(Note(NoteKind(note["kind"]), note["text"]) for note in message["notes"])
            self.status = replace(self.status, notes=notes)
        elif self.status.state == "running":
            # A step that is done says nothing of the command, which goes on.
            text = self.status.text if message["text"] == STEP_DONE else message["text"]
            self.status = replace(self.status, fraction=message["fraction"], text=text)
        if message.get("stage") == "ranked":
            self._on_ranked()

    def _end(self, code: int, error: str) -> None:
        if self.status.state != "running":
            return
        if code == 0:
            try:
                self._on_done()
            except MarginError as reason:
                code, error = 1, str(reason)
        if code == 0:
            self.status = replace(self.status, state="done", fraction=1.0, text="Done")
        else:
            self.status = replace(self.status, state="failed", text=error or f"Exit code {code}.")


def is_running(job: Job | None) -> TypeGuard[Job]:
    """Return whether there is a job and it is under way."""
    return job is not None and job.status.state == "running"
