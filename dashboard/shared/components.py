"""What the components share, in Python: how one is registered, and the classes as the browser shows them."""

from __future__ import annotations

import base64
import re
from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from dashboard.server.program import loader

Kind = Literal["picture", "values", "text", "none"]
"""What a sample is to the eye."""


class ClassEntry(TypedDict):
    """One class as the browser shows it; its place in the list is its number.

    Attributes
    ----------
    color
        As in a style sheet.
    key
        The key that relabels to it; empty for none.
    """

    name: str
    color: str
    key: str


class SamplePicked(TypedDict):
    """A sample that was clicked.

    Attributes
    ----------
    seq
        Grows with every gesture, over reloads of the page too, so that a new one differs from one that was answered.
    """

    row: int
    seq: int


class VersionReported(TypedDict):
    """A version of the decisions: the menu names one that is to be shown, a review one that is in the log.

    Attributes
    ----------
    seq
        As that of `SamplePicked`.
    """

    version: int
    seq: int


def register(module: str) -> ComponentRenderer:
    """Register the component beside a module with Streamlit, once, when that is imported.

    Parameters
    ----------
    module
        The ``__name__`` of the module; its JavaScript and its style sheet lie beside it under the same name.

    Returns
    -------
    ComponentRenderer
        Call it with ``data=`` and ``key=`` to mount the component.
    """
    name = module.removeprefix("dashboard.").replace(".", "/")
    return component(f"margin_{name.replace('/', '_')}", js=loader(name), isolate_styles=True)


def base64_of(array: NDArray[Any]) -> str:
    """Return the bytes of an array as base64, in which a payload carries them."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def no_callback() -> None:
    """Do nothing: Streamlit names the states of a component by their callbacks, and some have nothing to add."""


def class_entries(names: tuple[str, ...] | list[str], colors: tuple[str, ...] | list[str]) -> list[ClassEntry]:
    """Classes with the key that relabels to each.

    A class whose whole name is one digit gets that digit, so that eight is ``8`` and not the ninth key. When no name is
    a digit, the first nine classes get ``1`` to ``9`` and the tenth ``0``. The others have no key (``""``) and are
    typed.

    Parameters
    ----------
    names
        Class names, in the order of their numbers.
    colors
        One CSS color per class.

    Returns
    -------
    list of ClassEntry
        One entry per class, in the same order.
    """
    digits = [name for name in names if re.fullmatch("[0-9]", name)]
    in_order = iter(key for key in "1234567890" if key not in digits)
    keys = [name if name in digits else next(in_order, "") for name in names]
    return [ClassEntry(name=name, color=color, key=key) for name, color, key in zip(names, colors, keys, strict=True)]
