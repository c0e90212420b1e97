"""A small invertible classifier that stands in for the user's model, trained once a study and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from margin_core.domain.samples import group_numbers, split_numbers
from margin_core.errors import MissingPart, ParameterError
from margin_core.parameters import Recipe, parameter
from margin_core.probe.folds import assign_folds
from margin_core.storage.archive import written_aside
from margin_core.storage.engine import Arrays, Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.storage.workspace import Workspace
from margin_core.study.inputs.texts import are_texts
from margin_core.study.samples import counted, listed
from margin_core.tasks.invertible.input_space import Space, complete_rows, space_of, take
from margin_core.tasks.invertible.margins import signed_margins
from margin_core.values import UNLABELLED, Floats, Ints, Need, Study, freeze, read_only

if TYPE_CHECKING:
    from margin_core.tasks.invertible.network import InvertibleClassifier

VERSION = 1
"""Raised whenever the same study and recipe would make another network."""

STEP = "surrogate"

PARTS = 5
"""Without a split of its own, a fifth of a study is held out."""

LEAST = 10
"""Of fewer held-out samples no accuracy is stated."""

_AT_ONCE = 512
_TRAINING_ENDS = 0.9


@dataclass(frozen=True, kw_only=True)
class Surrogate(Recipe):
    """How the invertible classifier is trained."""

    of: str = parameter(
        "inputs", help="What it looks at: the samples themselves, or their features.", choices=("inputs", "embedding")
    )
    learn_from: str = parameter(
        "labels", help="What it learns: the labels as given, or what the model predicts.", choices=("labels", "model")
    )
    steps: int = parameter(400, help="Batches of 64 samples that it is trained on.", low=1, high=100_000)
    couplings: int = parameter(2, help="Couplings for each size of the maps.", low=1, high=16)
    width: int = parameter(32, help="Channels inside a coupling.", low=1, high=512)
    noise: float = parameter(0.1, help="Standard deviation of the noise added in training.", low=0, high=2)
    straightness: float = parameter(
        0.01, help="How much it counts that distances are kept; 0 = accuracy alone.", low=0, high=10
    )
    most: int = parameter(10_000, help="Samples that it learns from at most, drawn at random.", low=2, high=1_000_000)
    seed: int = parameter(0, help="Of weights, batches and noise.", low=0, high=2**31 - 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class TrainedSurrogate:
    """An invertible classifier of a study's samples, and how good it is.

    Attributes
    ----------
    recipe : Surrogate
    space : Space
    class_names : tuple of str, length c
    weights : uint8 array
        The bytes of a safetensors file.
    logits : float32 array (n, c)
        Of every sample; NaN where a value is missing.
    head : float32 array (c, channels)
        Weights of the linear layer.
    places : int
        Places of the last map.
    held_out : bool array (n,)
        Samples that it did not learn from and is judged by.
    learnt : int array (c,)
        Samples of each class that it learnt from.
    labels : int array (n,)
        As given; all `UNLABELLED` where the study has none.
    predicted : int array (n,) or None
        What the user's own model says; None when the study has none.
    """

    recipe: Surrogate
    space: Space
    class_names: tuple[str, ...]
    weights: NDArray[np.uint8]
    logits: Floats
    head: Floats
    places: int
    held_out: NDArray[np.bool_]
    learnt: Ints
    labels: Ints
    predicted: Ints | None
    fingerprint: str

    def __post_init__(self) -> None:
        freeze(self, "weights", "logits", "head", "held_out", "learnt", "labels")

    @property
    def accuracy(self) -> float:
        """Share of the held-out labels as given that it says too; NaN where too few are held out."""
        return self._share(self.labels, self.held_out)

    @property
    def commonest(self) -> float:
        """What somebody would reach on the same samples who always says the class learnt most."""
        judged = self.labels[self.held_out & (self.labels != UNLABELLED)]
        return float((judged == self.learnt.argmax()).mean()) if len(judged) >= LEAST else float("nan")

    @property
    def agreement(self) -> float:
        """Share of the held-out samples of which it says what the user's model says; NaN where there is none."""
        return float("nan") if self.predicted is None else self._share(self.predicted, self.held_out)

    @property
    def sentences(self) -> tuple[str, ...]:
        """How good it is, for a person: on held-out samples, and beside the user's model."""
        said = [f"Learnt from {counted(int(self.learnt.sum()), 'sample')}: {self.space.words}."]
        if not np.isnan(self.accuracy):
            said.append(
                f"Says the given label of {self.accuracy:.1%} of the held-out samples (the commonest class alone: "
                f"{self.commonest:.1%})."
            )
        if self.predicted is None:
            said.append("This study has no predictions of a model to compare it with.")
        elif not np.isnan(self.agreement):
            said.append(f"Agrees with your model on {self.agreement:.1%} of the held-out samples.")
        return tuple(said)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of its classes, a sentence each."""
        single = [name for name, count in zip(self.class_names, self.learnt, strict=True) if count == 1]
        absent = [name for name, count in zip(self.class_names, self.learnt, strict=True) if count == 0]
        notes = []
        if single:
            notes.append(f"Learnt from one sample only: {listed(single)}. Do not trust a boundary of it.")
        if absent:
            notes.append(f"Without a sample, so without a boundary: {listed(absent)}.")
        return tuple(notes)

    @cached_property
    def network(self) -> InvertibleClassifier:
        """The network, in double precision: a walk is exact to a dozen digits, and costs no more for one sample."""
        from margin_core.tasks.invertible.weights import from_bytes  # torch takes a second to import

        return from_bytes(self.weights.tobytes()).double().requires_grad_(False)

    @cached_property
    def margins(self) -> Floats:
        """The signed margin (n,) of every sample; see `margin_core.tasks.invertible.signed_margins`."""
        return read_only(signed_margins(self.logits, self.head, self.places, self.labels))

    def top_two(self, row: int) -> tuple[int, int]:
        """Give the two likeliest classes of a sample that it has learnt, likeliest first."""
        known = np.where(self.learnt > 0, np.nan_to_num(self.logits[row], nan=0.0), -np.inf)
        first, second = np.argsort(-known, kind="stable")[:2].tolist()
        return first, second

    def save(self, path: Path) -> None:
        """Write the weights as a safetensors file."""
        with written_aside(path) as scratch:
            scratch.write_bytes(self.weights.tobytes())

    def _share(self, truth: Ints, among: NDArray[np.bool_]) -> float:
        judged = among & (truth != UNLABELLED)
        if judged.sum() < LEAST:
            return float("nan")
        return float((self.logits[judged].argmax(axis=1) == truth[judged]).mean())


def recipe_for(study: Study) -> Surrogate:
    """Choose what a study allows: its samples rather than their features, its labels rather than predictions."""
    return Surrogate(
        of="inputs" if study.has(Need.INPUTS) and not are_texts(study.inputs) else "embedding",
        learn_from="labels" if study.has(Need.LABELS) else "model",
    )


def surrogate(study: Study, recipe: Surrogate | None = None, run: Run | None = None) -> TrainedSurrogate:
    """Train an invertible classifier on a study, or recall it.

    It learns from four fifths of the samples (where the study has splits: from the one that is learnt from), is judged
    by the others, and says what it thinks of all.

    Parameters
    ----------
    study : Study
    recipe : Surrogate, optional
        Default `recipe_for`.
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
    NotRemembered
        Nobody has trained it, and nothing may be computed here.

    Notes
    -----
    400 batches of 28 x 28 grey pictures: 50 s on one core, whatever n is; 8 x 8: 10 s.
    """
    recipe, run = recipe or recipe_for(study), run or Run()
    targets = _targets(study, recipe.learn_from)
    space = space_of(study, recipe.of)
    complete = complete_rows(study, space, recipe.of)
    _check_classes(study, targets[complete])
    kept = run.step(STEP, identity(study, recipe), lambda: _trained(study, recipe, space, targets, complete, run))
    return TrainedSurrogate(
        recipe=recipe,
        space=space,
        class_names=study.class_names,
        weights=kept["weights"],
        logits=kept["logits"],
        head=kept["head"],
        places=int(kept["places"]),
        held_out=kept["held_out"],
        learnt=kept["learnt"],
        labels=study.labels if study.has(Need.LABELS) else np.full(len(study), UNLABELLED),
        predicted=study.probabilities.argmax(axis=1) if study.has(Need.PROBABILITIES) else None,
        fingerprint=identity(study, recipe),
    )


def identity(study: Study, recipe: Surrogate) -> str:
    """Give the fingerprint of everything that a surrogate depends on."""
    wanted = [recipe.of, "probabilities" if recipe.learn_from == "model" else "labels", "ids", "class_names"]
    wanted += ["column split", "column group"]
    return fingerprint(VERSION, recipe.parameters(), {name: study.parts.get(name) for name in wanted})


def is_trained(study: Study, recipe: Surrogate, workspace: Workspace) -> bool:
    """Say whether a workspace holds the surrogate; costs next to nothing."""
    return workspace.remembers(STEP, identity(study, recipe))


def check_pair(trained: TrainedSurrogate, pair: Sequence[int]) -> tuple[int, int]:
    """Refuse a pair of classes that has no boundary.

    Raises
    ------
    ParameterError
        The same class twice, or a class that was never learnt.
    """
    first, second = pair
    names = trained.class_names
    if first == second:
        raise ParameterError(f"A boundary lies between two classes; got '{names[first]}' twice. Choose another class.")
    for one in (first, second):
        if not trained.learnt[one]:
            raise ParameterError(f"No sample is labelled '{names[one]}', so it has no boundary. Choose another class.")
    return first, second


def _targets(study: Study, learn_from: str) -> Ints:
    if learn_from == "labels":
        return study.labels
    predicted: Ints = study.probabilities.argmax(axis=1)
    return predicted


def _check_classes(study: Study, targets: Ints) -> None:
    found = np.unique(targets[targets != UNLABELLED])
    if len(found) < 2:
        what = f"All samples of study '{study.name}' are of one class" if len(found) else "No sample has a label"
        raise MissingPart(f"{what}, so there is no boundary to cross. Label samples of at least two classes.")


def _hold_out(study: Study, targets: Ints, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Choose who judges: another split where there is one, else a fifth of each class, groups kept whole."""
    splits = split_numbers(study.columns["split"]) if "split" in study.columns else None
    groups = group_numbers(study.columns["group"]) if "group" in study.columns else None
    held: NDArray[np.bool_]
    if splits is not None and (usable & (splits > 0)).sum() >= LEAST:
        held = usable & (splits > 0)
    else:
        held = usable & (assign_folds(np.where(usable, targets, UNLABELLED), study.ids, PARTS, groups) == 0)
    # A class must be learnt from to have a boundary at all.
    for number in np.unique(targets[held]).tolist():
        if not (usable & ~held & (targets == number)).any():
            held &= targets != number
    return held


