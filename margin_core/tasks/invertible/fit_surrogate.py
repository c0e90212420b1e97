"""Fitting a surrogate to a study, once for each recipe; a workspace remembers it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.domain.samples import encode_groups, encode_splits
from margin_core.errors import MissingPart
from margin_core.probe.folds import assign_folds
from margin_core.storage.engine import Arrays, Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.storage.workspace import Workspace
from margin_core.study.probe_model import predicted_probabilities
from margin_core.study.samples import counted
from margin_core.tasks.invertible.input_space import InputSpace, choose_input_space, find_complete_rows, read_inputs
from margin_core.tasks.invertible.surrogate import Surrogate, default_surrogate
from margin_core.tasks.invertible.trained_surrogate import MIN_HELD_OUT, TrainedSurrogate
from margin_core.values import UNLABELED, Ints, Need, Study

VERSION = 1
"""Raised whenever the same study and recipe would make another network."""

STEP = "surrogate"

HELD_OUT_FOLDS = 5
"""Of these folds one is held out where the study has no split."""

_BATCH = 512
_TRAINING_ENDS = 0.9


def fit_surrogate(study: Study, recipe: Surrogate | None = None, run: Run | None = None) -> TrainedSurrogate:
    """Fit an invertible classifier to a study, or recall it.

    It is trained on four fifths of the samples (where the study has splits: on the training split), evaluated on the
    others, and predicts for all.

    Parameters
    ----------
    study : Study
        Has the parts that the recipe names.
    recipe : Surrogate, optional
        Default `default_surrogate`.
    run : Run, optional
        Its engine remembers the outcome; its progress stops the training by raising.

    Returns
    -------
    TrainedSurrogate
        The same for the same study and recipe.

    Raises
    ------
    MissingPart
        The study has no labels (or no predictions), no samples, or samples of one class only.
    ModelError
        Pictures that are too large or of different sizes, too many columns, or none that varies.
    NotComputed
        It was not trained before, and nothing may be computed here.

    Notes
    -----
    400 batches of 28 x 28 gray pictures: 50 s on one core, whatever n is; 8 x 8: 10 s.
    """
    recipe, run = recipe or default_surrogate(study), run or Run()
    targets = _targets(study, recipe.learn_from)
    space = choose_input_space(study, recipe.of)
    complete = find_complete_rows(study, space, recipe.of)
    _check_classes(study, targets[complete])
    predicted = predicted_probabilities(study)
    stored = run.step(STEP, identity(study, recipe), lambda: _train(study, recipe, space, targets, complete, run))
    return TrainedSurrogate(
        recipe=recipe,
        space=space,
        class_names=study.class_names,
        weights=stored["weights"],
        logits=stored["logits"],
        head_weights=stored["head"],
        positions=int(stored["places"]),
        held_out=stored["held_out"],
        training_counts=stored["learned"],
        labels=study.labels if study.has(Need.LABELS) else np.full(len(study), UNLABELED),
        predicted=None if predicted is None else predicted.argmax(axis=1),
        fingerprint=identity(study, recipe),
    )


def identity(study: Study, recipe: Surrogate) -> str:
    """Compute the fingerprint of everything that a surrogate depends on.

    Parameters
    ----------
    study : Study
        The study.
    recipe : Surrogate
        The recipe.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    model = "probabilities" if study.has(Need.PROBABILITIES) else "model"
    parts = [recipe.of, model if recipe.learn_from == "model" else "labels", "ids", "class_names"]
    parts += ["column split", "column group"]
    return fingerprint(VERSION, recipe.parameters(), {name: study.parts.get(name) for name in parts})


def is_trained(study: Study, recipe: Surrogate, workspace: Workspace) -> bool:
    """Return whether a workspace holds the surrogate, without reading it.

    Parameters
    ----------
    study : Study
        The study.
    recipe : Surrogate
        The recipe.
    workspace : Workspace
        Of the study.

    Returns
    -------
    bool
        True when `fit_surrogate` would recall it.
    """
    return workspace.has_step(STEP, identity(study, recipe))


