"""The fragility of every sample's heatmap, as a column of the study and so as a signal on its graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import MissingPart
from margin_core.parameters import Recipe, parameter
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.inputs.texts import are_texts
from margin_core.study.resolved_model import is_black_box
from margin_core.study.samples import counted
from margin_core.tasks.saliency.faithfulness.agreement import overlap
from margin_core.tasks.saliency.fragility.heatmap_change import top_k_size
from margin_core.tasks.saliency.fragility.random_signs import random_signs
from margin_core.tasks.saliency.methods.black_box import Picture, predict_probabilities
from margin_core.tasks.saliency.methods.published import METHODS, find_published_method
from margin_core.values import Floats, Model, Need, Study

VERSION = 1
"""Raised whenever the same study and recipe would give another column."""

NAME = "fragility"

CHUNK_SIZE = 64
"""Samples in one step: those of the steps before a stop are kept."""

BATCH_SIZE = 16


@dataclass(frozen=True, kw_only=True)
class Fragility(Recipe):
    """Whose heatmaps are compared, and how much the pictures change."""

    method: str = parameter(
        "gradient", help="The saliency method whose heatmaps are compared.", choices=tuple(one.name for one in METHODS)
    )
    eps: int = parameter(8, help="How far each pixel moves, up or down at random, of 255.", low=1, high=255)


def recipe_for(study: Study) -> Fragility:
    """Return the recipe whose heatmaps the model of a study can have.

    Parameters
    ----------
    study : Study
        With a model.

    Returns
    -------
    Fragility
        Of the gradient, or of Occlusion where the model gives probabilities only.
    """
    return Fragility(method="occlusion" if is_black_box(study.require(Need.MODEL)) else "gradient")


def fragility(study: Study, recipe: Fragility | None = None, run: Run | None = None) -> Floats:
    r"""Compute how much of each sample's heatmap random signs change: :math:`1 - |B \cap B'| / k`.

    B and B' are the k most important pixels before and after every pixel has gone up or down by eps, at random (the
    same for every sample); k is a tenth of the pixels, at most 1,000. Both heatmaps are for the class predicted before.

    Parameters
    ----------
    study : Study
        With pictures and a model.
    recipe : Fragility, optional
        Default `recipe_for`.
    run : Run, optional
        Its engine remembers 64 samples at a time, so that work that was stopped goes on where it was; its progress
        stops it by raising.

    Returns
    -------
    float32 array (n,)
        In [0, 1]; 0 = the heatmap stays, 1 = none of its most important pixels does. NaN where the picture cannot be
        read.

    Raises
    ------
    MissingPart
        The study has no pictures or no model.
    ModelError
        The method cannot explain the model.

    Notes
    -----
    Two heatmaps a sample. A method whose heatmap is the same whatever the picture has fragility 0, so the column
    compares samples, not methods.
    """
    inputs = study.require(Need.INPUTS)
    recipe, run = recipe or recipe_for(study), run or Run()
    if are_texts(inputs) or len(getattr(inputs, "shape", ())) == 2:  # files have no shape
        what = "texts" if are_texts(inputs) else "rows of numbers"
        raise MissingPart(
            f"Study '{study.name}' has {what}, and there is no picture to change by a little. Open pictures."
        )
    unreadable = study.columns.get("unreadable", np.zeros(len(study), dtype=bool))
    content = study.parts["inputs"], study.parts["model"], unreadable, study.parts["ids"]
    key = fingerprint(VERSION, recipe.parameters(), content)
    return run.step(f"{NAME}_of_all", key, lambda: {NAME: _of_all(study, recipe, run, unreadable)})[NAME]


def _of_all(study: Study, recipe: Fragility, run: Run, unreadable: NDArray[np.bool_]) -> Floats:
    inputs, model = study.inputs, study.model
    found = []
    for start in range(0, len(study), CHUNK_SIZE):
        rows = range(start, min(start + CHUNK_SIZE, len(study)))
        part = run.part(start / len(study), rows.stop / len(study))
        content = study.parts["inputs"], study.parts["model"], unreadable[rows.start : rows.stop]
        key = fingerprint(VERSION, recipe.parameters(), content, rows.start, rows.stop, study.parts["ids"])
        known = [row for row in rows if not unreadable[row]]

        def look(part: Run = part, rows: range = rows, known: Sequence[int] = tuple(known)) -> dict[str, np.ndarray]:
            values = np.full(len(rows), np.nan, np.float32)
            for begin in range(0, len(known), BATCH_SIZE):
                some = known[begin : begin + BATCH_SIZE]
                part.report(begin / len(known), f"Changing the pictures of {counted(len(study), 'sample')} a little")
                values[np.subtract(some, rows.start)] = compute_fragility(
                    recipe, model, [np.asarray(inputs[row]) for row in some]
                )
            return {NAME: values}

        found.append(run.step(NAME, key, look)[NAME])
    return np.concatenate(found)


def compute_fragility(recipe: Fragility, model: Model, pictures: Sequence[Picture]) -> Floats:
    """Compute the fragility of the heatmaps of a few pictures.

    Parameters
    ----------
    recipe : Fragility
    model : Model
    pictures : sequence of uint8 arrays (h, w) or (h, w, 3)
        b of them.

    Returns
    -------
    float32 array (b,)
        In [0, 1]; larger = more fragile.
    """
    from margin_core.tasks.saliency.fragility.perturbed_picture import resize_to_model  # torch takes a second to import

    views = [resize_to_model(model, picture) for picture in pictures]
    changed = [random_signs(view, recipe.eps, np.random.default_rng(0)) for view in views]
    pairs = zip(*_heatmaps(recipe.method, model, views, changed), strict=True)
    return np.array([1 - overlap(before, after, top_k_size(before.size)) for before, after in pairs], dtype=np.float32)


def _heatmaps(method: str, model: Model, *versions: Sequence[Picture]) -> list[list[Floats]]:
    """Compute the heatmaps of several versions of some views, for the classes predicted for the first version."""
    from margin_core.tasks.saliency.methods.image_attribution import (
        attribute,
        compute_raw_heatmaps,
        require_torch_model,
    )

    targets = [int(predict_probabilities(model, view[None])[0].argmax()) for view in versions[0]]
    if not find_published_method(method).needs_gradients:
        return [
            [attribute(method, model, view, target) for view, target in zip(views, targets, strict=True)]
            for views in versions
        ]
    network = require_torch_model(find_published_method(method), model)
    size = network.preparation.height, network.preparation.width
    batches = [
        compute_raw_heatmaps(method, network, network.preparation(np.stack(views)), targets) for views in versions
    ]
    return [list(network.preparation.placed(raw, size)) for raw in batches]


def with_fragility(study: Study, values: Floats, recipe: Fragility | None = None) -> Study:
    """Return the same study with the fragility of its samples as the column ``fragility``.

    The other parts are shared, and rankings that do not read the column stay the same.

    Parameters
    ----------
    study : Study
    values : float32 array (n,)
        Of `fragility`.
    recipe : Fragility, optional
        Theirs; default `recipe_for`.

    Returns
    -------
    Study
    """
    recipe = recipe or recipe_for(study)
    known = {f"column {NAME}": fingerprint(VERSION, recipe.parameters(), values)}
    return study.replace(columns={**study.columns, NAME: values}, parts=known)


def describe_column(recipe: Fragility) -> str:
    """Return a sentence on what the column holds, for a person.

    Parameters
    ----------
    recipe : Fragility

    Returns
    -------
    str
    """
    title = find_published_method(recipe.method).title
    return (
        f"Share of the most important pixels of the {title} heatmap that random changes by {recipe.eps} of 255 replace"
    )
