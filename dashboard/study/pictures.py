"""Pictures of samples as bytes for the browser, small ones kept in the workspace."""

from __future__ import annotations

import io
from contextlib import suppress
from functools import cached_property
from typing import Literal

from PIL import Image

from dashboard.study.payloads import SampleContent
from margin_core.errors import WorkspaceError
from margin_core.storage.archive import atomic_write
from margin_core.storage.workspace import Workspace
from margin_core.study.inputs.sample_display import (
    MAX_PIXEL_ART_SIDE,
    ShownKind,
    columns_beside,
    named_values,
    shown_kind,
    to_picture,
    values_beside,
    words_of,
)
from margin_core.values import Need, Study

Size = Literal["thumb", "full"]

MAX_SIDE = {"thumb": 160, "full": 1280}
"""Longest side in pixels; larger pictures are scaled down, smaller ones are left as they are."""

MAX_EXCERPT = 140
"""Characters that stand where a picture would, of a sample that is none."""

VALUES_NAMED = 6
"""Of a row of numbers at most so many stand there, each on its line; where there is less room, the first of them."""


class PictureBook:
    """The samples of a study, as the browser can show them.

    Parameters
    ----------
    study : Study
    workspace : Workspace or None
        Where thumbnails of large pictures are kept; without one, or where its disk is full, they are made each time.
    """

    def __init__(self, study: Study, workspace: Workspace | None) -> None:
        self._study = study
        self._folder = None
        if workspace is not None and study.has(Need.INPUTS):
            self._folder = workspace.thumbnails / study.parts["inputs"]

    @property
    def kind(self) -> ShownKind:
        """What a sample is to the eye; one that is nothing else may have words, or columns that say something of it."""
        return self._kind

    @cached_property
    def _kind(self) -> ShownKind:
        kind = shown_kind(self._study)
        if kind != "none":
            return kind
        return "text" if words_of(self._study, 0) is not None else "values" if columns_beside(self._study) else "none"

    def content(self, row: int) -> SampleContent:
        """Describe a sample for its card: a picture to fetch, its text or its values."""
        match self.kind:
            case "picture":
                return {"kind": "picture"}
            case "text":
                return {"kind": "text", "text": self._text(row)}
            case "values" if self._study.has(Need.INPUTS):
                values = named_values(self._study, row)
                features, others = (
                    [[one.name, one.value] for one in values if one.is_feature == wanted] for wanted in (True, False)
                )
                content: SampleContent = {"kind": "values", "values": features}
                return {**content, "others": others} if others else content
            case _:
                return {"kind": "values", "values": [["id", str(self._study.ids[row])]]}

    def excerpt(self, row: int) -> str:
        """Return the beginning of a text, or the first values of a row of numbers by name; empty for anything else.

        A queue asks for a dozen neighbors of each of its samples, so nothing is read that is not shown.
        """
        match self.kind:
            case "text":
                # Twice as much: what is no word is about to be left out.
                words = " ".join(self._text(row).lstrip()[: 2 * MAX_EXCERPT].split())
                return words if len(words) <= MAX_EXCERPT else f"{words[: MAX_EXCERPT - 1].rstrip()}…"
            case "values" if self._study.has(Need.INPUTS):
                return "\n".join(f"{name} {value}" for name, value, _ in named_values(self._study, row, VALUES_NAMED))
            case "values":
                beside = values_beside(self._study, row)[:VALUES_NAMED]
                return "\n".join(f"{name} {value}" for name, value, _ in beside)
            case _:
                return ""

    def _text(self, row: int) -> str:
        words = words_of(self._study, row)
        return str(self._study.inputs[row]) if words is None else words

    def picture(self, row: int, size: Size) -> tuple[bytes, str]:
        """Return a picture's bytes and media type.

        Raises
        ------
        SourceError
            The file cannot be read.
        """
        kept = None if self._folder is None else self._folder / f"{row // 1000}" / f"{row}.webp"
        if size == "thumb" and kept is not None and kept.is_file():
            return kept.read_bytes(), "image/webp"
        image = Image.fromarray(to_picture(self._study.inputs[row]))
        if max(image.size) <= MAX_PIXEL_ART_SIDE:
            return _encoded(image, "PNG"), "image/png"
        image.thumbnail((MAX_SIDE[size], MAX_SIDE[size]), Image.Resampling.LANCZOS)
        encoded = _encoded(image, "WEBP")
        if size == "thumb" and kept is not None:
            # A thumbnail is kept to save time; where it cannot be (a full disk), it is made again each time.
            with suppress(WorkspaceError), atomic_write(kept) as scratch:
                scratch.write_bytes(encoded)
        return encoded, "image/webp"


def _encoded(image: Image.Image, format: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **({"quality": 82, "method": 2} if format == "WEBP" else {}))
    return stream.getvalue()
