"""Text in which everything can be seen, for terminals and pages: whatever a file, class or person is called.

A control character in a name could steer a terminal, and one that turns the direction of writing could make a text read
as another. Tables are different: they give every text back exactly (`margin_core.review.export.tables`).
"""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""Characters that cannot be seen or turn the text around them; joiners, which scripts and emoji need, are not among."""


def visible_text(text: str, keep: str = "") -> str:
    r"""Return a text with its invisible and direction-changing characters spelled out.

    Parameters
    ----------
    text : str
    keep : str
        Characters that stay as they are, such as the line breaks of a text of several lines.

    Returns
    -------
    str

    Examples
    --------
    >>> visible_text("gpj.\u202epdf")
    'gpj.\\u202epdf'
    >>> visible_text("two\nlines"), visible_text("two\nlines", keep="\n")
    ('two\\u000alines', 'two\nlines')
    """
    return _UNSEEN.sub(lambda found: found[0] if found[0] in keep else f"\\u{ord(found[0]):04x}", text)
