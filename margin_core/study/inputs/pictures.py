"""Pictures in files, each read when it is needed."""

from __future__ import annotations

import importlib
import importlib.util
import io
import operator
import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError, features

from margin_core.errors import AccessError, SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import Digests
from margin_core.study.roots import is_inside, resolve_links
from margin_core.values import freeze

Picture = NDArray[np.uint8]

MAX_PIXELS = 64_000_000
"""A small file can unpack into a picture that fills the memory (a decompression bomb)."""

SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm",
            ".avif", ".heic", ".heif", ".jp2")  # fmt: skip
"""Endings of file names of pictures, in lower case. What a file holds is decided by its content."""

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
"""Decoders that may run, whatever a file's suffix: a picture never starts another program."""

_BUILT_IN = {"AVIF": "avif", "JPEG2000": "jpg_2000"}
"""Decoders, by format, that Pillow may have been built without."""

HEIF_NEEDED = "HEIC pictures need the package pi-heif. Run: pip install 'margin-dashboard[heif]'"

DECODING = 2
"""Raised whenever the same bytes become other pixels."""

_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\0\x0cjP  ")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


@cache
def decoders() -> tuple[str, ...]:
    """Return the formats that are decoded, by the names that Pillow gives them.

    Returns
    -------
    tuple of str
        ``HEIF`` among them where the package pi-heif is installed.
    """
    found = [*FORMATS, *(name for name, feature in _BUILT_IN.items() if features.check(feature))]
    if importlib.util.find_spec("pi_heif") is not None:
        importlib.import_module("pi_heif").register_heif_opener()
        found.append("HEIF")
    return tuple(found)


def is_picture(name: str) -> bool:
    """Return whether a file name is that of a picture.

    Parameters
    ----------
    name : str
        With its suffix.

    Returns
    -------
    bool
        By the suffix alone.
    """
    return name.lower().endswith(SUFFIXES)


def starts_as_picture(start: bytes) -> bool:
    """Return whether the content of a file begins as that of a picture.

    Parameters
    ----------
    start : bytes
        The first 12, or more.

    Returns
    -------
    bool
    """
    is_webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return start.startswith(_STARTS) or is_webp or start[4:12] in (b"ftypavif", b"ftypavis") or _is_heic(start)


def _is_heic(start: bytes) -> bool:
    return start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS


class EncodedPictures(ABC):
    """Pictures as they were saved, each decoded when it is asked for; ``pictures[row]`` is uint8 RGB (h, w, 3).

    Attributes
    ----------
    paths : tuple of str, length n
        What each is called.
    digests : uint8 array (n, 16)
        Digest of the content of each; all zeros for one that could not be read.
    fingerprint : str
        Identity by content, in order, without names.
    """

    paths: tuple[str, ...]
    digests: Digests
    fingerprint: str

    def __len__(self) -> int:
        return len(self.paths)

    def is_absent(self, row: int) -> bool:
        """Return whether a picture cannot be read because no file is where it should be.

        Parameters
        ----------
        row : int
            The sample.

        Returns
        -------
        bool
            False where this is not known.
        """
        return False

    def is_reported(self, row: int) -> bool:
        """Return whether a note of the reader says already why a picture cannot be read.

        Parameters
        ----------
        row : int
            The sample.

        Returns
        -------
        bool
        """
        return False

    def describe_unreadable(self, rows: Sequence[int], *, plural: bool = False) -> str:
        """Describe what is wrong with pictures that cannot be read, in words that follow their number.

        Parameters
        ----------
        rows : sequence of int
            The samples; at least one.
        plural : bool
            Whether the number that the words follow is another one than that of the rows.

        Returns
        -------
        str
            Such as ``pictures are not there``.
        """
        absent = sum(map(self.is_absent, rows))
        one = len(rows) == 1 and not plural
        are = "is" if one else "are"
        what = f"{are} not there" if absent == len(rows) else "cannot be read"
        some = f" ({absent:,} of them {'is' if absent == 1 else 'are'} not there)" if 0 < absent < len(rows) else ""
        return f"{self._of_unreadable(one)} {what}{some}"

    def _of_unreadable(self, one: bool) -> str:
        return "picture" if one else "pictures"

    @abstractmethod
    def __getitem__(self, row: Any) -> Picture:
        """Read one picture as uint8 RGB (h, w, 3).

        Raises
        ------
        SourceError
            It is not there, is damaged, or holds more than 64 megapixels.
        AccessError
            Its file has become a link that leads outside.
        """


class SavedPictures(EncodedPictures):
    """Pictures that lie in files of another kind, such as archives, each as it was saved."""

    def __getitem__(self, row: Any) -> Picture:
        """Read one picture as uint8 RGB (h, w, 3), turned the way its camera was held.

        Raises
        ------
        SourceError
            The picture is not there, is damaged, or holds more than 64 megapixels; the file cannot be read.
        AccessError
            The file has become a link.
        """
        number = operator.index(row)
        return read_picture(io.BytesIO(self.content(number)), self.paths[number])

    @abstractmethod
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


