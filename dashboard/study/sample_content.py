"""What a person reads of a sample that is a text or a row: its words and values, those that count marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from dashboard.study.open_study import OpenStudy
from dashboard.study.payloads import SampleContent, TextPieces, ValueLine, ValuePlaces
from margin_core.evidence import ColumnPlaces, MarkedPiece, PlacedValue, ValuePlace, WordEvidence, fold_text, mark_words
from margin_core.evidence.column_places import order_by_typicality
from margin_core.study.inputs.sample_display import shown_kind, values_beside
from margin_core.values import UNLABELED

FOLDED_FROM = 1_200
"""Characters of a text up to which all of it is shown at first."""

SHORT = 240
"""Characters of a text where there is little room."""

MAX_READ = 4_000
"""Characters of a neighbor's text in which words in common are looked for."""

CARDS_KEPT = 300
"""Samples whose words and values are kept in memory, marked."""

COLUMNS_COMPARED = 6
"""Columns in which the neighbors of a row are shown beside it."""

MAX_LINES = 4
"""Values of a row at a glance."""

PAIRS_KEPT = 512
"""Pairs of classes whose telling columns are kept."""

DECIMALS = 3


class ComparedNeighbor(TypedDict, total=False):
    """What a neighbor shares with a sample, and where it differs."""

    pieces: TextPieces
    values: list[str]
    differs: list[bool]


class Glance(TypedDict, total=False):
    """What can be read of a sample at a glance."""

    pieces: TextPieces
    lines: list[ValueLine]


def readable_content(opened: OpenStudy, row: int, given: int, suggested: int) -> SampleContent:
    """Return what a sample is made of, with what is evidence for and against its given class.

    Parameters
    ----------
    row : int
    given, suggested : int
        Classes; -1: none.

    Notes
    -----
    A text of 10,000 characters: 5 ms; a row of 200 columns: 2 ms. Kept, since every decision asks for the next samples.
    """
    key = (row, given, suggested)
    return opened.memory.recall("content", key, lambda: _content(opened, *key), capacity=CARDS_KEPT)


def _content(opened: OpenStudy, row: int, given: int, suggested: int) -> SampleContent:
    content = opened.pictures.content(row)
    words, columns = word_evidence(opened), column_places(opened)
    if words is not None:
        pieces = mark_words(content.pop("text", ""), words.marked_words(row, given, suggested))
        content["pieces"] = _rounded(pieces)
        length = sum(len(piece.text) for piece in pieces)
        if length > FOLDED_FROM:
            content["folded"] = _rounded(fold_text(pieces, FOLDED_FROM))
        if length > SHORT:
            content["short"] = _rounded(fold_text(pieces, SHORT))
    elif columns is not None:
        content["places"] = _value_places(columns.row(row, given, suggested))
    others = values_beside(opened.study, row)
    if others:
        content["others"] = [[one.name, one.value] for one in others]
        beside = places_beside(opened)
        placed = {} if beside is None else {one.name: one for one in beside.row(row, given, suggested)}
        if placed:
            unplaced = (PlacedValue(one.name, one.value, False, None, None) for one in others)
            content["otherPlaces"] = _value_places([placed.get(one.name, one) for one in unplaced])
    return content


def compared_columns(opened: OpenStudy, row: int, given: int) -> list[int]:
    """Select the columns in which a row is compared with its neighbors: the most unusual first."""
    columns = column_places(opened)
    if columns is None:
        return []
    order: list[int] = opened.memory.recall(
        "compared_columns", (row, given), lambda: order_by_typicality(columns.row(row, given, UNLABELED)),
        capacity=CARDS_KEPT,
    )  # fmt: skip
    return order[:COLUMNS_COMPARED]


def compare_neighbors(
    opened: OpenStudy, row: int, neighbors: Sequence[int], columns: Sequence[int]
) -> dict[int, ComparedNeighbor]:
    """Return for each neighbor of a sample what it shares with it, or its values in some columns."""
    key = (row, *neighbors)
    return opened.memory.recall(
        "compared", key, lambda: _compared(opened, row, neighbors, columns), capacity=CARDS_KEPT
    )


