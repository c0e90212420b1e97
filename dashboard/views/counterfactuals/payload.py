"""The path of a sample across a class boundary, as the browser steps through it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from dashboard.shared.components import base64_of
from dashboard.study.payloads import SampleReference
from margin_core.study.inputs.sample_display import written_variable
from margin_core.tasks.invertible import InputSpace, Surrogate, TrainedSurrogate
from margin_core.values.number_table import NumberTable

if TYPE_CHECKING:
    from margin_core.tasks.invertible import CounterfactualPath

COLUMNS_SHOWN = 12
"""Columns of a table that are sent: those that change most."""

_ZERO_TOLERANCE = 1e-6
"""Of the standard deviation of a column: what scaling and back leaves of 0 is smaller."""

HeatmapName = Literal["difference", "firstOrder", "integrated"]


class SignedHeatmap(TypedDict):
    """A number for each pixel.

    Attributes
    ----------
    largest
        Its largest size.
    values
        Base64 of one signed byte a pixel; 127 is the largest size.
    """

    largest: float
    values: str


class CounterfactualPicture(TypedDict):
    """The frames of a picture's path.

    Attributes
    ----------
    frames
        Base64 of one byte a value, frame after frame, row after row.
    """

    height: int
    width: int
    channels: int
    frames: str
    heatmaps: dict[HeatmapName, SignedHeatmap]


class CounterfactualColumns(TypedDict):
    """The frames of a table row's path, of the columns that change most.

    Attributes
    ----------
    total
        Columns that there are.
    frames
        Values as the table has them, frame after frame.
    outside
        Whether each is outside the range of the data, which no category is.
    heatmaps
        A number for each column; the difference in standard deviations, without a sign where a category changes.
    """

    total: int
    names: list[str]
    frames: list[list[str]]
    outside: list[list[bool]]
    heatmaps: dict[HeatmapName, list[float]]


class NearestExamples(TypedDict):
    """Samples that show where a path through the features is.

    Attributes
    ----------
    samples
        All of them, once.
    start, end
        Of the class that the path starts from, and of the other: rows, nearest first, frame after frame.
    """

    samples: list[SampleReference]
    start: list[list[int]]
    end: list[list[int]]


class AttributionGaps(TypedDict):
    """By how much the shares of the margin miss it, relative to it."""

    firstOrder: float
    integrated: float


class Counterfactual(SampleReference):
    """A sample carried across the boundary of two classes.

    Attributes
    ----------
    likelier
        A class that is likelier on this boundary than both; None: none is.
    margin
        Of the sample, to begin with.
    times
        When each frame is: 0 the sample, 1 the boundary.
    probabilities
        Of all classes, frame after frame.
    outside
        Share of values that leave the range of the data, of each frame.
    ratio
        How many times farther this boundary point lies than the nearest one; None: that is not known.
    reconstruction
        Largest error of going to the features and back.
    residual
        What is left of the margin on the boundary.
    trainedOn
        Whether the network has learned from this sample.
    picture, columns, nearest
        One of these is there: how pixels or columns change, or what is near to features.
    """

    given: int
    start: int
    end: int
    likelier: int | None
    margin: float
    times: list[float]
    probabilities: list[list[float]]
    outside: list[float]
    gaps: AttributionGaps
    ratio: float | None
    reconstruction: float
    residual: float
    trainedOn: bool
    picture: NotRequired[CounterfactualPicture]
    columns: NotRequired[CounterfactualColumns]
    nearest: NotRequired[NearestExamples]


def counterfactual_payload(
    sample: SampleReference, trained: TrainedSurrogate, found: CounterfactualPath, inputs: Any = None
) -> Counterfactual:
    """Write a crossing of a sample for the browser; `inputs` are the samples that the network was trained on."""
    space = trained.space
    counterfactual = Counterfactual(
        row=sample["row"],
        id=sample["id"],
        excerpt=sample["excerpt"],
        given=int(trained.labels[found.row]),
        start=found.start,
        end=found.end,
        likelier=found.third,
        margin=found.margin,
        times=np.round(found.times, 4).tolist(),
        probabilities=np.round(found.probabilities, 4).tolist(),
        outside=[round(space.share_outside(frame), 4) for frame in found.frames],
        gaps={"firstOrder": found.first_order_gap, "integrated": found.integrated_gap},
        ratio=_known(found.distance_ratio),
        reconstruction=found.reconstruction,
        residual=found.residual,
        trainedOn=not bool(trained.held_out[found.row]),
    )
    if space.kind == "picture":
        counterfactual["picture"] = _picture(space, found)
    else:
        counterfactual["columns"] = _columns(space, found, _table(space, trained.recipe, inputs))
    return counterfactual


def _table(space: InputSpace, recipe: Surrogate, inputs: Any) -> NumberTable:
    """Return the table that columns come from; features, and columns without names, are one as well."""
    if recipe.of == "inputs" and isinstance(inputs, NumberTable):
        return inputs
    names = dict(zip(space.columns.tolist(), space.names, strict=True))
    width = int(space.columns.max()) + 1
    return NumberTable(np.empty((0, width), np.float32), tuple(names.get(place, "") for place in range(width)))


def _picture(space: InputSpace, found: CounterfactualPath) -> CounterfactualPicture:
    channels, height, width = space.shape
    pixels = np.clip(np.round(space.values(found.frames)), 0, 255).astype(np.uint8)
    heatmaps: dict[HeatmapName, SignedHeatmap] = {}
    for name, values in _heatmaps(found).items():
        # Importance adds up over colors; of a difference the mean is as bright as the eye expects.
        shown = values.mean(axis=0) if name == "difference" else values.sum(axis=0)
        largest = float(np.abs(shown).max())
        scaled = np.round(127 * shown / largest) if largest > 0 else np.zeros_like(shown)
        heatmaps[name] = SignedHeatmap(largest=largest, values=base64_of(scaled.astype(np.int8)))
    return CounterfactualPicture(
        height=height, width=width, channels=channels, frames=base64_of(pixels), heatmaps=heatmaps
    )


def _columns(space: InputSpace, found: CounterfactualPath, table: NumberTable) -> CounterfactualColumns:
    """Return the columns of the table that change most; the numbers that stand for a category are one of them."""
    variable_of = table.variable_of[space.columns]
    variables = np.unique(variable_of)
    places = [np.flatnonzero(variable_of == variable) for variable in variables.tolist()]
    sizes = np.array([np.linalg.norm(found.difference[place]) for place in places])
    shown = np.argsort(-sizes, kind="stable")[:COLUMNS_SHOWN].tolist()
    values = space.values(found.frames)
    values = np.where(np.abs(values) < _ZERO_TOLERANCE * space.scale, 0, values)
    numeric = [
        table.names[space.columns[place[0]]] == table.variables[variable]
        for place, variable in zip(places, variables, strict=True)
    ]
    beyond = space.is_outside(found.frames)
    merged = {name: [_merged(one[places[number]], name) for number in shown] for name, one in _heatmaps(found).items()}
    return {
        "total": len(variables),
        "names": [table.variables[variables[number]] for number in shown],
        "frames": [
            [
                written_variable(table, int(variables[number]), space.columns[places[number]], frame[places[number]])
                for number in shown
            ]
            for frame in values
        ],
        "outside": [[numeric[number] and bool(frame[places[number]].any()) for number in shown] for frame in beyond],
        "heatmaps": merged,
    }


def _merged(values: NDArray[Any], name: HeatmapName) -> float:
    """Return what the columns of a variable have in common: importance adds up, a difference has a length."""
    whole = np.linalg.norm(values) if name == "difference" and len(values) > 1 else values.sum()
    return float(f"{float(whole):.4g}")


def _heatmaps(found: CounterfactualPath) -> dict[HeatmapName, NDArray[Any]]:
    """Return the values of each pixel or column, larger in magnitude = more of the change."""
    return {"difference": found.difference, "firstOrder": found.first_order, "integrated": found.integrated}


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None
