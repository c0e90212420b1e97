"""Numbers whose decimal points could as well divide thousands."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_PERHAPS_THOUSANDS = r"^[+-]?([1-9]\d{0,2}\.\d{3}|\d{1,3})$"
"""Numbers of which each dot, if there is one, could divide thousands."""


def find_doubtful_decimal(texts: pa.StringArray) -> str:
    """Return a text with a dot where the dots of all texts could divide thousands.

    Parameters
    ----------
    texts : StringArray
        Numbers.

    Returns
    -------
    str
        Such as ``8.300``; empty where a text shows what the dots are, or has none.
    """
    dotted = texts.filter(pc.match_substring(texts, "."))
    if not len(dotted) or not pc.all(pc.match_substring_regex(texts, _PERHAPS_THOUSANDS)).as_py():
        return ""
    return str(dotted[0].as_py())
