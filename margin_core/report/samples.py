"""Samples as they stand in a report: small pictures inside the file, the beginning of a text, a few values."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from margin_core.errors import MarginError
from margin_core.evidence import (
    ColumnPlaces,
    MarkedPiece,
    PlacedValue,
    ValuePlace,
    WordEvidence,
    fold_text,
    mark_words,
)
from margin_core.evidence.column_places import UNUSUAL, order_by_typicality
from margin_core.report.markup import Child, Html, element, named
from margin_core.study.inputs.sample_display import (
    MAX_PIXEL_ART_SIDE,
    named_values,
    shown_kind,
    to_picture,
    values_beside,
)
from margin_core.values import UNLABELED, Study
from margin_core.values.written_table import ShownValue

LONGEST_SIDE = 192
"""Pixels of the longest side of a picture: two inches of paper."""

MAX_LETTERS = 320
MAX_VALUES = 10

UNUSUAL_SIGN = "▲"


@dataclass(frozen=True, eq=False)
class SampleViews:
    """The samples of a study as a report shows them.

    Attributes
    ----------
    study : Study
    words : WordEvidence or None
        Of texts.
    columns : ColumnPlaces or None
        Of rows.
    beside : ColumnPlaces or None
        Columns that came beside pictures and texts.
    """

    study: Study
    words: WordEvidence | None = None
    columns: ColumnPlaces | None = None
    beside: ColumnPlaces | None = None

    @classmethod
    def from_study(cls, study: Study) -> SampleViews:
        """Return the samples of a study, with what is known of their words or values.

        Parameters
        ----------
        study : Study

        Returns
        -------
        SampleViews
        """
        words, columns = WordEvidence.from_study(study), ColumnPlaces.from_study(study)
        return cls(study, words, columns, ColumnPlaces.beside(study))

    def show(self, row: int, label: int = UNLABELED, against: int = UNLABELED) -> Html:
        """Return a sample as a picture, text or values.

        Parameters
        ----------
        row : int
        label, against : int
            Classes: words that are evidence for the first and the second are marked, values have their place in both.

        Returns
        -------
        Html
            Says why where a picture cannot be read.
        """
        match shown_kind(self.study):
            case "picture":
                try:
                    pixels = to_picture(self.study.inputs[row])
                except MarginError as error:
                    return element("p", str(error), class_="unreadable")
                return show_picture(pixels, f"sample {self.study.ids[row]}")
            case "text":
                marked = {} if self.words is None else self.words.marked_words(row, label, against)
                return self._show_text(row, mark_words(str(self.study.inputs[row]), marked), label, against)
            case "values":
                return self._show_values(row, label, against)
            case _:
                return element("p", "no picture or text", class_="unreadable")

    def show_beside(self, row: int, label: int = UNLABELED, against: int = UNLABELED) -> Html | None:
        """Return the columns that came beside a picture or a text, each value with its place.

        Parameters
        ----------
        row : int
        label, against : int
            Classes in which values have their place.

        Returns
        -------
        Html or None
            None where there is no column.
        """
        values = values_beside(self.study, row)
        if not values:
            return None
        places = [] if self.beside is None or label == UNLABELED else self.beside.row(row, label, against)
        known = {one.name: one for one in places}
        unplaced = (PlacedValue(one.name, one.value, False, None, None) for one in values)
        placed = [known.get(one.name, one) for one in unplaced]
        if shown_kind(self.study) == "picture":  # A card is too narrow for places: what is unusual is marked.
            return _short_list(placed)
        return self._placed_values(placed, label, against) if places else _plain_values(values)

    def legend(self, findings: Iterable[tuple[int, tuple[int, int]]], has_neighbors: bool = False) -> Html | None:
        """Return what the marks of texts or values mean.

        Parameters
        ----------
        findings : iterable of (int, (int, int))
            Row of each sample that is shown, and the two classes that it is compared with.
        has_neighbors : bool
            Whether neighbors are shown.

        Returns
        -------
        Html or None
            None where nothing is marked.
        """
        compared = [(row, *classes) for row, classes in findings if classes[0] != UNLABELED]
        parts: list[Child] = []
        if self.words is not None and any(self.words.marked_words(*one) for one in compared):
            parts += [
                "Marked words, by MARGIN’s linear probe of words, fitted without the sample’s label: ",
                [element("mark", "for", class_="for"), " the first class, "],
                [element("mark", "against", class_="against"), " it, for the second. "],
            ]
        unusual = f"{UNUSUAL_SIGN} unusual: at most {UNUSUAL:.0%} of the class lie as far out or are as rare. "
        if compared and shown_kind(self.study) == "picture":
            parts += [unusual] if self.beside is not None else []
        elif compared and (self.columns is not None or self.beside is not None):
            parts += [
                "Beside a number: the share of the class that is lower; beside a category: the share that has the "
                "same. ",
                unusual,
            ]
        if has_neighbors and (self.words is not None or self.columns is not None):
            what = "words in common" if self.words is not None else "values that differ"
            parts.append(["Below: the nearest neighbors, ", element("mark", what, class_="near"), "."])
        return element("p", parts, class_="soft") if parts else None

    def _show_text(self, row: int, pieces: Sequence[MarkedPiece], label: int, against: int) -> Html:
        folded = fold_text(pieces, MAX_LETTERS)
        words = (
            element(
                "mark", piece.text, class_="for" if piece.weight > 0 else "against",
                title=f"evidence for {self._name(label if piece.weight > 0 else against)}",
            )
            if piece.weight else piece.text
            for piece in folded
        )  # fmt: skip
        return element("p", words, dir="auto")

    def _show_values(self, row: int, label: int, against: int) -> Html:
        placed = [] if self.columns is None or label == UNLABELED else self.columns.row(row, label, against)
        if not placed:
            return _plain_values(named_values(self.study, row))
        return self._placed_values(placed, label, against)

    def _placed_values(self, placed: Sequence[PlacedValue], label: int, against: int) -> Html:
        order = range(len(placed)) if len(placed) <= MAX_VALUES else order_by_typicality(placed)[:MAX_VALUES]
        left = len(placed) - len(order)
        names = ["Column", "Value", *([f"Among {self._name(one)}" for one in (label, against) if one != UNLABELED])]
        most = f"The most unusual of {len(placed):,} columns; {left:,} more are not shown."
        # No table in the cell of a table: readers lose their place in it.
        return element(
            "div",
            element("div", (element("span", named(name), " ") for name in names), class_="soft line"),
            (self._value_line(placed[column], against) for column in order),
            element("p", most, class_="soft") if left else None,
            class_="placed" if against != UNLABELED else "placed in-one",
        )

    def _value_line(self, one: PlacedValue, against: int) -> Html:
        places = [one.given, one.suggested] if against != UNLABELED else [one.given]
        return element(
            "div",
            element("span", named(one.name)),
            " ",
            element("b" if one.is_unusual else "span", named(one.value)),
            ([" ", element("span", _place_words(place))] for place in places),
            class_="line",
        )

    def _name(self, label: int) -> str:
        return "the other classes" if label == UNLABELED else str(self.study.class_names[label])


def _short_list(values: Sequence[PlacedValue]) -> Html:
    order = range(len(values)) if len(values) <= MAX_VALUES else order_by_typicality(values)[:MAX_VALUES]
    left = len(values) - len(order)
    lines = (
        element(
            "div",
            element("dt", named(one.name)),
            element("dd", f"{UNUSUAL_SIGN} " if one.is_unusual else "", named(one.value)),
        )
        for one in (values[column] for column in order)
    )
    return element("dl", lines, element("div", element("dt", f"and {left:,} more")) if left else None, class_="beside")


def _plain_values(values: Sequence[ShownValue]) -> Html:
    more = len(values) - MAX_VALUES
    return element(
        "p",
        (
            [element("span", named(name), " ", element("b", value), "" if used else " (not a feature)"), " "]
            for name, value, used in values[:MAX_VALUES]
        ),
        f"and {more:,} more" if more > 0 else None,
        class_="values",
    )


def show_sample(study: Study, row: int) -> Html:
    """Return a sample as a picture, text or values, with nothing marked.

    Parameters
    ----------
    study : Study
    row : int

    Returns
    -------
    Html
        Says why where a picture cannot be read.
    """
    return SampleViews(study).show(row)


def _place_words(place: ValuePlace | None) -> str:
    if place is None:
        return "–"
    return f"{UNUSUAL_SIGN} {place.share:.0%}" if place.is_unusual else f"{place.share:.0%}"


def show_picture(pixels: NDArray[np.uint8], description: str) -> Html:
    """Return a picture that is part of the file.

    Parameters
    ----------
    pixels : uint8 array (h, w) or (h, w, 3)
    description : str
        For those who cannot see it.

    Returns
    -------
    Html
    """
    image = Image.fromarray(pixels)
    stream = io.BytesIO()
    is_pixel_art = max(image.size) <= MAX_PIXEL_ART_SIDE
    if is_pixel_art:
        image.save(stream, "PNG")
    else:
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        image.save(stream, "JPEG", quality=78)
    kind = "png" if is_pixel_art else "jpeg"
    return element(
        "img",
        src=f"data:image/{kind};base64,{base64.b64encode(stream.getvalue()).decode()}",
        alt=description,
        width=image.width,
        height=image.height,
        class_="pixels" if is_pixel_art else None,
    )
