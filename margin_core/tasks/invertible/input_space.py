"""The input space of a surrogate: small pictures, columns of numbers, or features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import MissingPart, ModelError
from margin_core.study.inputs.texts import are_texts
from margin_core.study.samples import counted, listed
from margin_core.values import Doubles, Floats, Ints, Need, Study, freeze, usable_rows
from margin_core.values.arrays import MAX_ROUNDING

MAX_PICTURE_SIDE = 32
"""Pixels. With larger pictures training would take hours on a CPU."""

MAX_COLUMNS = 2048
"""As many as the widest of the usual features have, those of a ResNet-50."""

Kind = Literal["picture", "columns"]


@dataclass(frozen=True, eq=False, kw_only=True)
class InputSpace:
    r"""The encoding of samples as arrays for the network, and back.

    Pictures enter as :math:`x = v / 255`, columns as :math:`x_j = (v_j - \bar v_j) / s_j`; distances are measured in x.

    Attributes
    ----------
    kind : {'picture', 'columns'}
        What a sample is.
    shape : tuple of int
        Of one sample, for the network: ``(channels, h, w)`` or ``(d,)``.
    names : tuple of str
        Of the columns; empty for pictures.
    center, scale : float array (d,) or (1,)
        ``v = x * scale + center``.
    low, high : float32 array (d,) or (1,)
        The range of the data, in x.
    columns : int array (d,)
        Which columns of the source these are; constant and empty ones are left out. Empty for pictures.
    description : str
        What the samples are, in words.
    """

    kind: Kind
    shape: tuple[int, ...]
    names: tuple[str, ...]
    center: Floats | Doubles
    scale: Floats
    low: Floats
    high: Floats
    columns: Ints
    description: str

    def __post_init__(self) -> None:
        freeze(self, "center", "scale", "low", "high", "columns")

    def values(self, inputs: NDArray[Any]) -> NDArray[Any]:
        """Compute pixels or columns from network inputs.

        Parameters
        ----------
        inputs : float array (b, *shape)
            As the network takes them.

        Returns
        -------
        float array (b, h, w[, 3]) or (b, d)
            Pixels from 0 to 255, not clipped, or columns in their own units.
        """
        if self.kind == "columns":
            return np.asarray(inputs * self.scale + self.center)
        pictures = np.moveaxis(np.asarray(inputs), 1, -1) * 255
        return pictures[..., 0] if self.shape[0] == 1 else pictures

    def is_outside(self, inputs: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which values lie outside the range of the data.

        Pixels may be off by half a gray level, columns by a thousandth of their range: that is rounding.

        Parameters
        ----------
        inputs : float array (b, *shape)
            As the network takes them.

        Returns
        -------
        bool array (b, *shape)
        """
        slack = np.maximum((self.high - self.low) / 1000, 0) if self.kind == "columns" else np.float32(0.5 / 255)
        return np.asarray((inputs < self.low - slack) | (inputs > self.high + slack))

    def share_outside(self, inputs: NDArray[Any]) -> float:
        """Compute the share of the values that lie outside the range of the data.

        Parameters
        ----------
        inputs : float array (b, *shape)
            As the network takes them.

        Returns
        -------
        float
            In [0, 1]; 0 = all within the range.
        """
        return float(self.is_outside(inputs).mean())


def choose_input_space(study: Study, of: str) -> InputSpace:
    """Return how the samples of a study are encoded for the network.

    Parameters
    ----------
    study : Study
        The study.
    of : {'inputs', 'embedding'}
        The samples themselves, or their features.

    Returns
    -------
    InputSpace
        Fitted to the complete rows of the study.

    Raises
    ------
    MissingPart
        The study has no such part, or no row of it is complete.
    ModelError
        Pictures that are too large or of different sizes, too many columns, or none that varies.
    """
    if of == "embedding":
        table = np.asarray(study.embedding)
        names = [f"feature {number}" for number in range(1, table.shape[1] + 1)]
        return _of_columns(study, table, names, study.features)
    if not study.has(Need.INPUTS):
        raise MissingPart(
            f"Study '{study.name}' has features but not the samples themselves, so there is nothing to draw. Open the "
            "pictures or the table, or use the features: --space embedding."
        )
    inputs = study.inputs
    shape = getattr(inputs, "shape", None)
    if shape is not None and len(shape) == 2:
        table = np.asarray(inputs, dtype=np.float64)
        names = list(getattr(inputs, "names", None) or [f"column {number}" for number in range(1, shape[1] + 1)])
        return _of_columns(study, table, names, counted(shape[1], "column"))
    if are_texts(inputs):
        raise ModelError(
            f"The samples of study '{study.name}' are texts, which cannot be interpolated. "
            "Use the features: --space embedding."
        )
    return _of_pictures(study)


