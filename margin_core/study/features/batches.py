"""What a model is shown: batches of inputs, and a digest of each input by which its output is remembered."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import SourceError
from margin_core.storage.file_digest import DIGEST_SIZE
from margin_core.study.contents import Digests
from margin_core.study.inputs.pictures import EncodedPictures, Picture, stack_pictures
from margin_core.study.inputs.texts import TextList
from margin_core.values import Study


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


def read_batch(inputs: Any, rows: NDArray[np.int64]) -> tuple[Any, NDArray[np.bool_]]:
    """Read the inputs of some rows that a model can be shown.

    Parameters
    ----------
    inputs : array, `EncodedPictures`, `NumberTable` or `TextList`
        Inputs of a study.
    rows : int array (b,)
        Rows to read.

    Returns
    -------
    readable : array, list or None
        Without the rows that cannot be shown; None when no row can.
    left_out : bool array (b,)
        Whether a row cannot be shown: a picture that cannot be read, or a row of numbers with a missing value.
    """
    if isinstance(inputs, EncodedPictures):
        with ThreadPoolExecutor(os.cpu_count()) as readers:
            pictures = list(readers.map(partial(_read_picture, inputs), rows.tolist()))
        readable = [picture for picture in pictures if picture is not None]
        return stack_pictures(readable) if readable else None, np.array([picture is None for picture in pictures])
    if isinstance(inputs, TextList):
        return [inputs.values[row] for row in rows.tolist()], np.zeros(len(rows), bool)
    values = np.asarray(inputs[rows])
    if values.ndim > 2:
        return values, np.zeros(len(rows), bool)
    values = values.astype(np.float32)
    left_out = ~np.isfinite(values).all(axis=1)
    return None if left_out.all() else values[~left_out], left_out


def _read_picture(files: EncodedPictures, row: int) -> Picture | None:
    try:
        return files[row]
    except SourceError:
        return None  # Counted, marked in the column 'unreadable' and named in a note.


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
    count = f"{len(study):,}"
    if not isinstance(study.inputs, EncodedPictures):
        return SourceError(f"Study '{study.name}': each of the {count} rows has a missing value. Fill some in.")
    try:
        study.inputs[0]
    except SourceError as error:
        return SourceError(f"Study '{study.name}': none of the {count} pictures can be read. {error}")
    return SourceError(f"Study '{study.name}': none of the {count} pictures could be read. Open it again.")


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
