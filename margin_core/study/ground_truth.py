"""The true labels of a study, where they are stored beside it: to evaluate a ranking, never to compute one."""

from __future__ import annotations

import numpy as np

from margin_core.errors import SourceError
from margin_core.storage.archive import read_npz
from margin_core.study.load import Opened
from margin_core.values import Ints


def true_labels(opened: Opened) -> Ints:
    """Read the true labels of a study that has them beside it.

    Parameters
    ----------
    opened : Opened
        The study, with the path of its true labels.

    Returns
    -------
    int array (n,)
        Class numbers.

    Raises
    ------
    SourceError
        The study has none, or the file does not hold one label a sample.
    """
    if opened.truth is None:
        raise SourceError("This study has no file of true labels. Name one as truth in its study.toml.")
    found, n = read_npz(opened.truth), len(opened.study)
    if "labels" not in found or len(found["labels"]) != n:
        raise SourceError(f"'{opened.truth}' must hold an array labels with {n:,} entries, one a sample.")
    return found["labels"].astype(np.int64)
