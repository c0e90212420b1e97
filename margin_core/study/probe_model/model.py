"""The model of a study that comes without one, fitted once and stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from margin_core.domain.hash_sample import hash_sample
from margin_core.domain.samples import encode_groups
from margin_core.errors import ModelError
from margin_core.storage.engine import Arrays, Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.features.batches import are_pictures
from margin_core.study.features.blocks import compute_outputs, outputs_key
from margin_core.study.inputs.texts import are_texts
from margin_core.study.models.linear_softmax import predict_softmax
from margin_core.study.models.model_spec import BOOSTING, MLP
from margin_core.study.models.named_model import DEFAULT, NamedModel
from margin_core.study.probe_model import picture_probe, row_boosting, row_mlp, row_probe, text_probe
from margin_core.values import UNLABELED, Floats, Ints, Need, Study, usable_rows

VERSION = 5
"""Raised whenever the same study would have another model."""

STEP = "probe_model"

MAX_TRAINING_SAMPLES = 10_000
"""More are left out of the fit: it would take longer and hardly be better."""

MAX_CLASSES = 200
"""Of more classes no model is fitted: that would take minutes."""

BY_NAME = {BOOSTING: row_boosting, MLP: row_mlp}
"""Models of rows that are fitted where they are asked for; what they predict out of sample is used in ranking."""


@dataclass(frozen=True, eq=False)
class ProbeModel:
    """MARGIN's own model of a study that comes without one: features of its samples, and a linear probe on them.

    Attributes
    ----------
    study : Study
        Without a model; the labels that it is fitted to.
    kind : module
        `picture_probe`, `row_probe`, `row_boosting`, `row_mlp` or `text_probe`.
    run : Run
        Stores the fit.
    """

    study: Study
    kind: ModuleType
    run: Run

    @property
    def fingerprint(self) -> str:
        """Identity by what it is fitted to."""
        # The embedding of pictures only: those of rows and texts are computed anew.
        parts = ["ids", "labels", "class_names", "inputs", "column group"]
        parts += ["embedding"] if self.kind is picture_probe else []
        return fingerprint(STEP, VERSION, self.title, {part: self.study.parts.get(part) for part in parts})

    @property
    def description(self) -> str:
        """The model in words."""
        return f"MARGIN's own model: {self.title}"

    @property
    def title(self) -> str:
        """Its features and its classifier, in words."""
        return str(self.kind.TITLE)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Classes of the outputs: those of the study."""
        return self.study.class_names

    @property
    def classes(self) -> int:
        """Number of outputs c."""
        return len(self.study.class_names)

    @property
    def gives_features(self) -> bool:
        """Whether `embed` returns features: the study has them already."""
        return False

    @property
    def is_black_box(self) -> bool:
        """Whether it only gives probabilities, having no network to look into."""
        return self.kind is not picture_probe

    @property
    def accuracy(self) -> float:
        """Share of the given labels that it predicts in cross-validation, in [0, 1]; NaN where that was impossible."""
        return float(self.fitted["accuracy"][0])

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns of rows of numbers; else empty."""
        return tuple(getattr(self.study.inputs, "names", ()))

    @property
    def takes_missing_values(self) -> bool:
        """Whether a row of numbers may lack some."""
        return self.kind is row_probe or self.kind in BY_NAME.values()

    @property
    def is_linear(self) -> bool:
        """Whether it is a linear probe on features, which can be written to a file."""
        return self.kind not in BY_NAME.values()

    def probabilities(self, inputs: Any) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : array or sequence of length b
            Samples, as those of the study.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.
        """
        probabilities: Floats = self.loaded.probabilities(inputs)
        return probabilities

    @cached_property
    def predictions(self) -> Floats:
        """Class probabilities of the samples of the study, (n, c); NaN for a picture that cannot be read.

        Those of a probe are in-sample: it was fitted to most of their labels. Those of a model by name are of fits
        without the sample.
        """
        if not self.is_linear:
            return np.asarray(self.fitted["probabilities"])
        if self.kind is picture_probe:  # no picture has to pass the network again
            return predict_softmax(self.study.embedding, self.fitted["weights"], self.fitted["bias"])
        return self.probabilities(self.study.inputs[np.arange(len(self.study))])

    @cached_property
    def loaded(self) -> Any:
        """The model itself; the first use loads it."""
        return self.kind.load(self.fitted, self.study, self.description)

    @cached_property
    def fitted(self) -> Arrays:
        """The fitted classifier, as a workspace stores it."""
        return self.run.step(STEP, self.fingerprint, self._fit)

    def __repr__(self) -> str:
        return f"ProbeModel({self.title}; {len(self.study):,} samples, {self.classes:,} classes)"

    def _fit(self) -> Arrays:
        rows = training_rows(self.study)
        if len(np.unique(self.study.labels[rows])) < 2:
            return {"accuracy": np.empty(0)}
        column = self.study.columns.get("group")
        groups = None if column is None else encode_groups(column[rows])
        self.run.report(0.0, f"Fitting a model to {len(rows):,} samples")
        fitted: Arrays = self.kind.fit(self.study, rows, groups)
        return fitted


