"""What a task calls its findings, and what a list of them states of each: in words, whatever shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from margin_core.values import Explanation

NO_NUMBER = "–"


class Name(str):
    """A class name or another text of the user's, which may be in any script and direction."""

    __slots__ = ()


Words: TypeAlias = str | tuple[str, ...]
"""Text, or runs of it; a `Name` among them is the user's."""


@dataclass(frozen=True)
class Role:
    """The names of one role of findings.

    Parameters
    ----------
    name : str
        As `Findings.roles` has it.
    one, several : str
        After their number: ``prototype``, ``prototypes``.
    heading : str
        Above a list of them.
    is_listed : bool
        False where they are only counted, because nothing was found about them.
    """

    name: str
    one: str
    several: str
    heading: str = ""
    is_listed: bool = True

    def counted(self, count: int) -> str:
        """Return a number of findings in words.

        Parameters
        ----------
        count : int

        Returns
        -------
        str
        """
        return f"{count:,} {self.one if count == 1 else self.several}"


WITHOUT_LABEL = Role("unlabelled", "sample without a label", "samples without a label", is_listed=False)
UNSCORED = Role("unscored", "sample that was not ranked", "samples that were not ranked", is_listed=False)
"""Roles that several tasks give to what they cannot rank."""


@dataclass(frozen=True)
class FindingText:
    """One finding in words.

    Parameters
    ----------
    headline : str or tuple of str
        Empty for none.
    facts : tuple of (str, str or tuple of str)
        What is stated, and its value; the same names, in the same order, for all findings of one role.
    """

    headline: Words = ""
    facts: tuple[tuple[str, Words], ...] = field(default=())


def describe_columns(explanation: Explanation, place: int) -> FindingText:
    """Return a finding as its score and every column of its evidence: what is stated where a task says nothing else.

    Parameters
    ----------
    explanation : Explanation
    place : int
        Of the finding.

    Returns
    -------
    FindingText
    """
    found = explanation.findings
    plain = {name: values for name, values in found.evidence.items() if values.ndim == 1}
    facts = ((in_words(name), _value(values[place])) for name, values in plain.items())
    return FindingText(facts=(("Score", decimal(found.scores[place], 3)), *facts))


def in_words(name: str) -> str:
    """Return a name of the code as the beginning of a sentence.

    Parameters
    ----------
    name : str
        In snake case.

    Returns
    -------
    str
    """
    return name.replace("_", " ").capitalize()


def decimal(value: float, digits: int) -> str:
    """Return a number with some digits after the point.

    Parameters
    ----------
    value : float
        A dash stands for NaN.
    digits : int

    Returns
    -------
    str
    """
    return NO_NUMBER if np.isnan(value) else f"{value:.{digits}f}"


def percent(value: float, digits: int = 0) -> str:
    """Return a share in percent.

    Parameters
    ----------
    value : float
        In [0, 1]; a dash stands for NaN.
    digits : int
        After the point.

    Returns
    -------
    str
    """
    return NO_NUMBER if np.isnan(value) else f"{value:.{digits}%}"


def _value(value: object) -> str:
    if isinstance(value, float | np.floating):
        return NO_NUMBER if np.isnan(value) else f"{value:.4g}"
    return Name(value)
