"""Parts of pictures, such as labeled objects, each cut out when it is needed."""

from __future__ import annotations

import io
import math
import operator
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from PIL import Image

from margin_core.errors import SourceError
from margin_core.storage.file_digest import DIGEST_SIZE
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import Digests
from margin_core.study.inputs.pictures import EncodedPictures, Picture
from margin_core.values import Doubles, Ints, freeze

CROPPING = 1
"""Raised whenever the same box cuts out other pixels."""

MAX_DECODED = 4
"""Pictures that are remembered: boxes of one are mostly asked for one after the other."""

_EDGE_TOLERANCE = 1e-6
"""Of a pixel: what is this near to an edge lies on it."""


@dataclass(frozen=True, eq=False)
class CroppedPictures(EncodedPictures):
    """Boxes cut out of pictures, by row; sizes differ.

    Attributes
    ----------
    whole : EncodedPictures
        p pictures.
    rows : int array (n,)
        The picture of each box.
    boxes : float array (n, 4)
        Left, top, right, bottom.
    measured : float array (n, 2)
        Width and height of the picture in the units of `boxes`: ``(1, 1)`` for shares, ``(100, 100)`` for percent;
        ``(0, 0)`` where the boxes are in pixels of the picture.
    paths : tuple of str, length n
        What each box is called, as a ``.png``. No file is there.
    digests : uint8 array (n, 16)
        Digest of the picture and the box of each; all zeros where the picture could not be read.
    fingerprint : str
        Identity by content, in order, without names.
    """

    whole: EncodedPictures
    rows: Ints
    boxes: Doubles
    measured: Doubles
    paths: tuple[str, ...]
    digests: Digests = field(init=False)
    fingerprint: str = field(init=False)
    _decoded: _Decoded = field(init=False, repr=False)

    def __post_init__(self) -> None:
        freeze(self, "rows", "boxes", "measured")
        object.__setattr__(self, "digests", _digests(self.whole.digests[self.rows], self.boxes, self.measured))
        freeze(self, "digests")
        object.__setattr__(self, "fingerprint", fingerprint("pictures", self.digests))
        object.__setattr__(self, "_decoded", _Decoded(self.whole))

    def is_absent(self, row: int) -> bool:
        """Return whether there is no file of the picture of a box.

        Parameters
        ----------
        row : int
            The box.

        Returns
        -------
        bool
        """
        return self.whole.is_absent(int(self.rows[row]))

    def is_reported(self, row: int) -> bool:
        """Return whether a note of the reader says already why the picture of a box cannot be read.

        Parameters
        ----------
        row : int
            The box.

        Returns
        -------
        bool
        """
        return self.whole.is_reported(int(self.rows[row]))

    def _of_unreadable(self, one: bool) -> str:
        return "box is of a picture that" if one else "boxes are of pictures that"

    def __getitem__(self, row: Any) -> Picture:
        """Cut out one box as uint8 RGB (h, w, 3), of at least one pixel, and with every pixel that it touches.

        Raises
        ------
        SourceError
            The picture is not there, is damaged, or holds more than 64 megapixels; the box lies outside it.
        AccessError
            The file of the picture has become a link that leads outside.
        """
        number = operator.index(row)
        picture = self._decoded.read(int(self.rows[number]))
        height, width = picture.shape[:2]
        units = self.measured[number]
        scale = np.array([width / units[0], height / units[1]]) if units.all() else np.ones(2)
        left, top, right, bottom = (self.boxes[number] * np.tile(scale, 2)).tolist()
        first, last = _span(left, right, width)
        upper, lower = _span(top, bottom, height)
        if first >= last or upper >= lower:
            raise SourceError(
                f"Box '{self.paths[number]}' lies outside its picture, '{self.picture(number)}'. Correct the box."
            )
        return picture[upper:lower, first:last].copy()

    def picture(self, row: int) -> str:
        """Return the name of the picture that a box lies in.

        Parameters
        ----------
        row : int
            The sample.

        Returns
        -------
        str
        """
        return self.whole.paths[int(self.rows[row])]

    def content(self, row: int) -> bytes:
        """Return a box as a PNG file.

        Parameters
        ----------
        row : int
            The sample.

        Returns
        -------
        bytes

        Raises
        ------
        SourceError, AccessError
            As for reading it.
        """
        stream = io.BytesIO()
        Image.fromarray(self[range(len(self))[row]]).save(stream, "PNG")
        return stream.getvalue()


def _span(begin: float, end: float, size: int) -> tuple[int, int]:
    return max(math.floor(begin + _EDGE_TOLERANCE), 0), min(math.ceil(end - _EDGE_TOLERANCE), size)


def _digests(whole: Digests, boxes: Doubles, measured: Doubles) -> NDArray[np.uint8]:
    found = np.zeros((len(boxes), DIGEST_SIZE), np.uint8)
    places = np.column_stack([boxes, measured])
    for row in np.flatnonzero(whole.any(axis=1)).tolist():
        digest = blake2b(whole[row].tobytes() + places[row].tobytes(), digest_size=DIGEST_SIZE, salt=bytes([CROPPING]))
        found[row] = np.frombuffer(digest.digest(), np.uint8)
    return found


class _Picture:
    """A picture that is decoded by the first who needs it, while others wait."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.pixels: Picture | None = None


class _Decoded:
    """The pictures that were decoded last.

    Parameters
    ----------
    whole : EncodedPictures
    """

    def __init__(self, whole: EncodedPictures) -> None:
        self._whole = whole
        self._lock = Lock()
        self._remembered: LRUCache[int, _Picture] = LRUCache(MAX_DECODED)

    def read(self, row: int) -> Picture:
        with self._lock:
            picture = self._remembered.setdefault(row, _Picture())
        with picture.lock:
            if picture.pixels is None:
                picture.pixels = self._whole[row]
            return picture.pixels