def _trained(
    study: Study, recipe: Surrogate, space: Space, targets: Ints, complete: NDArray[np.bool_], run: Run
) -> Arrays:
    from margin_core.tasks.invertible.network import Architecture
    from margin_core.tasks.invertible.training import logits_of, train
    from margin_core.tasks.invertible.weights import to_bytes

    usable = complete & (targets != UNLABELLED)
    held = _hold_out(study, targets, usable)
    rows = np.flatnonzero(usable & ~held)
    if len(rows) > recipe.most:
        rows = _drawn(study, targets, rows, recipe)
    run.report(0.0, f"Reading {counted(len(rows), 'sample')}")
    network = train(
        Architecture(space.shape, len(study.class_names), recipe.couplings, recipe.width, recipe.seed),
        take(study, space, recipe.of, rows),
        targets[rows],
        steps=recipe.steps,
        noise=recipe.noise,
        straightness=recipe.straightness,
        progress=run.part(0.02, _TRAINING_ENDS).report,
    )
    logits = np.full((len(study), len(study.class_names)), np.nan, dtype=np.float32)
    asked = np.flatnonzero(complete)
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        logits[some] = logits_of(network, take(study, space, recipe.of, some))
        done = _TRAINING_ENDS + (1 - _TRAINING_ENDS) * start / len(asked)
        run.report(done, f"Asking it about {counted(len(asked), 'sample')}")
    return {
        "weights": np.frombuffer(to_bytes(network), dtype=np.uint8),
        "logits": logits,
        "head": network.head.weight.detach().numpy().copy(),
        "places": np.array(network.places),
        "held_out": held,
        "learnt": np.bincount(targets[rows], minlength=len(study.class_names)),
    }


def _drawn(study: Study, targets: Ints, rows: Ints, recipe: Surrogate) -> Ints:
    """Draw as many as are learnt from at most, in the order of the ids, at least one of each class."""
    order = rows[np.argsort(study.ids[rows], kind="stable")]
    order = order[np.random.default_rng(recipe.seed).permutation(len(order))]
    _, first = np.unique(targets[order], return_index=True)
    order = np.concatenate([order[first], np.delete(order, first)])
    return np.sort(order[: recipe.most])
