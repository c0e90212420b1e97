"""The dashboard as an installed package, and where its entry point leads.

A wheel holds one folder ``margin_dashboard`` with this file as its ``__init__.py`` and, beside it as in a checkout,
``dashboard``, ``assets``, ``sample_data`` and ``.streamlit`` (``setup.py`` puts them there). So no package of the
general name ``dashboard`` lies in anybody's environment; it can be imported only once this module has been, which
``margin open`` does (docs/decisions/0021).
"""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
"""What holds ``dashboard``, ``assets`` and ``sample_data``: the folder of the wheel, or the checkout."""

if str(FOLDER) not in sys.path:
    sys.path.insert(0, str(FOLDER))

from dashboard.command import PURPOSE, add_arguments, run  # noqa: E402  # found by the line above

__all__ = ["FOLDER", "PURPOSE", "add_arguments", "run"]
