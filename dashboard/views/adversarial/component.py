"""Pairs of a clean and an attacked picture, stepped through by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

from dashboard.shared.components import ClassEntry, SamplePicked, register

_mount = register(__name__)


class AttackedPairsData(TypedDict):
    """Which attack is shown.

    Attributes
    ----------
    attack
        Key of the result in the addresses of its pairs.
    score
        Name of the score that the pairs are ordered by.
    scoreTitle
        What it is called.
    """

    study: str
    attack: str
    score: str
    scoreTitle: str
    classes: tuple[ClassEntry, ...]


class AttackForgotten(TypedDict):
    """The server has begun anew, and no longer has the result whose pairs are shown."""

    attack: str


class AttackedPairsStates(TypedDict, total=False):
    """What the component reports."""

    picked: SamplePicked
    forgotten: AttackForgotten


def attacked_pairs(
    study: str,
    attack: str,
    score: str,
    score_title: str,
    classes: Sequence[ClassEntry],
    *,
    key: str,
    on_picked: Callable[[], None],
) -> None:
    """Mount the pairs; stepping from one to the next costs no rerun.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    attack
        Key of the result, as in ``/margin/<study>/attack/<key>/pairs``.
    score
        Name of the score that the pairs are ordered by.
    score_title
        What it is called.
    classes
        Name and color of every class, in the order of their numbers.
    key
        Streamlit's key of the component.
    on_picked
        Called before the rerun that the choice of a sample causes. `state.event` then has ``row`` under the name
        ``picked``.
    """
    _mount(
        key=key,
        data=AttackedPairsData(
            study=study, attack=attack, score=score, scoreTitle=score_title, classes=tuple(classes)
        ),
        on_picked_change=on_picked,
        on_forgotten_change=lambda: None,  # the rerun that it causes loads the result
    )  # fmt: skip
