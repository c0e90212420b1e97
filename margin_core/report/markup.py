"""HTML whose every text is escaped: whatever a file, class or person is called, it is shown and never obeyed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from margin_core.visible_text import visible_text

_VOID = frozenset({"img", "meta", "br"})


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
        f' {name.rstrip("_").replace("_", "-")}="{escape(_visible(str(value)))}"'
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
        return Html(escape(_visible(children)))
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


def _visible(text: str) -> str:
    return visible_text(text, keep="\t\n")
