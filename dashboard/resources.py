"""Where the files lie that the dashboard reads besides its modules."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""What holds ``dashboard``, ``assets``, ``sample_data`` and ``.streamlit``: a checkout, or their folder in a wheel."""


FIRST_STUDY = "trashnet"
"""The bundled study that is opened when none is named."""


def resource(name: str) -> Path:
    """Return the path of a file or folder that the dashboard reads.

    Parameters
    ----------
    name : str
        Its place in the repository, for instance ``"assets/style.css"``.

    Returns
    -------
    Path
        The same in a checkout, an editable install and an installed wheel, which all lay the folders side by side.
    """
    return ROOT / name
