"""Saliency methods compared over a sample of the study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from dashboard.shared.components import register
from dashboard.views.saliency.component import Way

_mount = register(__name__)


class ComparisonData(TypedDict):
    """What can be compared.

    Attributes
    ----------
    ways
        Methods that fit the study.
    methods
        Those that are chosen to begin with.
    samples
        How many samples can be asked for.
    total
        How many the study has.
    """

    study: str
    ways: tuple[Way, ...]
    methods: tuple[str, ...]
    samples: tuple[int, ...]
    total: int


def method_comparison(
    study: str, ways: Sequence[Way], methods: Sequence[str], samples: Sequence[int], total: int, *, key: str
) -> None:
    """Mount the table.

    What was measured before is shown at once; more is measured in the background when somebody asks for it.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    ways
        Methods that fit the study.
    methods
        Those that are chosen to begin with.
    samples
        How many samples can be asked for.
    total
        How many the study has.
    key
        Streamlit's key of the component.
    """
    _mount(
        key=key,
        data=ComparisonData(study=study, ways=tuple(ways), methods=tuple(methods), samples=tuple(samples), total=total),
    )
