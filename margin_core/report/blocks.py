"""The blocks that sections of a report are built of: a figure with its caption, facts by name, a table."""

from __future__ import annotations

from collections.abc import Sequence

from margin_core.report.markup import Child, Html, element


def figure(title: str, drawing: Html, caption: str) -> Html:
    """Return a drawing between its title and its caption.

    Parameters
    ----------
    title : str
    drawing : Html
    caption : str

    Returns
    -------
    Html
    """
    return element("figure", element("h3", title), drawing, element("figcaption", caption))


def fact_table(facts: Sequence[tuple[str, Child]]) -> Html:
    """Return a table of two columns: names, and what holds.

    Parameters
    ----------
    facts : sequence of (str, Child)

    Returns
    -------
    Html
    """
    rows = (element("tr", element("th", name, scope="row"), element("td", value)) for name, value in facts)
    return element("table", element("tbody", rows))


def table(columns: Sequence[str], rows: Sequence[Sequence[Child]], numbers: Sequence[int] = ()) -> Html:
    """Return a table that scrolls where the page is too narrow for it.

    Parameters
    ----------
    columns : sequence of str
        Their names, c of them.
    rows : sequence of sequence of Child
        Each of length c.
    numbers : sequence of int
        Places of the columns that hold numbers, which are set to the right.

    Returns
    -------
    Html
    """
    kinds = ["number" if place in numbers else None for place in range(len(columns))]
    head = (element("th", name, scope="col", class_=kind) for name, kind in zip(columns, kinds, strict=True))
    body = (
        element("tr", (element("td", cell, class_=kind) for cell, kind in zip(row, kinds, strict=True))) for row in rows
    )
    return element(
        "div", element("table", element("thead", element("tr", head)), element("tbody", body)), class_="scroll"
    )