def read_inputs(study: Study, space: InputSpace, of: str, rows: Sequence[int] | Ints) -> Floats:
    """Read samples as inputs of the network.

    Parameters
    ----------
    study : Study
        The study.
    space : InputSpace
        Of this study.
    of : {'inputs', 'embedding'}
        As for `choose_input_space`.
    rows : sequence of int
        The samples, b of them.

    Returns
    -------
    float32 array (b, *shape)
        Encoded.

    Raises
    ------
    ModelError
        A sample with a missing value, or a picture of another size.
    """
    if space.kind == "columns":
        table = study.embedding[rows] if of == "embedding" else study.inputs[rows]
        chosen = np.asarray(table, dtype=np.float64)[:, space.columns]
        scaled: Floats = ((chosen - space.center) / space.scale).astype(np.float32)
        complete = usable_rows(scaled)
        if not complete.all():
            worst = int((~complete).argmax())
            column = space.names[int((~np.isfinite(scaled[worst])).argmax())]
            raise ModelError(
                f"Sample '{study.ids[rows[worst]]}' has no value in '{column}', so it cannot be encoded. "
                "Choose another sample, or fill the value in."
            )
        return scaled
    pictures = [_checked(study, space.shape, np.asarray(study.inputs[int(row)]), int(row)) for row in rows]
    stacked = np.stack(pictures) if pictures else np.empty((0, *space.shape))
    return (stacked / 255).astype(np.float32)


def find_complete_rows(study: Study, space: InputSpace, of: str) -> NDArray[np.bool_]:
    """Return which samples have every value; pictures always have.

    Parameters
    ----------
    study : Study
        The study.
    space : InputSpace
        Of this study.
    of : {'inputs', 'embedding'}
        As for `choose_input_space`.

    Returns
    -------
    bool array (n,)
        Samples that `read_inputs` can read.
    """
    if space.kind == "picture":
        return np.ones(len(study), dtype=bool)
    table = study.embedding if of == "embedding" else np.asarray(study.inputs, dtype=np.float64)
    return np.asarray(np.isfinite(np.asarray(table)[:, space.columns]).all(axis=1))


def _of_columns(study: Study, table: NDArray[Any], names: list[str], description: str) -> InputSpace:
    known = np.isfinite(table)
    # A column without any value is left out; one that only some samples lack costs these samples.
    filled = known.any(axis=0)
    complete = known[:, filled].all(axis=1)
    if not complete.any():
        lacking = [name for name, count in zip(names, known.sum(axis=0), strict=True) if 0 < count < len(table)]
        raise MissingPart(
            f"Every row of study '{study.name}' lacks a value somewhere ({listed(lacking)}), so there is no complete "
            "sample to learn from. Fill values in, or leave out the columns that lack most."
        )
    rows = np.asarray(table[complete], dtype=np.float64)
    with np.errstate(invalid="ignore"):
        deviation = rows.std(axis=0)
    columns = np.flatnonzero(filled & (deviation > 0))
    if not len(columns):
        raise ModelError(
            f"No column of study '{study.name}' varies, so all its samples are the same. Check what was read, or use "
            "samples that differ."
        )
    if len(columns) > MAX_COLUMNS:
        raise ModelError(
            f"Study '{study.name}' has {len(columns):,} columns; the surrogate takes up to {MAX_COLUMNS:,}. "
            "Leave out columns, or use the features: --space embedding."
        )
    center, scale = rows[:, columns].mean(axis=0), deviation[columns]
    scaled = (rows[:, columns] - center) / scale
    single = center.astype(np.float32)
    rounded = (np.abs(center - single) > MAX_ROUNDING * scale).any()  # large numbers close to each other
    return InputSpace(
        kind="columns",
        shape=(len(columns),),
        names=tuple(names[column] for column in columns.tolist()),
        center=center if rounded else single,
        scale=scale.astype(np.float32),
        low=scaled.min(axis=0).astype(np.float32),
        high=scaled.max(axis=0).astype(np.float32),
        columns=columns.astype(np.int64),
        description=description,
    )


def _of_pictures(study: Study) -> InputSpace:
    first = np.asarray(study.inputs[0])
    height, width = first.shape[:2]
    if max(height, width) > MAX_PICTURE_SIDE:
        raise ModelError(
            f"The pictures of study '{study.name}' have {height} x {width} pixels; the surrogate takes up to "
            f"{MAX_PICTURE_SIDE} x {MAX_PICTURE_SIDE}. Make them smaller, or use the features: --space embedding."
        )
    channels = 1 if first.ndim == 2 or first.shape[2] == 1 else 3
    one, zero = np.ones(1, np.float32), np.zeros(1, np.float32)
    return InputSpace(
        kind="picture",
        shape=(channels, height, width),
        names=(),
        center=zero,
        scale=255 * one,
        low=zero,
        high=one,
        columns=np.empty(0, np.int64),
        description=f"{'gray' if channels == 1 else 'color'} pictures of {height} x {width} pixels",
    )


def _checked(study: Study, shape: tuple[int, ...], picture: NDArray[Any], row: int) -> NDArray[np.uint8]:
    channels, height, width = shape
    picture = picture[..., None] if picture.ndim == 2 else picture
    if picture.shape != (height, width, channels) or picture.dtype != np.uint8:
        raise ModelError(
            f"Picture '{study.ids[row]}' is {picture.dtype} of {' x '.join(map(str, picture.shape))}; the first one is "
            f"uint8 of {height} x {width} x {channels}, and the surrogate takes pictures of one size. Bring them to it."
        )
    return np.moveaxis(picture, -1, 0)
