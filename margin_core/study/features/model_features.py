"""Features and class probabilities from a model, added to a study."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import MarginWarning, ParameterError, SourceError
from margin_core.storage.engine import Engine, LocalEngine, Progress, Run, silent
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.features.batches import are_pictures
from margin_core.study.features.blocks import compute_outputs, count_outputs
from margin_core.study.features.table_rows import as_row_model
from margin_core.study.inputs.pictures import HEIF_NEEDED, EncodedPictures
from margin_core.study.models.class_order import match_classes
from margin_core.study.models.named_model import DEFAULT, NamedModel
from margin_core.study.notes import Note, assumption, loss, texts_of
from margin_core.study.samples import counted, listed
from margin_core.values import EmbeddingModel, Need, Study
from margin_core.values.model import describe_model


def add_model_outputs(study: Study, *, engine: Engine | None = None, progress: Progress | None = None) -> Study:
    """Return a study with the features and class probabilities that its model computes from its inputs.

    Parameters
    ----------
    study : Study
        With inputs and a model.
    engine : Engine, optional
        Where the computation runs; default: on this machine, without storing results.
    progress : callable, optional
        ``progress(fraction, text)``; raise `margin_core.errors.Cancelled` in it to stop.

    Returns
    -------
    Study
        The features of the model, if it computes any, replace those of the study, and of its reference; given
        probabilities are kept.
        Probabilities of the model count as in-sample: they are displayed, but not used in ranking.

    Raises
    ------
    MissingPart
        The study has no inputs or no model.
    ModelError
        The model cannot take the inputs.

    Warns
    -----
    MarginWarning
        What was replaced or assumed, or cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from margin_core import Study, add_model_outputs
    >>> rows = np.random.default_rng(0).normal(size=(40, 2)) + np.repeat([[0, 0], [9, 9]], 20, axis=0)
    >>> labels = np.repeat(["cat", "dog"], 20)
    >>> model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, labels)
    >>> study = add_model_outputs(Study.build(inputs=rows, labels=labels, model=model))
    >>> study.embedding.shape, study.probabilities.shape, study.out_of_sample
    ((40, 2), (40, 2), False)
    """
    if not isinstance(study, Study):
        raise ParameterError(
            f"add_model_outputs takes a study; got a {type(study).__name__}. Build one with Study.build."
        )
    model = study.model
    study.require(Need.INPUTS)
    run = Run(engine or LocalEngine(), progress or silent)
    reference = study.maybe_reference
    extended, notes = with_model(study.replace(reference=None), model, run.part(0.0, 1.0 if reference is None else 0.5))
    if reference is not None:
        extended = extended.replace(reference=with_model(reference, model, run.part(0.5, 1.0))[0])
    for note in texts_of(notes):
        warnings.warn(f"Study '{study.name}': {note}", MarginWarning, stacklevel=2)
    return extended


def with_model(study: Study, model: Any | None, run: Run) -> tuple[Study, tuple[Note, ...]]:
    """Return a study with a model, and with the embedding and the probabilities that come from it.

    The embedding of a model that has one replaces a given one. Where neither the model nor the source
    has one, that of EfficientNet-Lite0 for the pictures is used. Probabilities of the source stay; those of the
    model are added when its classes are the study's, as ``out_of_sample=False``.

    Parameters
    ----------
    study : Study
        May lack an embedding.
    model : Model or None
        Any object with ``fingerprint`` and ``probabilities``; with ``embed`` also for features, unless its
        ``gives_features`` is False.
    run : Run
        Remembers the outputs, gets the progress.

    Returns
    -------
    study : Study
        The same study with the model's parts.
    notes : tuple of Note
        What could not be used or was replaced.

    Raises
    ------
    SourceError
        The study has no inputs for the model, or no picture can be read.
    ModelError
        The model does not return one row a sample.

    Notes
    -----
    EfficientNet-Lite0, where it is used by default, adds features only; it is not the study's model, whose classes
    it does not know. Neither is an encoder, which has no classes at all.
    """
    if model is None and (study.has(Need.EMBEDDING) or not are_pictures(study.maybe_inputs)):
        return study, ()
    if not study.has(Need.INPUTS):
        raise SourceError(
            f"Study '{study.name}' has no inputs for {describe_model(model)}. "
            "Open the pictures or rows themselves, or leave --model out."
        )
    model = as_row_model(model, study.inputs)
    encoder = None if getattr(model, "gives_probabilities", True) else model
    model = model if encoder is None else None  # what knows no classes is not the model of a study
    embedder: Any = encoder
    if isinstance(model, EmbeddingModel) and getattr(model, "gives_features", True):
        embedder = model
    if embedder is None and not study.has(Need.EMBEDDING) and are_pictures(study.maybe_inputs):
        embedder = NamedModel(DEFAULT, None, run)
    order, notes = _class_order(study, model, run)
    calls: list[tuple[Any, tuple[str, ...]]] = [] if embedder is None else [(embedder, ("embed",))]
    if order is not None:
        both = embedder is model
        calls = [(model, ("embed", "probabilities"))] if both else [*calls, (model, ("probabilities",))]
    parts: dict[str, str] = {}
    found: dict[str, NDArray[Any]] = {}
    unreadable = np.zeros(len(study), bool)
    for number, (called, methods) in enumerate(calls):
        part = run.part(number / len(calls), (number + 1) / len(calls))
        outputs = compute_outputs(called, methods, study, part)
        unreadable |= outputs.arrays["unseen"]
        if "embed" in methods:
            found["embedding"] = outputs.arrays["embedding"]
            parts["embedding"] = outputs.key
        if "probabilities" in methods:
            found["probabilities"] = outputs.arrays["probabilities"][:, order]
            parts["probabilities"] = fingerprint(outputs.key, order)
    columns = dict(study.columns)
    if isinstance(study.inputs, EncodedPictures) and calls:
        columns["unreadable"] = unreadable
        rows = [row for row in np.flatnonzero(unreadable).tolist() if not study.inputs.is_reported(row)]
        if rows:
            notes = (*notes, loss(_cannot_be_read(study.inputs, rows) + _remedy(study.inputs, rows[0])))
    features = study.features
    space = study.space
    if "embedding" in found:
        features = f"{describe_model(embedder)}, {found['embedding'].shape[1]:,} dimensions"
        space = f"model {embedder.fingerprint}"
        if study.has(Need.EMBEDDING):
            notes = (*notes, assumption(f"The features of the model are used instead of {study.features}."))
    changes: dict[str, Any] = {} if model is None else {"model": model}
    extended = study.replace(
        **changes, **found, columns=columns, features=features, space=space,
        out_of_sample=study.out_of_sample and "probabilities" not in found, parts=parts,
    )  # fmt: skip
    return extended, notes


def _cannot_be_read(pictures: EncodedPictures, rows: list[int]) -> str:
    have = "has" if len(rows) == 1 else "have"
    return f"{len(rows):,} {pictures.describe_unreadable(rows)} and {have} no features."


def _remedy(pictures: EncodedPictures, row: int) -> str:
    """Return what is missing for a picture that cannot be read, a sentence after a blank, or nothing."""
    try:
        pictures[row]
    except SourceError as error:
        return f" {HEIF_NEEDED}" if HEIF_NEEDED in str(error) else ""
    return ""


def _class_order(study: Study, model: Any | None, run: Run) -> tuple[NDArray[np.int64] | None, tuple[Note, ...]]:
    """Return the model's output for each class of the study, or None when they do not correspond, and notes."""
    names = study.class_names
    if model is None or not names or study.has(Need.PROBABILITIES):
        return None, ()
    known = tuple(getattr(model, "class_names", ()))
    outputs = len(known) or getattr(model, "classes", None) or count_outputs(model, study, run)
    order = match_classes(names, known, outputs)
    if order is None:
        reason = (
            f"it knows the classes {listed(known)}, the study has {listed(names)}"
            if known
            else f"it has {counted(outputs, 'output')}, the study {len(names):,} classes"
        )
        return None, (loss(f"The model's probabilities are left out: {reason}."),)
    if known:
        return order, ()
    return order, (assumption("The model's outputs are taken to be the classes of the study, in their order."),)
