"""What a model is shown: batches of inputs, and a digest of each input by which its output is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import SourceError
from margin_core.storage.file_digest import DIGEST_SIZE
from margin_core.study.contents import Digests
from margin_core.study.inputs.pictures import EncodedPictures, Picture, stack_pictures
from margin_core.study.inputs.texts import TextList
from margin_core.study.models.cores import map_on_cores
from margin_core.study.samples import worded
from margin_core.values import Study
from margin_core.values.arrays import to_rows


def are_pictures(inputs: Any) -> bool:
    """Return whether the inputs of a study are pictures, in files or in an array.

    Parameters
    ----------
    inputs : array, `EncodedPictures` or other sequence
        Inputs of a study; None when it has none.

    Returns
    -------
    bool
        True for pictures.
    """
    return isinstance(inputs, EncodedPictures) or (isinstance(inputs, np.ndarray) and inputs.ndim > 2)


def read_batch(
    inputs: Any,
    rows: NDArray[np.int64],
    resize: Callable[[Picture], Picture] | None = None,
    *,
    may_lack_values: bool = False,
) -> tuple[Any, NDArray[np.bool_]]:
    """Read the inputs of some rows that a model can be shown.

    Parameters
    ----------
    inputs : array, `EncodedPictures`, `NumberTable` or `TextList`
        Inputs of a study.
    rows : int array (b,)
        Rows to read.
    resize : callable, optional
        Applied to each picture, for a model of pictures of one size.
    may_lack_values : bool
        Whether the model takes rows of numbers in which some are missing.

    Returns
    -------
    readable : array, list or None
        Without the rows that cannot be shown; None when no row can.
    left_out : bool array (b,)
        Whether a row cannot be shown: a picture that cannot be read, or a row of numbers with a missing value.
    """
    if isinstance(inputs, EncodedPictures):
        return _stacked([_read_picture(inputs, resize, row) for row in rows.tolist()])
    if isinstance(inputs, TextList):
        return [inputs.values[row] for row in rows.tolist()], np.zeros(len(rows), bool)
    values = np.asarray(inputs[rows])
    if values.ndim > 2:
        return values, np.zeros(len(rows), bool)
    values = to_rows(values)
    left_out = ~(np.isfinite(values) | (may_lack_values & np.isnan(values))).all(axis=1)
    return None if left_out.all() else values[~left_out], left_out


def read_ahead(
    pictures: EncodedPictures, batches: Sequence[NDArray[np.int64]], resize: Callable[[Picture], Picture] | None
) -> Iterator[tuple[Any, NDArray[np.bool_]]]:
    """Yield what `read_batch` returns for each batch, the next of which is read by all cores meanwhile.

    Parameters
    ----------
    pictures : EncodedPictures
    batches : sequence of int array
        Rows of each.
    resize : callable, optional
        As for `read_batch`.

    Yields
    ------
    readable : array, list or None
    left_out : bool array (b,)
    """
    rows = (row for batch in batches for row in batch.tolist())
    longest = max(map(len, batches), default=0)
    read = map_on_cores(partial(_read_picture, pictures, resize), rows, ahead=2 * longest)
    for batch in batches:
        yield _stacked(list(islice(read, len(batch))))


def _stacked(pictures: list[Picture | None]) -> tuple[Any, NDArray[np.bool_]]:
    readable = [picture for picture in pictures if picture is not None]
    return stack_pictures(readable) if readable else None, np.array([picture is None for picture in pictures])


def _read_picture(files: EncodedPictures, resize: Callable[[Picture], Picture] | None, row: int) -> Picture | None:
    try:
        picture = files[row]
    except SourceError:
        return None  # Counted, marked in the column 'unreadable' and named in a note.
    return picture if resize is None else resize(picture)


def nothing_readable(study: Study) -> SourceError:
    """Return the error for a study of which no input can be shown to a model.

    Parameters
    ----------
    study : Study
        Has inputs.

    Returns
    -------
    SourceError
        To be raised; it has the reason why the first picture cannot be read.
    """
    n = len(study)
    if not isinstance(study.inputs, EncodedPictures):
        rows = worded(n, "the only row", f"each of the {n:,} rows")
        return SourceError(f"Study '{study.name}': {rows} has a missing value. Fill some in.")
    try:
        study.inputs[0]
    except SourceError as error:
        unreadable = worded(n, "the only picture cannot be read", f"none of the {n:,} pictures can be read")
        return SourceError(f"Study '{study.name}': {unreadable}. {error}")
    unreadable = worded(n, "the only picture could not be read", f"none of the {n:,} pictures could be read")
    return SourceError(f"Study '{study.name}': {unreadable}. Open it again.")


def row_digests(inputs: Any) -> Digests:
    """Compute a digest of the content of each input.

    Parameters
    ----------
    inputs : array, `EncodedPictures`, `NumberTable` or `TextList`
        Inputs of a study, of length n.

    Returns
    -------
    uint8 array (n, 16)
        BLAKE2b, 128 bits; those of files are known already.
    """
    if isinstance(inputs, EncodedPictures):
        return inputs.digests
    if isinstance(inputs, TextList):
        texts = (blake2b(text.encode(errors="surrogatepass"), digest_size=DIGEST_SIZE) for text in inputs.values)
        return np.frombuffer(b"".join(text.digest() for text in texts), np.uint8).reshape(-1, DIGEST_SIZE)
    hashed = (blake2b(np.ascontiguousarray(inputs[row]).data, digest_size=DIGEST_SIZE) for row in range(len(inputs)))
    return np.frombuffer(b"".join(digest.digest() for digest in hashed), np.uint8).reshape(-1, DIGEST_SIZE)
