"""HTML whose every text is escaped: whatever a file, class or person is called, it is shown and never obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

_VOID = frozenset({"img", "meta", "br"})

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
"""Characters that cannot be seen or turn the text around them; joiners, which scripts and emoji need, are not among."""


@dataclass(frozen=True)
class Html:
    """A piece of HTML that is safe to stand in a page.

    Parameters
    ----------
    text : str
        Made by `element`; nothing else should make one of data.
    """

    text: str


Child: TypeAlias = "Html | str | int | Iterable[Child] | None"


def element(tag: str, *children: Child, **attributes: str | int | float | None) -> Html:
    """Return an element with escaped text and attributes.

    Parameters
    ----------
    tag : str
    *children : Html, str, int, iterable of these, or None
        Text is escaped, numbers are grouped in thousands, None is nothing.
    **attributes : str or number
        A name's underscores become hyphens, and one at its end is dropped (``class_``). None leaves it out.

    Returns
    -------
    Html

    Examples
    --------
    >>> element("td", "<script>", class_="given").text
    '<td class="given">&lt;script&gt;</td>'
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(visible(str(value)))}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = joined(children).text
    return Html(f"<{tag}{given}>" if tag in _VOID else f"<{tag}{given}>{inner}</{tag}>")


def joined(children: Child) -> Html:
    """Return several pieces, one after the other.

    Parameters
    ----------
    children : Html, str, int, iterable of these, or None

    Returns
    -------
    Html
    """
    if children is None:
        return Html("")
    if isinstance(children, Html):
        return children
    if isinstance(children, str):
        return Html(escape(visible(children)))
    if isinstance(children, int):
        return Html(f"{children:,}")
    return Html("".join(joined(child).text for child in children))


def named(text: str) -> Html:
    """Return somebody's name for something, kept from turning the direction of the words around it.

    Parameters
    ----------
    text : str

    Returns
    -------
    Html
    """
    return element("bdi", text)


def visible(text: str) -> str:
    r"""Return a text with its invisible and direction-changing characters spelled out.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> visible("gpj.\u202epdf")
    'gpj.\\u202epdf'
    """
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
