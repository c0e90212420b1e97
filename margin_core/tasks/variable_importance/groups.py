"""Groups of variables that count as one: named by hand, or the patches of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np

from margin_core.errors import ParameterError
from margin_core.tasks.variable_importance.variables import Variables
from margin_core.values import Ints

JOINT, BETWEEN = "+", ";"
"""What stands between the names of a group, and between groups."""


def group_name(names: Sequence[str]) -> str:
    """Return what a group of variables is called.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    str
        ``age + fare``.
    """
    return f" {JOINT} ".join(names)


def find_groups(variables: Variables, text: str) -> list[Ints]:
    """Return the groups that a text names.

    Parameters
    ----------
    variables : Variables
    text : str
        Such as ``age + fare; north + east``; a number: the side of patches, for pixels.

    Returns
    -------
    list of int arrays
        Places among the variables; ascending.

    Raises
    ------
    ParameterError
        A name is unknown or in two groups, a group has no two variables, or there are no pixels to make patches of.
    """
    if text.strip().isdigit():
        return patch_groups(variables, int(text))
    groups = []
    taken: dict[int, str] = {}
    for group in filter(None, map(str.strip, text.split(BETWEEN))):
        places = sorted(set(_places(variables.names, group)))
        if len(places) < 2:
            raise ParameterError(f"The group '{group}' has one variable. Write two or more, with {JOINT} between them.")
        for place in places:
            if place in taken:
                raise ParameterError(f"'{variables.names[place]}' is in the groups '{taken[place]}' and '{group}'.")
            taken[place] = group
        groups.append(np.array(places))
    return groups


def patch_groups(variables: Variables, side: int) -> list[Ints]:
    """Return squares of pixels.

    Parameters
    ----------
    variables : Variables
        The pixels of pictures, row by row.
    side : int
        Of a square, in pixels; those at the right and lower edge may be smaller.

    Returns
    -------
    list of int arrays
        Row by row.

    Raises
    ------
    ParameterError
        There are no pixels, or the side is not positive.
    """
    if not variables.width or side < 1:
        raise ParameterError(
            f"Patches of {side} × {side} are made of pixels, and the variables are {len(variables.names):,} "
            f"{variables.kind}. Name the variables of a group instead, such as 'age {JOINT} fare'."
        )
    rows, columns = np.divmod(np.arange(len(variables.names)), variables.width)
    patches = (rows // side) * -(-variables.width // side) + columns // side
    return [np.flatnonzero(patches == patch) for patch in range(int(patches.max()) + 1)]


def _places(names: Sequence[str], group: str) -> list[int]:
    """Return the places of the names that are joined in a text; a name may have the sign that joins them."""
    known = {name.strip(): place for place, name in enumerate(names)}
    parts, found, start = group.split(JOINT), [], 0
    while start < len(parts):
        ends = range(len(parts), start, -1)
        end = next((end for end in ends if JOINT.join(parts[start:end]).strip() in known), None)
        if end is None:
            unknown = parts[start].strip()
            near = get_close_matches(unknown, names, n=3) or list(names[:3])
            raise ParameterError(f"There is no variable '{unknown}'. Near to it: {', '.join(near)}.")
        found.append(known[JOINT.join(parts[start:end]).strip()])
        start = end
    return found
