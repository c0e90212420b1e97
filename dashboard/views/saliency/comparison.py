"""Saliency methods compared over a sample of the study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from dashboard.shared.components import register
from dashboard.views.saliency.component import SaliencyMethod

_mount = register(__name__)


class ComparisonData(TypedDict):
    """What can be compared.

    Attributes
    ----------
    available
        Methods that fit the study.
    methods
        Those that are chosen to begin with.
    samples
        How many samples can be asked for.
    total
        How many the study has.
    """

    study: str
    available: tuple[SaliencyMethod, ...]
    methods: tuple[str, ...]
    samples: tuple[int, ...]
    total: int


def method_comparison(
    study: str,
    available: Sequence[SaliencyMethod],
    methods: Sequence[str],
    samples: Sequence[int],
    total: int,
    *,
    key: str,
) -> None:
    """Mount the table.

    What was measured before is shown at once; more is measured in the background when somebody asks for it.

    Parameters
    ----------
    study
        Short key of the study in ``/margin/<study>/``.
    available
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
        data=ComparisonData(
            study=study, available=tuple(available), methods=tuple(methods), samples=tuple(samples), total=total
        ),
    )
