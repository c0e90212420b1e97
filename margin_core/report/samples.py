"""Samples as they stand in a report: small pictures inside the file, the beginning of a text, a few values."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from margin_core.errors import MarginError
from margin_core.report.markup import Html, element, named
from margin_core.study.inputs.shown import named_values, shown_kind, to_picture
from margin_core.values import Study

LONGEST_SIDE = 192
"""Pixels of the longest side of a picture: two inches of paper."""

PIXEL_ART = 64
"""Up to this size a picture is kept pixel for pixel."""

MAX_LETTERS = 320
MAX_VALUES = 10


def show_sample(study: Study, row: int) -> Html:
    """Return a sample as a picture, text or values.

    Parameters
    ----------
    study : Study
    row : int

    Returns
    -------
    Html
        Says why where a picture cannot be read.
    """
    match shown_kind(study):
        case "picture":
            try:
                pixels = to_picture(study.inputs[row])
            except MarginError as error:
                return element("p", str(error), class_="unreadable")
            return show_picture(pixels, f"sample {study.ids[row]}")
        case "text":
            text = " ".join(str(study.inputs[row]).split())
            return element(
                "p", text if len(text) <= MAX_LETTERS else f"{text[: MAX_LETTERS - 1].rstrip()}…", dir="auto"
            )
        case "values":
            values = named_values(study, row)
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
        case _:
            return element("p", "no picture or text", class_="unreadable")


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
    is_pixel_art = max(image.size) <= PIXEL_ART
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
