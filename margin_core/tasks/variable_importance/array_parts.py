"""Values whose parts are arrays, as a workspace stores them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from margin_core.values.arrays import AnyArray, freeze


@dataclass(frozen=True, eq=False, kw_only=True)
class ArrayParts:
    """A value all of whose fields are arrays; none can be written to."""

    def __post_init__(self) -> None:
        freeze(self, *(one.name for one in fields(self)))

    def to_arrays(self) -> dict[str, AnyArray]:
        """Return the parts as named arrays, for a workspace.

        Returns
        -------
        dict of str to array
        """
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, AnyArray]) -> Self:
        """Build the value from the arrays of `to_arrays`.

        Parameters
        ----------
        arrays : mapping of str to array
            As `to_arrays` names them; others are left alone.

        Returns
        -------
        ArrayParts
            Of this class.
        """
        return cls(**arrays)
