"""The sample of the reference that is nearest to a new one, as the panel shows it."""

from __future__ import annotations

import numpy as np

from dashboard.shared.sample_panel.component import NearestSample
from dashboard.study.open_study import OpenStudy
from dashboard.study.pictures import PictureBook
from dashboard.views.new_data import wording
from margin_core.values import UNLABELED, Explanation, Need


def reference_pictures(opened: OpenStudy) -> PictureBook:
    """Return the samples of the reference, as the browser can show them; of a study that has one."""

    def make() -> PictureBook:
        workspace = opened.audited.opened.workspace
        return PictureBook(opened.study.reference, None if workspace is None else workspace.of_reference)

    return opened.memory.recall("reference_pictures", "", make)


def nearest_in_reference(opened: OpenStudy, found: Explanation, row: int | None) -> NearestSample | None:
    """Return the nearest sample of the reference.

    Parameters
    ----------
    found : Explanation
        Of `Drift` on this study.
    row : int or None
        Of the new sample.

    Returns
    -------
    NearestSample or None
        By its name and class alone where the reference has features and no content; None where no sample is picked, or
        where it has no features.
    """
    if row is None:
        return None
    (place,) = np.flatnonzero(found.rows == row)
    name = str(found.findings.evidence["nearest_id"][place])
    if not name:
        return None
    reference, pictures = opened.study.reference, reference_pictures(opened)
    other = int(reference.row_of[name])
    label = int(reference.labels[other]) if reference.has(Need.LABELS) else UNLABELED
    return {
        "title": wording.NEAREST,
        "id": name,
        "label": "" if label == UNLABELED else str(reference.class_names[label]),
        "picture": f"reference/picture/{other}" if pictures.kind == "picture" else "",
        "excerpt": pictures.excerpt(other),
    }