def _compared(
    opened: OpenStudy, row: int, neighbors: Sequence[int], columns: Sequence[int]
) -> dict[int, ComparedNeighbor]:
    words, places = word_evidence(opened), column_places(opened)
    if words is not None:
        inputs = opened.study.inputs
        weighed = words.weigh(str(inputs[row]))
        return {other: {"pieces": _shared(words, weighed, str(inputs[other])[:MAX_READ])} for other in neighbors}
    if places is None:
        return {other: {} for other in neighbors}
    return {
        other: {
            "values": places.written(other, columns),
            "differs": places.differs(row, other)[list(columns)].tolist(),
        }
        for other in neighbors
    }


def readable_sample(opened: OpenStudy, row: int, label: int, against: int, *, most_unusual: bool = False) -> Glance:
    """Return what can be read of a sample at a glance: a text with marked words, or some of its values.

    Parameters
    ----------
    row : int
    label, against : int
        The classes that words are evidence for, and that values are to tell apart; -1: all but the other.
    most_unusual : bool
        Whether the values are those that are most unusual in the class, and not those that tell the classes apart.
    """
    words, columns = word_evidence(opened), column_places(opened)
    if words is not None:
        pieces = mark_words(str(opened.study.inputs[row]), words.marked_words(row, label, against))
        return {"pieces": _rounded(fold_text(pieces, SHORT))}
    if columns is None:
        return {}
    placed = columns.row(row, label, UNLABELED)
    shown = order_by_typicality(placed) if most_unusual else telling_columns(opened, label, against)
    return {
        "lines": [
            {
                "name": placed[column].name,
                "value": placed[column].value,
                "share": _share(placed[column].given),
                "isNumber": placed[column].is_number,
                "isUnusual": placed[column].is_unusual,
            }
            for column in shown[:MAX_LINES]
        ]
    }


def telling_columns(opened: OpenStudy, label: int, against: int) -> list[int]:
    """Order the columns of a study of rows by how well they tell two classes apart, the best first."""
    columns = column_places(opened)
    if columns is None:
        return []
    found: list[int] = opened.memory.recall(
        "telling_columns", (label, against), lambda: columns.telling_columns(label, against), capacity=PAIRS_KEPT
    )
    return found


def word_evidence(opened: OpenStudy) -> WordEvidence | None:
    """Return the words of a study of texts, None for others."""
    if shown_kind(opened.study) != "text":
        return None
    found: WordEvidence | None = opened.memory.recall("words", "", lambda: WordEvidence.from_study(opened.study))
    return found


def column_places(opened: OpenStudy) -> ColumnPlaces | None:
    """Return the columns of a study of rows, None for others."""
    if shown_kind(opened.study) != "values":
        return None
    found: ColumnPlaces | None = opened.memory.recall("columns", "", lambda: ColumnPlaces.from_study(opened.study))
    return found


def places_beside(opened: OpenStudy) -> ColumnPlaces | None:
    """Return the columns beside the samples of a study of pictures or texts, None where there are none."""
    # In a tuple: that there are none is kept, too.
    found: tuple[ColumnPlaces | None] = opened.memory.recall("beside", "", lambda: (ColumnPlaces.beside(opened.study),))
    return found[0]


def _shared(words: WordEvidence, weighed: dict[str, float], other: str) -> TextPieces:
    return _rounded(fold_text(mark_words(other, words.shared_with(weighed, other)), SHORT))


def _rounded(pieces: Sequence[MarkedPiece]) -> TextPieces:
    return [(piece.text, round(piece.weight, DECIMALS)) for piece in pieces]


def _value_places(placed: Sequence[PlacedValue]) -> ValuePlaces:
    return {
        "isNumber": [one.is_number for one in placed],
        "given": [_share(one.given) for one in placed],
        "suggested": [_share(one.suggested) for one in placed],
        "unusualGiven": [one.is_unusual for one in placed],
        "unusualSuggested": [one.suggested is not None and one.suggested.is_unusual for one in placed],
        "order": order_by_typicality(placed),
    }


def _share(place: ValuePlace | None) -> float | None:
    return None if place is None else round(place.share, DECIMALS)
