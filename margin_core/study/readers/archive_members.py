"""The members of zip and tar archives, listed without unpacking one: their names, and where the content of each stands.

What no archive of pictures needs is refused: names that lead outside, links, devices, passwords, files that unpack to
more than memory holds, members that share bytes.
"""

from __future__ import annotations

import os
import stat
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import numpy as np

from margin_core.errors import SourceError
from margin_core.storage.file_digest import DIGEST_SIZE
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import Digests, FileListing, compute_digests
from margin_core.study.inputs.archive_pictures import ArchivePictures, MemberPlace
from margin_core.study.notes import MAX_LOST, Note, check_lost, loss
from margin_core.study.readers.class_folders import is_litter, litter_note
from margin_core.study.samples import ReadRequest, counted
from margin_core.values import Ints

VERSION = 2
"""Raised whenever the same archive is listed differently."""

ZIP, TAR = ".zip", ".tar"

MAX_MEMBERS = 5_000_000
MAX_MEMBER_BYTES = 256_000_000
"""No picture is larger; a small archive can unpack to far more (a decompression bomb)."""

OUTSIDE = "a name that leads outside the archive"
LINK = "a link or a device"
ENCRYPTED = "protected by a password"
METHOD = "packed by another method than deflate"
LARGE = f"larger than {MAX_MEMBER_BYTES // 1_000_000} MB"
UNNAMEABLE = "a name that is not Unicode text"
REPEATED = "a name that occurred before"
_REASONS = (OUTSIDE, LINK, ENCRYPTED, METHOD, LARGE, UNNAMEABLE, REPEATED)

_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_LOCAL_HEADER = 30
_MAX_PADDING = 1 << 20
"""Zero bytes that a writer of tar archives may add behind the end; far more are a file that was never filled."""
_REPORT_EVERY = 64

_DAMAGED = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, tarfile.TarError)
"""NotImplementedError of zipfile is a RuntimeError, UnicodeDecodeError a ValueError."""

_Found = tuple[str, tuple[int, int, int, int] | str]
"""Name of a member, and offset, bytes stored, bytes of the content and whether deflated, or the reason to refuse it."""


@dataclass(frozen=True, eq=False)
class Members:
    """The files in archives, but for litter.

    Attributes
    ----------
    archives : tuple of Path
        Without links.
    names : tuple of str, length n
        In posix form; each once in an archive.
    places : int array (n, 5)
        As `ArchivePictures` has them.
    refused : mapping of str to int
        Members that are left out, by reason.
    litter : int
        Hidden files and what systems leave behind.
    content : uint8 array (archives, 16)
        Digests of the archives.
    """

    archives: tuple[Path, ...]
    names: tuple[str, ...]
    places: Ints
    refused: Mapping[str, int]
    litter: int
    content: Digests

    def read(self, row: int) -> bytes:
        """Read the content of a member.

        Parameters
        ----------
        row : int

        Returns
        -------
        bytes

        Raises
        ------
        SourceError, AccessError
            As for `MemberPlace.read`.
        """
        archive, offset, stored, size, is_deflated = self.places[row].tolist()
        return MemberPlace(self.archives[archive], offset, stored, size, bool(is_deflated)).read()

    def pictures(self, rows: Sequence[int], request: ReadRequest) -> ArchivePictures:
        """Return members as pictures.

        Parameters
        ----------
        rows : sequence of int, length m
            Of the members.
        request : ReadRequest
            Remembers the digests.

        Returns
        -------
        ArchivePictures
            In the order of `rows`. The content of each is read once, for its digest.
        """
        places = self.places[list(rows)].reshape(-1, 5)

        def work() -> dict[str, np.ndarray]:
            found = np.zeros((len(rows), DIGEST_SIZE), np.uint8)
            for number, row in enumerate(rows):
                if number % _REPORT_EVERY == 0:
                    request.run.report(number / len(rows), f"Reading {number:,} of {len(rows):,} pictures ...")
                try:
                    digest = blake2b(self.read(row), digest_size=DIGEST_SIZE).digest()
                except SourceError:
                    continue  # It is damaged, which is said where it is to be shown.
                found[number] = np.frombuffer(digest, np.uint8)
            return {"digests": found}

        key = fingerprint("member digests", VERSION, self.content, places)
        digests = np.array(request.run.step("member_digests", key, work)["digests"])
        return ArchivePictures(self.archives, tuple(self.names[row] for row in rows), places, digests)

    def notes(self, source: Path, others: int = 0, reason: str = "") -> Iterator[Note]:
        """Yield what is left out, a note for each reason.

        Parameters
        ----------
        source : Path
            Named in the message.
        others : int
            Members that the reader has no use for.
        reason : str
            Why, in words that follow the count.

        Yields
        ------
        Note

        Raises
        ------
        SourceError
            Most members are refused.
        """
        refused = sum(self.refused.values())
        for why, count in [*self.refused.items(), (reason, others)]:
            if count:
                yield loss(f"{counted(count, 'file')} in the archive left out: {why}.")
        if self.litter:
            yield litter_note(self.litter)
        check_lost(
            source, refused, refused + len(self.names), f"files cannot be read ({', '.join(self.refused)})",
            "Pack the files again, without links and passwords.",
        )  # fmt: skip


