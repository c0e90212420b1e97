"""A slice of the decision surface: the plane through three samples, and the class probabilities all over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from margin_core.domain.hash_sample import hash_sample
from margin_core.errors import MissingPart, ModelError
from margin_core.probe.features import reduce_features
from margin_core.probe.linear_probe import fit_in_sample
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.inputs.texts import are_texts
from margin_core.study.models.class_order import match_classes
from margin_core.study.probe_model import ProbeModel
from margin_core.values import UNLABELED, Doubles, Floats, Ints, Need, Study, freeze, usable_rows

VERSION = 1
"""Raised whenever the same three samples would give another slice."""

STEP = "slice"

GRID_SIDE = 41
"""Grid points along either side: 1,681 predictions of the model."""

MARGIN_SHARE = 0.25
"""How far the slice extends beyond the three samples, as a share of its width."""

MAX_PICTURE_SIDE = 256
"""Pixels. Larger pictures are scaled down first; a model takes fewer anyway."""

MAX_TRAINING_SAMPLES = 10_000
"""Samples that a linear model on the features is fitted to."""

COLLINEAR_SHARE = 1e-6
"""Three samples that are nearer to a line than this share of their distance lie on it."""

SPACES = ("inputs", "embedding")

_STORED_AS = {
    "places": "places", "sample_probabilities": "said", "across": "across", "up": "up",
    "probabilities": "probabilities", "cut": "cut",
}  # fmt: skip
"""The array in the step of each field of a `Slice`; workspaces of earlier releases hold these names."""

_BATCH = 64


@dataclass(frozen=True, eq=False, kw_only=True)
class Slice:
    """The class probabilities on the plane through three samples.

    The unit is the distance of the first two samples: these lie at (0, 0) and (1, 0), the third above their line.

    Attributes
    ----------
    of : {'inputs', 'embedding'}
        ``inputs``: the samples are interpolated value by value, and the study's model predicts for each mixture.
        ``embedding``: their features are, and a linear model on them predicts, fitted to what the study's model
        predicts (without one: to the labels).
    rows : int array (3,)
        The three samples.
    places : float array (3, 2)
        Where the three lie: across, up.
    sample_probabilities : float array (3, c)
        Class probabilities of the three samples themselves.
    across, up : float array (s,)
        Coordinates of the grid.
    probabilities : float32 array (s, s, c)
        Class probabilities at the grid points; first index up, second across.
    cut : float32 array (s, s)
        Share of a picture's values that were clipped at black or white; 0 within the triangle.
    agreement : float
        Share of the samples that the linear model was fitted to on which it agrees with what it was fitted to, in
        [0, 1]; NaN for ``inputs``.
    """

    of: str
    rows: Ints
    places: Doubles
    sample_probabilities: Floats
    across: Doubles
    up: Doubles
    probabilities: Floats
    cut: Floats
    agreement: float

    def __post_init__(self) -> None:
        freeze(self, "rows", "places", "sample_probabilities", "across", "up", "probabilities", "cut")

    @property
    def shares(self) -> Doubles:
        """Share of the slice in which each class is the likeliest, (c,)."""
        likeliest = self.probabilities.argmax(axis=2).ravel()
        shares: Doubles = np.bincount(likeliest, minlength=self.probabilities.shape[2]) / len(likeliest)
        return shares


def slice_spaces(study: Study) -> tuple[str, ...]:
    """Return the spaces through which a slice of a study can be computed, the best first.

    Parameters
    ----------
    study : Study
        No sample of it is read, no model loaded.

    Returns
    -------
    tuple of {'inputs', 'embedding'}
        Empty where there is neither a model of the inputs nor an embedding.
    """
    spaces = []
    can_be_mixed = study.has(Need.INPUTS) and not are_texts(study.inputs)
    if study.has(Need.MODEL) and can_be_mixed and _class_order(study) is not None:
        spaces.append("inputs")
    if study.has(Need.EMBEDDING) and (study.has(Need.PROBABILITIES) or study.has(Need.LABELS)):
        # MARGIN's own model is linear in the features of pictures: through them, the same is drawn at once.
        is_linear = isinstance(study.maybe_model, ProbeModel) and study.maybe_model.is_linear
        spaces.insert(0 if is_linear else len(spaces), "embedding")
    return tuple(spaces)


def compute_slice(study: Study, rows: Sequence[int], of: str, run: Run | None = None) -> Slice:
    """Compute the class probabilities on the plane through three samples.

    Parameters
    ----------
    study : Study
        Has what `of` names.
    rows : sequence of three int
        The samples.
    of : {'inputs', 'embedding'}
        What is interpolated, see `Slice`.
    run : Run, optional
        Its engine remembers the slice; it gets the progress.

    Returns
    -------
    Slice
        The same for the same study, rows and space.

    Raises
    ------
    MissingPart
        The study has no model of its classes, no features, or fewer than two classes.
    ModelError
        Three samples on one line, or one that cannot be mixed with the others.

    Notes
    -----
    1,681 predictions of the model; through the features, the fit of a linear model to 10,000 samples at most (a second
    for 1,280 dimensions).
    """
    run = run or Run()
    if of not in slice_spaces(study):
        raise MissingPart(
            f"Study '{study.name}' has no model of its classes that could predict for a mixture of samples. "
            "Pass --model, or compute the slice through the features."
            if of == "inputs"
            else f"Study '{study.name}' has no features to compute a slice through. Pass embedding=."
        )
    chosen = np.array(rows, dtype=np.int64)
    parts = ("inputs", "model") if of == "inputs" else ("embedding", "labels", "probabilities")
    key = fingerprint(
        VERSION, GRID_SIDE, of, chosen, [study.parts.get(part) for part in ("ids", "class_names", *parts)]
    )
    work = _through_inputs if of == "inputs" else _through_features
    found = run.step(STEP, key, lambda: work(study, chosen, run))
    return Slice(of=of, rows=chosen, agreement=float(found["agreement"][0]), **{
        field: np.array(found[name]) for field, name in _STORED_AS.items()
    })  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Plane:
    """The plane through three points, and the grid of a slice on it."""

    origin: Doubles
    along: Doubles
    away: Doubles
    places: Doubles
    across: Doubles
    up: Doubles

    @classmethod
    def through(cls, points: Doubles) -> _Plane:
        """Compute the plane through three points (3, d).

        Raises
        ------
        ModelError
            They lie on one line.
        """
        along, third = points[1] - points[0], points[2] - points[0]
        length = float(np.linalg.norm(along))
        share = float(along @ third) / length**2 if length > 0 else 0.0
        away = third - share * along
        height = float(np.linalg.norm(away))
        if height <= COLLINEAR_SHARE * max(length, float(np.linalg.norm(third))) or length == 0:
            raise ModelError("These three samples lie on one line, so no plane goes through them. Choose another one.")
        away = away * (length / height)
        places = np.array([[0.0, 0.0], [1.0, 0.0], [share, height / length]])
        low, high = places.min(axis=0), places.max(axis=0)
        half = (high - low).max() * (0.5 + MARGIN_SHARE)
        steps = np.linspace(-half, half, GRID_SIDE)
        middle = (low + high) / 2
        return cls(points[0], along, away, places, middle[0] + steps, middle[1] + steps)

    def points(self, number: int) -> Doubles:
        """Return the points of one line of the grid, (s, d)."""
        line: Doubles = self.origin + self.across[:, None] * self.along + self.up[number] * self.away
        return line


def _through_inputs(study: Study, rows: Ints, run: Run) -> dict[str, NDArray[Any]]:
    samples = _of_one_size([np.asarray(study.inputs[int(row)]) for row in rows])
    points = np.stack([sample.ravel() for sample in samples]).astype(np.float64)
    if not np.isfinite(points).all():
        raise ModelError("One of these three samples has a missing value. Choose another one.")
    plane, kind = _Plane.through(points), samples[0].dtype
    order = _class_order(study)
    own = np.asarray(study.model.probabilities(np.stack(samples)), dtype=np.float32)[:, order]
    probabilities = np.empty((GRID_SIDE, GRID_SIDE, len(study.class_names)), dtype=np.float32)
    cut = np.zeros((GRID_SIDE, GRID_SIDE), dtype=np.float32)
    for number in range(GRID_SIDE):
        run.report(number / GRID_SIDE, f"Predicting {GRID_SIDE * GRID_SIDE:,} mixtures of three samples")
        mixed = plane.points(number)
        if kind == np.uint8:
            cut[number] = ((mixed < -0.5) | (mixed > 255.5)).mean(axis=1)
            mixed = np.clip(np.round(mixed), 0, 255)
        shown = mixed.astype(kind).reshape(GRID_SIDE, *samples[0].shape)
        for start in range(0, GRID_SIDE, _BATCH):
            answers = np.asarray(study.model.probabilities(shown[start : start + _BATCH]), dtype=np.float32)
            probabilities[number, start : start + _BATCH] = answers[:, order]
    run.report(1.0, "Done")
    return _arrays(plane, own, probabilities, cut, float("nan"))


def _of_one_size(samples: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """Resize three samples to one size: pictures are scaled to that of the first, and down where they are large."""
    first = samples[0]
    if first.ndim < 2:
        return samples
    longest = max(first.shape[:2])
    if all(one.shape == first.shape for one in samples) and longest <= MAX_PICTURE_SIDE:
        return samples
    if any(one.ndim != first.ndim or one.dtype != np.uint8 for one in samples):
        raise ModelError("These three samples are not of one kind, so they cannot be mixed. Choose another one.")
    share = min(1.0, MAX_PICTURE_SIDE / longest)
    height, width = (max(1, round(side * share)) for side in first.shape[:2])
    return [np.asarray(Image.fromarray(one).resize((width, height), Image.Resampling.BILINEAR)) for one in samples]


def _through_features(study: Study, rows: Ints, run: Run) -> dict[str, NDArray[Any]]:
    usable = usable_rows(study.embedding)
    if not usable[rows].all():
        raise ModelError("One of these three samples has no features. Choose another one.")
    labels = study.probabilities.argmax(axis=1).astype(np.int64) if study.has(Need.PROBABILITIES) else study.labels
    known = np.flatnonzero(usable & (labels != UNLABELED))
    run.report(0.0, f"Fitting a linear model to {min(len(known), MAX_TRAINING_SAMPLES):,} samples")
    some = known[hash_sample(study.ids[known], MAX_TRAINING_SAMPLES)]
    reduced, _ = reduce_features(study.embedding[np.concatenate([some, rows])])
    probe = fit_in_sample(reduced[: len(some)], labels[some])
    if probe is None:
        raise MissingPart(f"Study '{study.name}' has one class only, so there is no boundary to slice.")
    plane = _Plane.through(reduced[len(some) :].astype(np.float64))
    c = len(study.class_names)
    lines = [probe.probabilities(plane.points(number), c) for number in range(GRID_SIDE)]
    agrees = probe.probabilities(reduced[: len(some)], c).argmax(axis=1) == labels[some]
    run.report(1.0, "Done")
    own = probe.probabilities(reduced[len(some) :], c).astype(np.float32)
    none = np.zeros((GRID_SIDE, GRID_SIDE), dtype=np.float32)
    return _arrays(plane, own, np.stack(lines).astype(np.float32), none, float(agrees.mean()))


def _arrays(
    plane: _Plane, own: Floats, probabilities: Floats, cut: Floats, agreement: float
) -> dict[str, NDArray[Any]]:
    return {
        "said": own,
        "places": plane.places,
        "across": plane.across,
        "up": plane.up,
        "probabilities": probabilities,
        "cut": cut,
        "agreement": np.array([agreement]),
    }


def _class_order(study: Study) -> Ints | None:
    """Return the model's output for each class of the study; None where they do not correspond."""
    outputs = getattr(study.model, "classes", None) or len(study.class_names)
    return match_classes(study.class_names, tuple(getattr(study.model, "class_names", ())), outputs)
