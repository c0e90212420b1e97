"""Pictures in files, each read when it is needed."""

from __future__ import annotations

import operator
import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from margin_core.errors import AccessError, SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import Digests
from margin_core.study.roots import is_inside, resolve_links
from margin_core.values import freeze

Picture = NDArray[np.uint8]

MAX_PIXELS = 64_000_000
"""A small file can unpack into a picture that fills the memory (a decompression bomb)."""

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
"""Endings of file names of pictures, in lower case."""

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
"""Decoders that may run, whatever a file's suffix: a picture never starts another program."""


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
    fingerprint : str
        Identity by content, in order, without names.
    """

    root: Path
    paths: tuple[str, ...]
    digests: Digests
    allowed: tuple[Path, ...] = ()
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

    The EXIF orientation is applied, of an animation the first frame is read, gray values of 16 bits are
    scaled to 8, and other gray values (32 bits, floats) are scaled from their minimum and maximum to 0 and 255.

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
        with Image.open(source, formats=FORMATS) as image:
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
        # Decoders meet damaged files with almost any exception there is.
        raise SourceError(
            f"Picture '{name}' cannot be read ({_reason(error)}). Replace the file, or leave it out."
        ) from error


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
    if image.mode.startswith("I;16"):
        return _gray(np.asarray(image).astype(np.float64) / 257)
    if image.mode in ("I", "F"):
        values = np.asarray(image).astype(np.float64)
        low, high = float(values.min()), float(values.max())
        return _gray((values - low) * (255 / (high - low) if high > low else 0.0))
    if "transparency" in image.info:
        image = image.convert("RGBA")
    return np.asarray(image.convert("RGB"))


def _gray(values: NDArray[np.float64]) -> Picture:
    return np.repeat(np.rint(values).astype(np.uint8)[:, :, None], 3, axis=2)


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