def _targets(study: Study, learn_from: str) -> Ints:
    if learn_from == "labels":
        return study.labels
    probabilities = predicted_probabilities(study)
    predicted: Ints = (study.probabilities if probabilities is None else probabilities).argmax(axis=1)
    return predicted


def _check_classes(study: Study, targets: Ints) -> None:
    found = np.unique(targets[targets != UNLABELED])
    if len(found) < 2:
        what = f"All samples of study '{study.name}' are of one class" if len(found) else "No sample has a label"
        raise MissingPart(f"{what}, so there is no boundary. Label samples of at least two classes.")


def _hold_out(study: Study, targets: Ints, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Select the held-out samples: another split where there is one, else a fifth of each class, groups kept whole."""
    splits = encode_splits(study.columns["split"]) if "split" in study.columns else None
    groups = encode_groups(study.columns["group"]) if "group" in study.columns else None
    held: NDArray[np.bool_]
    if splits is not None and (usable & (splits > 0)).sum() >= MIN_HELD_OUT:
        held = usable & (splits > 0)
    else:
        held = usable & (assign_folds(np.where(usable, targets, UNLABELED), study.ids, HELD_OUT_FOLDS, groups) == 0)
    # A class without training samples would have no boundary.
    for number in np.unique(targets[held]).tolist():
        if not (usable & ~held & (targets == number)).any():
            held &= targets != number
    return held


def _train(
    study: Study, recipe: Surrogate, space: InputSpace, targets: Ints, complete: NDArray[np.bool_], run: Run
) -> Arrays:
    from margin_core.tasks.invertible.network import Architecture
    from margin_core.tasks.invertible.training import compute_logits, train
    from margin_core.tasks.invertible.weights import to_bytes

    usable = complete & (targets != UNLABELED)
    held = _hold_out(study, targets, usable)
    trained_on = np.flatnonzero(usable & ~held)
    if len(trained_on) > recipe.most:
        trained_on = _subsample(study, targets, trained_on, recipe)
    run.report(0.0, f"Reading {counted(len(trained_on), 'sample')}")
    network = train(
        Architecture(space.shape, len(study.class_names), recipe.couplings, recipe.width, recipe.seed),
        read_inputs(study, space, recipe.of, trained_on),
        targets[trained_on],
        steps=recipe.steps,
        noise=recipe.noise,
        straightness=recipe.straightness,
        progress=run.part(0.02, _TRAINING_ENDS).report,
    )
    logits = np.full((len(study), len(study.class_names)), np.nan, dtype=np.float32)
    rows = np.flatnonzero(complete)
    for start in range(0, len(rows), _BATCH):
        some = rows[start : start + _BATCH]
        logits[some] = compute_logits(network, read_inputs(study, space, recipe.of, some))
        done = _TRAINING_ENDS + (1 - _TRAINING_ENDS) * start / len(rows)
        run.report(done, f"Predicting {counted(len(rows), 'sample')}")
    return {
        "weights": np.frombuffer(to_bytes(network), dtype=np.uint8),
        "logits": logits,
        "head": network.head.weight.detach().numpy().copy(),
        "places": np.array(network.positions),
        "held_out": held,
        "learned": np.bincount(targets[trained_on], minlength=len(study.class_names)),
    }


def _subsample(study: Study, targets: Ints, rows: Ints, recipe: Surrogate) -> Ints:
    """Select the training samples at random, whatever the order of the rows; at least one of each class."""
    order = rows[np.argsort(study.ids[rows], kind="stable")]
    order = order[np.random.default_rng(recipe.seed).permutation(len(order))]
    _, first = np.unique(targets[order], return_index=True)
    order = np.concatenate([order[first], np.delete(order, first)])
    return np.sort(order[: recipe.most])
