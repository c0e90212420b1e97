"""Features and class probabilities in a file of their own, one row for each sample of a source, matched by id."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from margin_core.errors import SourceError
from margin_core.storage.archive import read_npz
from margin_core.storage.file_digest import compute_file_digest
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.samples import Samples, listed

PARTS = ("embedding", "probabilities")


def with_outputs(samples: Samples, path: Path) -> Samples:
    """Return samples with the features and class probabilities that a file holds for them.

    Parameters
    ----------
    samples : Samples
        With ids.
    path : Path
        An ``.npz`` with ``ids`` (n,) in any order, and ``embedding`` (n, d), out-of-sample ``probabilities`` (n, c), or
        both.

    Returns
    -------
    Samples

    Raises
    ------
    SourceError
        The file cannot be read, lacks these arrays, or is not about exactly these samples.
    """
    arrays = read_npz(path)
    given = [part for part in PARTS if part in arrays]
    if "ids" not in arrays or not given:
        raise SourceError(f"'{path}' must hold 'ids', and 'embedding' or 'probabilities'. Save them under these names.")
    ids = arrays["ids"].astype(str)
    known = samples.ids
    if known is None:
        raise SourceError(f"'{path}' is matched by ids, and the samples have none. Add a column of ids.")
    if len(ids) != len(np.unique(ids)) or any(len(arrays[part]) != len(ids) for part in given):
        raise SourceError(f"'{path}' must hold one row for each id, and each id once. Save it again.")
    order = np.argsort(ids)
    places = np.minimum(np.searchsorted(ids[order], known), len(ids) - 1)
    rows = order[places]
    lacking = known[ids[rows] != known]
    if len(lacking) or len(ids) != len(known):
        extra = np.setdiff1d(ids, known)
        what = f"lacks {listed(lacking.tolist())}" if len(lacking) else f"holds {listed(extra.tolist())} besides"
        raise SourceError(f"'{path}' is about other samples: it {what}. Save a row for each sample, and no other.")
    found: dict[str, Any] = {part: np.asarray(arrays[part][rows], dtype=np.float32) for part in given}
    key = None if samples.key is None else fingerprint("outputs", samples.key, compute_file_digest(path))
    return replace(samples, **found, key=key)
