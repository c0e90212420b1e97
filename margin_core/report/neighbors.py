"""The nearest neighbors of a text or a row in a report: what they share with it, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from margin_core.evidence import ColumnPlaces, WordEvidence, fold_text, mark_words
from margin_core.evidence.column_places import order_by_typicality
from margin_core.report.markup import Child, Html, element, named
from margin_core.report.samples import SampleViews
from margin_core.values import UNLABELED, Study

MAX_LETTERS = 160
"""Characters of a text."""

MAX_READ = 4_000
"""Characters of a text in which words in common are looked for."""

MAX_COLUMNS = 6
"""Columns in which rows are compared."""


def show_neighbors(views: SampleViews, row: int, label: int, neighbors: Sequence[int]) -> Html | None:
    """Return the neighbors of a text with the words that it shares, or those of a row with the values that differ.

    Parameters
    ----------
    views : SampleViews
    row : int
    label : int
        Class of the sample; the columns that are compared are those in which it is most unusual there.
    neighbors : sequence of int
        Rows.

    Returns
    -------
    Html or None
        None for other samples, and without neighbors.
    """
    if not neighbors:
        return None
    if views.words is not None:
        weighed = views.words.weigh(str(views.study.inputs[row]))
        return element("div", (_text(views.study, views.words, weighed, other) for other in neighbors), class_="near")
    return None if views.columns is None else _rows(views.columns, row, label, neighbors)


def _text(study: Study, words: WordEvidence, weighed: Mapping[str, float], row: int) -> Html:
    text = str(study.inputs[row])[:MAX_READ]
    folded = fold_text(mark_words(text, words.shared_with(weighed, text)), MAX_LETTERS)
    pieces = (_underlined(piece.text) if piece.weight else piece.text for piece in folded)
    return element("p", element("b", named(_label_of(study, row))), " ", element("span", pieces, dir="auto"))


def _rows(places: ColumnPlaces, row: int, label: int, neighbors: Sequence[int]) -> Html:
    shown = order_by_typicality(places.row(row, label, UNLABELED))[:MAX_COLUMNS]
    # No table in the cell of a table: readers lose their place in it.
    names = _cells(named(places.names[column]) for column in shown)
    head = element("div", element("span"), names, class_="soft line")
    own = _line("This sample", [named(value) for value in places.written(row, shown)])
    others = []
    for other in neighbors:
        differs, values = places.differs(row, other)[shown].tolist(), places.written(other, shown)
        marked = [_underlined(value) if differ else named(value) for value, differ in zip(values, differs, strict=True)]
        others.append(_line(_label_of(places.study, other), marked))
    return element("div", head, own, others, class_="near of-values", style=f"--columns: {len(shown)}")


def _line(name: str, values: Sequence[Child]) -> Html:
    return element("div", element("b", named(name)), _cells(values), class_="line")


def _cells(values: Iterable[Child]) -> list[Child]:
    return [[" ", element("span", value)] for value in values]


def _underlined(text: str) -> Html:
    return element("mark", named(text), class_="near")


def _label_of(study: Study, row: int) -> str:
    label = int(study.labels[row])
    return "no label" if label == UNLABELED else str(study.class_names[label])
