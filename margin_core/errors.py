"""Errors that a user can cause, under one base class.

A message says where it happened, what was expected, what was given and what to do next, in one or two
sentences. The command line prints it on standard error and exits with 2; the dashboard shows it in a
box. Anything else that is raised is a bug of the program and keeps its traceback.
"""

from __future__ import annotations

BAD_INPUT = 2
"""Exit code of a command that cannot use what it is given."""


class MarginError(ValueError):
    """An input cannot be used; the message says what to do."""


class SourceError(MarginError):
    """A data source cannot be read, or its parts do not line up."""


class ModelError(MarginError):
    """A model cannot be loaded, or does not fit the data."""


class ParameterError(MarginError):
    """A parameter is outside its range or not among its choices."""


class MissingPart(MarginError):
    """A task needs a part (labels, embedding, ...) that the study does not have."""


class AccessError(MarginError):
    """A path lies outside the folders that the dashboard may open."""


class WorkspaceError(MarginError):
    """A workspace cannot be read or written."""


class NotComputed(WorkspaceError):
    """A slow step has not been computed yet, and may not be computed here."""


class ReviewError(MarginError):
    """A decision cannot be recorded or exported."""


class Cancelled(MarginError):
    """The user stopped the work; steps that were finished before are stored."""


class MarginWarning(UserWarning):
    """Something of the input was left out, replaced or assumed; the message says what."""