@dataclass(frozen=True, eq=False)
class PictureFiles(EncodedPictures):
    """Pictures by row; ``pictures[row]`` is a uint8 array (h, w, 3), and sizes may differ.

    Attributes
    ----------
    root : Path
        The folder that `paths` start from, without links.
    paths : tuple of str, length n
        Posix form; relative to `root`, or absolute.
    digests : uint8 array (n, 16)
        Digest of each file's content; all zeros for one that could not be read.
    allowed : tuple of Path
        Folders, without links, in which a file must really lie when it is read; default `root`.
    reported : frozenset of int
        Rows without a file of which the reader has said why.
    fingerprint : str
        Identity by content, in order, without names.
    """

    root: Path
    paths: tuple[str, ...]
    digests: Digests
    allowed: tuple[Path, ...] = ()
    reported: frozenset[int] = frozenset()
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        freeze(self, "digests")
        object.__setattr__(self, "allowed", self.allowed or (self.root,))
        object.__setattr__(self, "fingerprint", fingerprint("pictures", self.digests))

    def __getitem__(self, row: Any) -> Picture:
        """Read one picture as uint8 RGB (h, w, 3), turned the way its camera was held.

        Raises
        ------
        SourceError
            The file is not there, is damaged, or holds more than 64 megapixels.
        AccessError
            The file has become a link that leads outside.
        """
        number = operator.index(row)
        return read_picture(self.file(number), self.paths[number])

    def is_absent(self, row: int) -> bool:
        """Return whether there is nothing at the path of a picture.

        Parameters
        ----------
        row : int
            The sample.

        Returns
        -------
        bool
        """
        try:
            return not os.path.lexists(self.root / self.paths[row])
        except (OSError, ValueError):  # too long, or with a zero: no file has that name
            return True

    def is_reported(self, row: int) -> bool:
        """Return whether a note of the reader says already why a picture cannot be read.

        Parameters
        ----------
        row : int
            The sample.

        Returns
        -------
        bool
        """
        return row in self.reported

    def file(self, row: int) -> Path:
        """Return the path of a row's file, without links.

        Parameters
        ----------
        row : int
            The sample.

        Returns
        -------
        Path
            Absolute.

        Raises
        ------
        AccessError
            The file is a link that leads outside the allowed folders.
        """
        resolved = Path(resolve_links(self.root / self.paths[row]))
        if not is_inside(resolved, self.allowed):
            raise AccessError(
                f"Picture '{self.paths[row]}' is a link that leads outside '{self.root}'. Copy the file itself there."
            )
        return resolved


def read_picture(source: str | os.PathLike[str] | IO[bytes], name: str) -> Picture:
    """Read a picture as uint8 RGB (h, w, 3).

    The format is that of the content, whatever a name ends in. The EXIF orientation is applied, of an animation the
    first frame is read, and gray values of more than 8 bits or of floats are scaled from the minimum and maximum of
    the picture to 0 and 255: 12 bits are often saved in 16, and would be black. This is what a model is shown, too.

    Parameters
    ----------
    source : path or binary stream
        The picture as it was saved.
    name : str
        What to call it in an error.

    Returns
    -------
    uint8 array (h, w, 3)
        Red, green, blue.

    Raises
    ------
    SourceError
        The file is not there, is damaged, or holds more than 64 megapixels.
    """
    try:
        with Image.open(source, formats=decoders()) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise _too_large(name)
            return _pixels(ImageOps.exif_transpose(image))
    except SourceError:
        raise
    except FileNotFoundError:
        raise SourceError(f"Picture '{name}' is not there. Put it back, or take it out of the list.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(name) from None
    except Exception as error:
        if _needs_heif(source):
            raise SourceError(f"Picture '{name}' cannot be read. {HEIF_NEEDED}") from None
        # Decoders meet damaged files with almost any exception there is.
        raise SourceError(
            f"Picture '{name}' cannot be read ({_reason(error)}). Replace the file, or leave it out."
        ) from error


def _needs_heif(source: str | os.PathLike[str] | IO[bytes]) -> bool:
    """Return whether a picture was not read for want of a package."""
    if "HEIF" in decoders():
        return False
    if not isinstance(source, str | os.PathLike):
        source.seek(0)
        return _is_heic(source.read(12))
    try:
        with open(source, "rb") as stream:
            return _is_heic(stream.read(12))
    except OSError:
        return False


def _too_large(name: str) -> SourceError:
    return SourceError(
        f"Picture '{name}' has more than {MAX_PIXELS // 1_000_000} megapixels, which could fill the memory. "
        "Save it smaller, or leave it out."
    )


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "it is not a picture in a known format"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _pixels(image: Image.Image) -> Picture:
    if image.mode.startswith("I") or image.mode == "F":
        return _stretched(np.asarray(image).astype(np.float64), whole=65_535 if image.mode.startswith("I;16") else 0)
    if "transparency" in image.info:
        image = image.convert("RGBA")
    return np.asarray(image.convert("RGB"))


def _stretched(values: NDArray[np.float64], whole: int) -> Picture:
    """Return gray values from the smallest to the largest as 0 to 255; one that is not finite as 0.

    A picture of one value has no range: it is that share of `whole`, or black where there is none.
    """
    finite = np.isfinite(values)
    low = float(values.min(where=finite, initial=np.inf))
    high = float(values.max(where=finite, initial=-np.inf))
    if high > low:
        scaled = (np.where(finite, values, low) - low) * (255 / (high - low))
    else:
        scaled = np.where(finite, values, 0) * (255 / whole if whole else 0.0)
    return np.repeat(np.rint(scaled).astype(np.uint8)[:, :, None], 3, axis=2)


def stack_pictures(pictures: Sequence[Picture]) -> NDArray[np.uint8] | list[Picture]:
    """Return pictures of one size as one array, others as a list.

    Parameters
    ----------
    pictures : sequence of uint8 arrays (h, w, 3)
        b pictures.

    Returns
    -------
    uint8 array (b, h, w, 3) or list
        In the same order.
    """
    return np.stack(pictures) if len({picture.shape for picture in pictures}) == 1 else list(pictures)