def with_probe_model(study: Study, run: Run, *, may_embed: bool = False) -> Study:
    """Return a study with a model: its own, or where it has none and one can be fitted, MARGIN's.

    Parameters
    ----------
    study : Study
    run : Run
        Stores the fit, which is made here, so that whoever explains a prediction does not wait for it.
    may_embed : bool
        Whether pictures that came with features of another model are shown to EfficientNet-Lite0 for this model; the
        features of the study stay.

    Returns
    -------
    Study
        The same study where it has a model, no inputs, no two classes, more than `MAX_CLASSES` of them, or, unless
        `may_embed`, pictures with features of another model.
    """
    if study.has(Need.MODEL) or not study.has(Need.INPUTS) or not study.has(Need.LABELS):
        return study
    if not 2 <= len(study.class_names) <= MAX_CLASSES:
        return study
    fitted_to = _with_default_features(study, run) if may_embed and are_pictures(study.inputs) else study
    kind = _kind_of(fitted_to, run)
    if kind is None:
        return study
    model = ProbeModel(fitted_to, kind, run)
    # Whether two classes have samples with features is found by the fit, which is remembered: to look for it at every
    # opening would read all features.
    if not len(model.fitted["accuracy"]):
        return study
    return replace(study, maybe_model=model, parts={**study.parts, "model": model.fingerprint})


def refit_probe_model(study: Study, run: Run, *, may_embed: bool = False) -> Study:
    """Return a study whose labels have changed with MARGIN's own model fitted to these.

    Parameters
    ----------
    study : Study
        With the model that was fitted before, if any.
    run : Run
        Stores the fit.
    may_embed : bool
        As for `with_probe_model`.

    Returns
    -------
    Study
        As `with_probe_model` returns it; the same study where its model was brought or asked for by name.
    """
    model = study.maybe_model
    if model is not None and not (isinstance(model, ProbeModel) and model.is_linear):
        return study
    parts = {name: part for name, part in study.parts.items() if name != "model"}
    return with_probe_model(replace(study, maybe_model=None, parts=parts), run, may_embed=may_embed)


def with_table_model(study: Study, name: str, run: Run) -> Study:
    """Return a study of rows with a model that is asked for by name, and what it predicts out of sample.

    Parameters
    ----------
    study : Study
    name : {'gradient_boosting', 'mlp'}
    run : Run
        Stores the fit.

    Returns
    -------
    Study
        With the model; with its cross-validated probabilities, unless the study brings some.

    Raises
    ------
    ModelError
        The study holds no rows of numbers, or has no two classes or more than `MAX_CLASSES` of them.
    """
    called = f"'{name}' is fitted to rows of numbers of 2 to {MAX_CLASSES} classes, and '{study.name}'"
    inputs = study.maybe_inputs
    if inputs is None or are_texts(inputs) or are_pictures(inputs) or len(getattr(inputs, "shape", ())) != 2:
        held = "only features" if inputs is None else "texts" if are_texts(inputs) else "pictures"
        raise ModelError(f"{called} holds {held}. Leave the model out, or name one that takes these.")
    if not study.has(Need.LABELS):
        raise ModelError(f"{called} has no labels. Name the column that holds them, with --label.")
    if len(study.class_names) > MAX_CLASSES:
        raise ModelError(f"{called} has {len(study.class_names):,}. Leave the model out.")
    model = ProbeModel(study, BY_NAME[name], run)
    if not len(model.fitted["accuracy"]):
        raise ModelError(f"{called} has labels of one. Leave the model out.")
    if study.has(Need.PROBABILITIES):
        return replace(study, maybe_model=model, parts={**study.parts, "model": model.fingerprint})
    return study.replace(
        model=model, probabilities=model.predictions, out_of_sample=True,
        predictor=f"{model.title}, fitted by MARGIN",
        parts={"model": model.fingerprint, "probabilities": fingerprint(model.fingerprint, "probabilities")},
    )  # fmt: skip


def predicted_probabilities(study: Study) -> Floats | None:
    """Return what the model of a study predicts for its samples.

    Parameters
    ----------
    study : Study

    Returns
    -------
    float32 array (n, c) or None
        The probabilities of the study, else those of MARGIN's own model; None where there are neither.
    """
    if study.has(Need.PROBABILITIES):
        return study.probabilities
    return study.maybe_model.predictions if isinstance(study.maybe_model, ProbeModel) else None


def training_rows(study: Study) -> Ints:
    """Return the samples that the model is fitted to: labeled and with features, at most `MAX_TRAINING_SAMPLES`.

    Parameters
    ----------
    study : Study

    Returns
    -------
    int array (m,)
    """
    labeled = study.labels != UNLABELED
    if study.has(Need.EMBEDDING):
        labeled &= usable_rows(study.embedding)
    rows = np.flatnonzero(labeled)
    return rows[hash_sample(study.ids[rows], MAX_TRAINING_SAMPLES)]


def _with_default_features(study: Study, run: Run) -> Study:
    """Return a study of pictures with the features of EfficientNet-Lite0 in place of its own."""
    outputs = compute_outputs(NamedModel(DEFAULT, None, run), ("embed",), study, run)
    return replace(study, maybe_embedding=outputs.arrays["embedding"], parts={**study.parts, "embedding": outputs.key})


def _kind_of(study: Study, run: Run) -> ModuleType | None:
    if are_pictures(study.inputs):
        network = NamedModel(DEFAULT, None, run)
        known = study.has(Need.EMBEDDING) and study.parts["embedding"] == outputs_key(network, ("embed",), study)
        return picture_probe if known else None
    if are_texts(study.inputs):
        return text_probe
    return row_probe if len(getattr(study.inputs, "shape", ())) == 2 else None
