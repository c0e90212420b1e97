"""The label of each sample of a data set: the thing that is audited.

Today that is one class a sample, and readers, tasks, review and export work with its class numbers. A study holds them
behind `Target`, so that a list of classes, a number or a set of boxes has a place beside `ClassLabels`; what reads
`study.labels` then says that it needs classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, final, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from margin_core.values.arrays import UNLABELED, Ints, freeze


@runtime_checkable
class Target(Protocol):
    """The labels of n samples, of whatever kind.

    Attributes
    ----------
    kind : str
        What one sample is given, in words: ``"class"``.
    """

    kind: ClassVar[str]

    def __len__(self) -> int: ...

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Samples without a label, (n,)."""
        ...

    def text(self, row: int) -> str:
        """Return the label of one sample as a person reads it.

        Parameters
        ----------
        row : int

        Returns
        -------
        str
            Empty where there is none.
        """
        ...


@final
@dataclass(frozen=True, eq=False)
class ClassLabels:
    """One class a sample.

    Attributes
    ----------
    class_names : tuple of str, length c
    numbers : int array (n,)
        Class number of each sample, 0 to c - 1; `UNLABELED` (-1) where there is none.

    Examples
    --------
    >>> import numpy as np
    >>> labels = ClassLabels(("cat", "dog"), np.array([1, -1, 0]))
    >>> labels.text(0), labels.text(1), labels.missing.tolist()
    ('dog', '', [False, True, False])
    """

    kind: ClassVar[str] = "class"

    class_names: tuple[str, ...]
    numbers: Ints

    def __post_init__(self) -> None:
        freeze(self, "numbers")

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Samples without a label, (n,)."""
        return np.asarray(self.numbers == UNLABELED)

    def text(self, row: int) -> str:
        """Return the name of a sample's class.

        Parameters
        ----------
        row : int

        Returns
        -------
        str
            Empty where the label is missing.
        """
        number = int(self.numbers[row])
        return "" if number == UNLABELED else self.class_names[number]
