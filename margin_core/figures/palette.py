"""Which color means what, the same in every view.

Classes take the Okabe-Ito colors (distinguished with any color vision) and, from the ninth on, a fixed
extension; beyond twenty classes only the most frequent are colored and the rest is gray. Scores run
through cividis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from plotly.colors import sample_colorscale, unlabel_rgb

CLASS_COLORS = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8A7BD1", "#B8A800",
    "#7F3C8D", "#8C5A3C", "#E73F74", "#5C6F2B", "#3969AC", "#F97B72", "#00868B", "#A5AA99",
    "#4B4B8F", "#C7A27C", "#80BA5A", "#A01C5B",
)  # fmt: skip
"""Okabe-Ito with its yellow and black replaced, both of which vanish on one of the two backgrounds."""

COLOR_WORDS = {
    "blue": "#0072B2", "orange": "#E69F00", "green": "#009E73", "pink": "#CC79A7", "red": "#D55E00",
    "yellow": "#B8A800", "purple": "#7F3C8D", "violet": "#7F3C8D", "brown": "#8C5A3C", "magenta": "#E73F74",
    "teal": "#00868B", "turquoise": "#00868B", "cyan": "#56B4E9", "gray": "#A5AA99", "grey": "#A5AA99",
}  # fmt: skip
"""Of the colors above, the one that a word for a color means."""

OTHER = "#9AA3AD"
"""A class without a color of its own, and whatever is not known."""

STATES = (
    ("not looked at", "#9AA3AD"),
    ("suspect, open", "#D55E00"),
    ("kept", "#009E73"),
    ("relabeled", "#0072B2"),
    ("skipped", "#B8A800"),
    ("excluded", "#7F3C8D"),
)
"""Review states in the order of their codes."""

ROLES = (("prototype", "#0072B2"), ("criticism", "#D55E00"))
"""Prototypes and criticisms."""

SIGNED = ("#0B5FA5", "#F2F2F2", "#D55E00")
"""Below zero, zero and above, of anything signed; nearly white, to be seen on white."""

N_SHADES = 251
"""Shades of a score: 0 to 250 fit a byte and leave 255 for what has none."""


def class_colors(n_classes: int) -> list[str]:
    """Return the color of each class number; gray from the twenty-first on.

    Parameters
    ----------
    n_classes : int
        c.

    Returns
    -------
    list of str, length c
        Hex.
    """
    return [CLASS_COLORS[number] if number < len(CLASS_COLORS) else OTHER for number in range(n_classes)]


def colors_by_name(names: Sequence[str]) -> list[str]:
    """Return the color of each class: those of `class_colors`, but a class that is called like a color has that one.

    A class "red" beside a green mark would be read as a mistake.

    Parameters
    ----------
    names : sequence of str, length c

    Returns
    -------
    list of str, length c
        Hex; no two of the first twenty are the same.
    """
    own: dict[int, str] = {}
    for number, name in enumerate(names[: len(CLASS_COLORS)]):
        meant = {COLOR_WORDS[word] for word in re.findall(r"[a-z]+", name.lower()) if word in COLOR_WORDS}
        if len(meant) == 1 and not meant & set(own.values()):
            own[number] = meant.pop()
    free = iter(color for color in CLASS_COLORS if color not in own.values())
    return [own.get(number) or next(free, OTHER) for number in range(len(names))]


def signed_colors() -> list[str]:
    """Return the shades of a signed quantity: blue below zero, white at it, orange above.

    Returns
    -------
    list of str, length `N_SHADES`
        Hex.
    """
    ends = [f"rgb{tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))}" for color in SIGNED]
    shades = sample_colorscale(ends, [step / (N_SHADES - 1) for step in range(N_SHADES)])
    return ["#" + "".join(f"{round(part):02x}" for part in unlabel_rgb(shade)) for shade in shades]


def score_colors() -> list[str]:
    """Return the shades of a score from low to high.

    Returns
    -------
    list of str, length `N_SHADES`
        Hex.
    """
    shades = sample_colorscale("Cividis", [step / (N_SHADES - 1) for step in range(N_SHADES)])
    return ["#" + "".join(f"{round(part):02x}" for part in unlabel_rgb(shade)) for shade in shades]
