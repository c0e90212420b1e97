"""Pictures in zip and tar archives, each read from its place when it is needed; nothing is unpacked to disk."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path

from margin_core.errors import AccessError, SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import Digests
from margin_core.study.inputs.pictures import SavedPictures
from margin_core.study.roots import resolve_links
from margin_core.values import Ints, freeze


@dataclass(frozen=True)
class MemberPlace:
    """The place of a member's content in an archive.

    Attributes
    ----------
    archive : Path
        Without links.
    offset, stored : int
        The first byte in the archive, and how many.
    size : int
        Bytes of the content.
    is_deflated : bool
        Whether the bytes are packed as zip does.
    """

    archive: Path
    offset: int
    stored: int
    size: int
    is_deflated: bool

    def read(self) -> bytes:
        """Read the content.

        Returns
        -------
        bytes
            Never more than `size`.

        Raises
        ------
        SourceError
            The archive is not as it was, or damaged there.
        AccessError
            It has become a link.
        """
        if resolve_links(self.archive) != str(self.archive):
            raise AccessError(f"'{self.archive}' has become a link. Open the file that it leads to.")
        try:
            with self.archive.open("rb") as stream:
                stream.seek(self.offset)
                content = stream.read(self.stored)
            if self.is_deflated:
                # One byte more shows that more would come.
                content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, self.size + 1)
        except (OSError, zlib.error) as error:
            raise SourceError(f"'{self.archive}' cannot be read ({error}). Copy it again, and open it.") from error
        if len(content) != self.size:
            raise SourceError(f"'{self.archive}' cannot be read: a file in it is damaged. Copy it again, and open it.")
        return content


@dataclass(frozen=True, eq=False)
class ArchivePictures(SavedPictures):
    """Pictures by row, which are members of archives; sizes may differ.

    Attributes
    ----------
    archives : tuple of Path
        Without links.
    paths : tuple of str, length n
        Names in the archive.
    places : int array (n, 5)
        Of each: the number of its archive, offset, bytes stored, bytes of the content, and whether these are deflated.
    digests : uint8 array (n, 16)
        Digest of the content of each; all zeros for one that could not be read.
    fingerprint : str
        Identity by content, in order, without names: that of the same pictures in files.
    """

    archives: tuple[Path, ...]
    paths: tuple[str, ...]
    places: Ints
    digests: Digests
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        freeze(self, "digests", "places")
        object.__setattr__(self, "fingerprint", fingerprint("pictures", self.digests))

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
            The archive cannot be read.
        AccessError
            It has become a link.
        """
        archive, offset, stored, size, is_deflated = self.places[range(len(self))[row]].tolist()
        return MemberPlace(self.archives[archive], offset, stored, size, bool(is_deflated)).read()
