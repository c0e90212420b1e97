"""Pictures in a column of a table that a file holds, each read when it is needed."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from margin_core.errors import SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import Digests
from margin_core.study.inputs.pictures import SavedPictures
from margin_core.values import freeze


class CellReader(Protocol):
    """Reads the bytes of a row; any number of threads may ask."""

    def read(self, row: int) -> bytes | None:
        """Return the bytes of a row.

        Parameters
        ----------
        row : int

        Returns
        -------
        bytes or None
            None where the file holds none.

        Raises
        ------
        SourceError
            The file cannot be read any more.
        AccessError
            It has become a link.
        """
        ...


@dataclass(frozen=True, eq=False)
class ColumnPictures(SavedPictures):
    """Pictures by row of a file with a column of structs of ``bytes`` and ``path``; sizes may differ.

    Attributes
    ----------
    source : Path
        The file, without links. Not ``file``, which in `PictureFiles` finds that of a row.
    column : str
        Of the structs.
    paths : tuple of str, length n
        What each picture is called. No file is read there.
    digests : uint8 array (n, 16)
        Digest of the bytes of each; all zeros for a picture without any.
    fingerprint : str
        Identity by content, in order, without names: that of the same pictures in files.
    """

    source: Path
    column: str
    paths: tuple[str, ...]
    digests: Digests
    fingerprint: str = field(init=False)
    _reader: CellReader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        freeze(self, "digests")
        object.__setattr__(self, "fingerprint", fingerprint("pictures", self.digests))
        object.__setattr__(self, "_reader", self.open_reader())

    @abstractmethod
    def open_reader(self) -> CellReader:
        """Return what reads the rows of the file; nothing is read yet.

        Returns
        -------
        CellReader
        """

    def content(self, row: int) -> bytes:
        """Return a picture as it was saved.

        Parameters
        ----------
        row : int
            The sample.

        Returns
        -------
        bytes

        Raises
        ------
        SourceError
            The picture is not there; the file cannot be read.
        AccessError
            The file has become a link.
        """
        number = range(len(self))[row]
        found = self._reader.read(number)
        if found is None:
            raise SourceError(f"Picture '{self.paths[number]}' is not there: the file holds no bytes of it.")
        return found
