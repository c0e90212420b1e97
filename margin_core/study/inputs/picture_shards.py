"""Pictures of several files as one sequence."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import Digests
from margin_core.study.inputs.pictures import SavedPictures
from margin_core.values import freeze


@dataclass(frozen=True, eq=False)
class PictureShards(SavedPictures):
    """Pictures by row, whose rows are those of one part after the other.

    Attributes
    ----------
    parts : tuple of SavedPictures
        At least one.
    paths : tuple of str, length n
        What each picture is called.
    digests : uint8 array (n, 16)
        Digest of the content of each; all zeros for one that could not be read.
    fingerprint : str
        Identity by content, in order, without names: that of the same pictures in one file.
    """

    parts: tuple[SavedPictures, ...]
    paths: tuple[str, ...] = field(init=False)
    digests: Digests = field(init=False)
    fingerprint: str = field(init=False)
    _ends: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", tuple(path for part in self.parts for path in part.paths))
        object.__setattr__(self, "digests", np.concatenate([part.digests for part in self.parts]))
        freeze(self, "digests")
        object.__setattr__(self, "fingerprint", fingerprint("pictures", self.digests))
        object.__setattr__(self, "_ends", list(accumulate(map(len, self.parts))))

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
        SourceError, AccessError
            As the part raises it.
        """
        part, inner = self._find(row)
        return part.content(inner)

    def _find(self, row: int) -> tuple[SavedPictures, int]:
        number = range(len(self))[row]
        part = bisect_right(self._ends, number)
        return self.parts[part], number - (self._ends[part - 1] if part else 0)