def list_members(request: ReadRequest, archives: Sequence[Path]) -> Members:
    """List the files in archives, in the order of the archives.

    Parameters
    ----------
    request : ReadRequest
        Remembers the list.
    archives : sequence of Path
        Zip and tar files, without links.

    Returns
    -------
    Members

    Raises
    ------
    SourceError
        An archive is damaged, compressed as a whole, has members that share bytes, or too many.
    """

    def work() -> dict[str, np.ndarray]:
        names: list[str] = []
        places: list[tuple[int, ...]] = []
        refused: Counter[str] = Counter()
        litter = 0
        for number, archive in enumerate(archives):
            seen: set[str] = set()
            for written, found in _members(archive):
                name = written.replace("\\", "/").removeprefix("./")
                reason = found if isinstance(found, str) else _why_refused(name, found[2], seen)
                if reason:
                    refused[reason] += 1
                elif any(map(is_litter, name.split("/"))):
                    litter += 1
                else:
                    seen.add(name)
                    names.append(name)
                    places.append((number, *found))
                if len(names) + refused.total() + litter > MAX_MEMBERS:
                    raise SourceError(f"'{archive}' holds more than {MAX_MEMBERS:,} files. Divide it.")
        table = np.array(places, np.int64).reshape(-1, 5)
        _check_apart(archives, table)
        return {
            "names": np.frombuffer("\0".join(names).encode(), np.uint8),
            "places": table,
            "refused": np.array([refused[reason] for reason in _REASONS]),
            "litter": np.array(litter),
        }

    folder = Path(os.path.commonpath([archive.parent for archive in archives]))
    listing = FileListing.of(folder, [archive.relative_to(folder).as_posix() for archive in archives])
    content = compute_digests(listing, request.memory, request.run)
    key = fingerprint("members", VERSION, content)
    known = request.run.step("members", key, work)
    places = np.array(known["places"])
    return Members(
        tuple(archives),
        tuple(np.asarray(known["names"]).tobytes().decode().split("\0")) if len(places) else (),
        places,
        {why: count for why, count in zip(_REASONS, np.asarray(known["refused"]).tolist(), strict=True) if count},
        int(known["litter"]),
        content,
    )


def _why_refused(name: str, size: int, seen: set[str]) -> str:
    """Return why a member is left out; empty where it is not."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in name:
        return OUTSIDE
    try:
        name.encode()
    except UnicodeEncodeError:
        return UNNAMEABLE
    if size > MAX_MEMBER_BYTES:
        return LARGE
    return REPEATED if name in seen else ""


def _members(archive: Path) -> Iterator[_Found]:
    try:
        yield from (_zip_members if archive.suffix.lower() == ZIP else _tar_members)(archive)
    except _DAMAGED as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise SourceError(f"'{archive}' cannot be read ({reason}). Copy or pack it again.") from error


def _zip_members(archive: Path) -> Iterator[_Found]:
    with zipfile.ZipFile(archive) as packed, archive.open("rb") as stream:
        for member in packed.infolist():
            if member.is_dir():
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                yield member.filename, LINK
            elif member.flag_bits & 1:
                yield member.filename, ENCRYPTED
            elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                yield member.filename, METHOD
            else:
                stream.seek(member.header_offset)
                header = stream.read(_LOCAL_HEADER)
                if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
                    raise zipfile.BadZipFile("a file in it is damaged")
                lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
                offset = member.header_offset + _LOCAL_HEADER + lengths
                is_deflated = member.compress_type == zipfile.ZIP_DEFLATED
                yield member.filename, (offset, member.compress_size, member.file_size, int(is_deflated))


def _tar_members(archive: Path) -> Iterator[_Found]:
    with archive.open("rb") as stream:
        begin = stream.read(6)
        stream.seek(0)
        if begin.startswith(_COMPRESSED):
            raise ValueError(
                "it is compressed as a whole, so no picture in it can be read by itself; unpack it to .tar"
            )
        with tarfile.open(fileobj=stream, mode="r:") as packed:
            while (member := _next(packed)) is not None:
                packed.members = []  # type: ignore[attr-defined]  # of a million, only the current one is needed
                if member.isdir():
                    continue
                if not member.isreg() or member.issparse():
                    yield member.name, LINK
                else:
                    yield member.name, (member.offset_data, member.size, member.size, 0)
            _check_end(stream, packed.offset, archive.stat().st_size)


def _next(packed: tarfile.TarFile) -> tarfile.TarInfo | None:
    try:
        return packed.next()
    except tarfile.TarError as error:
        reason = f"it is cut off or damaged at byte {packed.offset:,}, and what was behind it cannot be known"
        raise tarfile.ReadError(reason) from error


def _check_end(stream: BinaryIO, offset: int, size: int) -> None:
    """Check that a tar archive has the mark of its end, which is zeros, where its last member ends.

    ``tarfile`` ends without a word at a header that is damaged or cut off; what was behind it would be lost.
    """
    rest = size - offset
    if rest < tarfile.BLOCKSIZE:
        raise tarfile.ReadError(f"it is cut off at byte {size:,}, and what was behind it cannot be known")
    is_damaged = rest > max(_MAX_PADDING, MAX_LOST * size)
    stream.seek(offset)
    while not is_damaged and (chunk := stream.read(_MAX_PADDING)):
        is_damaged = chunk.count(0) < len(chunk)
    if is_damaged:
        raise tarfile.ReadError(f"it is damaged at byte {offset:,}, and {rest / size:.0%} of it cannot be known")


def _check_apart(archives: Sequence[Path], places: Ints) -> None:
    """Refuse members that share bytes: so a small archive pretends to hold more than there is."""
    for number, archive in enumerate(archives):
        own = places[places[:, 0] == number]
        begin, end = own[:, 1], own[:, 1] + own[:, 2]
        order = np.argsort(begin, kind="stable")
        if (end > archive.stat().st_size).any() or (end[order][:-1] > begin[order][1:]).any():
            raise SourceError(f"'{archive}' cannot be read: files in it share bytes or are cut off. Pack it again.")
