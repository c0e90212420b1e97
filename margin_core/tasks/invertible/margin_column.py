"""The signed margin as a column of a study, and as a signal on its graph."""

from __future__ import annotations

from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.invertible.trained_surrogate import TrainedSurrogate
from margin_core.values import Study

NAME = "margin"


def with_margin_column(study: Study, trained: TrainedSurrogate) -> Study:
    """Return a study with the signed margin of every sample as the column ``margin``.

    Parameters
    ----------
    study : Study
        The one that the surrogate was trained on.
    trained : TrainedSurrogate
        Its margins become the column, see `compute_signed_margins`.

    Returns
    -------
    Study
        The other parts are shared, and rankings that do not read the column stay what they were.
    """
    column = {NAME: trained.margins}
    known = {f"column {NAME}": fingerprint(trained.fingerprint)}
    return study.replace(columns={**study.columns, **column}, parts=known)
