"""What a reader returns: the samples of a source, before any model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.class_list import format_class_names
from margin_core.errors import SourceError
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study.notes import Note
from margin_core.values import UNLABELED, Ints, Texts

_NO_ROLES = ("kinds", "labels", "sheet", "edges", "nodes", "classes")

FILES = ("labels", "edges", "nodes")
"""What may stand in a table of its own, named by its whole path."""

_PLAIN = re.compile(r"\w(?:[\w .:/=+%&-]*\w)?")


@dataclass(frozen=True)
class ColumnNames:
    """Which column (of a manifest) or entry (of a set of arrays) has which role; None: find it by its name.

    Attributes
    ----------
    label, file, id, split, weight, group : str or None
        ``file`` holds the paths of pictures.
    kinds : tuple of (str, str)
        How other columns of a table are used, whatever their values look like: each with its kind, by name.
    labels : str or None
        Whole path of a table that holds the labels by id, where they stand apart; `label`, `id`, `split`, `weight` and
        `group` are columns of it then.
    sheet : str or None
        The sheet of a workbook that is read; of the table of labels where the source is no workbook. None: the first.
    edges : str or None
        Whole path of a table of the edges between the samples, by their ids.
    nodes : str or None
        Whole path of the samples, where the source is the table of the edges between them.
    classes : tuple of str
        Classes besides those of the source, for samples that are labeled later.
    """

    label: str | None = None
    file: str | None = None
    id: str | None = None
    split: str | None = None
    weight: str | None = None
    group: str | None = None
    kinds: tuple[tuple[str, str], ...] = ()
    labels: str | None = None
    sheet: str | None = None
    edges: str | None = None
    nodes: str | None = None
    classes: tuple[str, ...] = ()

    @property
    def roles(self) -> dict[str, str]:
        """The roles that the user gave to a column, with its name."""
        return {role: name for role, name in vars(self).items() if role not in _NO_ROLES and name is not None}

    @property
    def flags(self) -> list[tuple[str, str]]:
        """The same as options of the command line, each with its value."""
        roles = [(f"--{role}", name) for role, name in self.roles.items()]
        others = [("--labels", self.labels), ("--sheet", self.sheet), ("--edges", self.edges), ("--nodes", self.nodes)]
        named = [(flag, value) for flag, value in others if value is not None]
        classes = [("--classes", format_class_names(self.classes))] if self.classes else []
        return roles + named + classes + [("--feature", f"{name}:{kind}") for name, kind in self.kinds]

    def or_else(self, otherwise: ColumnNames) -> ColumnNames:
        """Return these, and what else others name.

        Parameters
        ----------
        otherwise : ColumnNames
            Used where these name nothing.

        Returns
        -------
        ColumnNames
        """
        others = [(name, kind) for name, kind in otherwise.kinds if name not in dict(self.kinds)]
        kinds = tuple(sorted([*others, *self.kinds]))
        apart = {name: getattr(self, name) or getattr(otherwise, name) for name in (*FILES, "sheet")}
        classes = tuple(dict.fromkeys([*otherwise.classes, *self.classes]))
        return replace(otherwise, **self.roles, **apart, kinds=kinds, classes=classes)

    @property
    def files(self) -> dict[str, str]:
        """The tables that the user named besides the source, by what they hold, as whole paths."""
        return {name: path for name in FILES if (path := getattr(self, name)) is not None}


@dataclass(frozen=True)
class ReadRequest:
    """A request to read a source: its path and its columns.

    Attributes
    ----------
    path : Path
        The source, without links.
    columns : ColumnNames
        As named by the user.
    roots : tuple of Path
        Folders outside the source, without links, in which its files may lie too.
    memory : Workspace or None
        Where the digests of files are stored.
    run : Run
        Stores heavy steps, gets the progress.
    apart : Path or None
        A file that is read apart, and is nothing that is left out where it lies in the source.
    has_edges : bool
        Whether edges between the samples are read, too, so that these may have no features of their own.
    """

    path: Path
    columns: ColumnNames = ColumnNames()
    roots: tuple[Path, ...] = ()
    memory: Workspace | None = None
    run: Run = field(default_factory=Run)
    apart: Path | None = None
    has_edges: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Samples:
    """The samples of a source; n rows, in a stable order.

    Attributes
    ----------
    name : str
        Of the data set.
    ids : array of str (n,) or None
        None: numbered from 0.
    labels : array (n,) or None
        Class numbers or names; `UNLABELED` or empty where there is none.
    class_names : tuple of str or None
        None: those that occur.
    inputs : array, `PictureFiles`, `NumberTable`, `TextList` or None
        What a model is shown.
    embedding, probabilities : array (n, d) and (n, c), or None
        As the source has them.
    out_of_sample : bool
        Whether `probabilities` come from a model that never saw the labels.
    graph : CSR array (n, n) or None
        Weights of the edges between the samples.
    columns : mapping of str to array (n,)
        Other values of the samples.
    features : str
        What `embedding` is, in words.
    space : str
        As in `Study.space`; `margin_core.values.reference.fitted_space` where `embedding` was fitted to these samples.
    notes : tuple of Note
        What was lost, assumed and read.
    key : str or None
        Fingerprint of the whole source where that costs less than hashing its parts.
    """

    name: str
    ids: Texts | None = None
    labels: NDArray[Any] | None = None
    class_names: tuple[str, ...] | None = None
    inputs: Any | None = None
    embedding: NDArray[Any] | None = None
    probabilities: NDArray[Any] | None = None
    out_of_sample: bool = True
    graph: sparse.csr_array | None = None
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    features: str = ""
    space: str = ""
    notes: tuple[Note, ...] = ()
    key: str | None = None


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: ``1 picture``, ``1,200 pictures``.

    Parameters
    ----------
    count : int
        At least 0.
    noun : str
        Singular; its plural ends in s.

    Returns
    -------
    str
        For a message.
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def worded(count: int, one: str, several: str) -> str:
    """Return the words that go with a number.

    Parameters
    ----------
    count : int
        At least 0.
    one, several : str
        Such as ``is`` and ``are``.

    Returns
    -------
    str
        For a message.
    """
    return one if count == 1 else several


def listed(names: Sequence[str], limit: int = 5) -> str:
    """Return the first few names, separated by commas.

    Parameters
    ----------
    names : sequence of str
        Any number.
    limit : int
        Names that are shown.

    Returns
    -------
    str
        Ends in ``and 3 more`` where names are left out.
    """
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {more:,} more" if more > 0 else "")


def quoted(name: str) -> str:
    """Return the name of a column, in quotes unless it is of plain words.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        For a message: ``petal length`` and ``sex=female`` as they are, ``'=1+1'`` and ``'a, b'`` in quotes.
    """
    return name if _PLAIN.fullmatch(name) else f"'{name}'"


def listed_columns(names: Sequence[str], limit: int = 5) -> str:
    """Return the names of the first few columns, separated by commas; in quotes what is not of plain words.

    Parameters
    ----------
    names : sequence of str
        Any number.
    limit : int
        Names that are shown.

    Returns
    -------
    str
        As `listed`.
    """
    return listed([quoted(name) for name in names[:limit]] + list(names[limit:]), limit)


def encode_classes(texts: Sequence[str], names: Sequence[str]) -> Ints:
    """Return class numbers for class names; `UNLABELED` for an empty one.

    Parameters
    ----------
    texts : sequence of str, length n
        Class name of each sample.
    names : sequence of str, length c
        Of the classes, in order.

    Returns
    -------
    int array (n,)
        In [-1, c).
    """
    number_of = {name: number for number, name in enumerate(names)} | {"": UNLABELED}
    return np.array([number_of[text] for text in texts], dtype=np.int64)


def check_no_columns(request: ReadRequest, reason: str) -> None:
    """Check that no columns are named for a source that has none.

    Parameters
    ----------
    request : ReadRequest
        With the named columns.
    reason : str
        What the source is, for the message.

    Raises
    ------
    SourceError
        A column is named.
    """
    for flag, _ in replace(request.columns, classes=()).flags[:1]:
        raise SourceError(f"'{request.path}' {reason}, so {flag} has nothing to name. Leave it out.")
