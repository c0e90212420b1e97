"""Networks of a given graph, by name: ``gcn`` and ``gcn3`` predict its labels, ``vgae`` gives its nodes features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.domain.samples import encode_groups
from margin_core.errors import ModelError
from margin_core.graph_networks import fit_gcn, fit_vgae
from margin_core.probe.folds import assign_folds
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.models.model_spec import GCN, GCN3, VGAE
from margin_core.study.notes import Note, assumption, read
from margin_core.study.probe_model import MAX_CLASSES
from margin_core.values import UNLABELED, Floats, Need, Study

VERSION = 1
"""Raised whenever the same study would have other probabilities or features."""

LAYERS = {GCN: 2, GCN3: 3}
"""Graph convolutions of each network that predicts."""

FOLDS = 5


def with_graph_model(study: Study, name: str, run: Run) -> tuple[Study, tuple[Note, ...]]:
    """Return a study of a graph with what a network that is fitted to it computes.

    Parameters
    ----------
    study : Study
    name : {'gcn', 'gcn3', 'vgae'}
    run : Run
        Stores the fit.

    Returns
    -------
    study : Study
        With cross-validated probabilities of a graph convolutional network, unless it brings some; or with the latent
        vectors of a variational graph autoencoder as features.
    notes : tuple of Note

    Raises
    ------
    ModelError
        The study has no graph; or, for a network that predicts, no labels of two classes or more than `MAX_CLASSES`;
        or PyTorch Geometric is not installed.
    """
    if not study.has(Need.GRAPH):
        raise ModelError(
            f"'{name}' is fitted to the edges of a graph, and '{study.name}' has none. Name the table that holds them, "
            "with --edges, or leave the model out."
        )
    return _with_latent_features(study, run) if name == VGAE else _with_predictions(study, name, run)


def compute_gcn_probabilities(study: Study, layers: int = 2, *, folds: int = FOLDS, run: Run | None = None) -> Floats:
    """Compute class probabilities of the nodes of a graph by convolutional networks that have not seen their labels.

    Folds are transductive: every network sees all nodes and edges, and the labels of the other folds.

    Parameters
    ----------
    study : Study
        With a graph and labels.
    layers : int
        Graph convolutions.
    folds : int
        Of the cross-validation, at least 2; groups are kept whole.
    run : Run, optional
        The fits are a step of its engine, and it gets the progress.

    Returns
    -------
    float32 array (n, c)
        Rows sum to 1. Those of nodes without a label are of a fit to all labels; NaN where the labels of the other
        folds are all of one class. The order of the nodes plays no part.

    Raises
    ------
    MissingPart
        The study has no graph or no labels.
    ModelError
        PyTorch Geometric is not installed.

    Notes
    -----
    Six fits with five folds: about ten seconds for Cora on one core.
    """
    run, labels, graph = run or Run(), study.labels, study.graph
    parts = [study.parts.get(part) for part in ("ids", "labels", "class_names", "embedding", "graph", "column group")]
    key = fingerprint("gcn", VERSION, layers, folds, parts)

    def fit() -> dict[str, NDArray[np.float32]]:
        order = np.argsort(study.ids, kind="stable")
        features = study.embedding[order] if study.has(Need.EMBEDDING) else None
        nodes = sparse.csr_array(graph[order][:, order])
        rows = np.flatnonzero(labels[order] != UNLABELED)
        column = study.columns.get("group")
        groups = None if column is None else encode_groups(column[order][rows])
        fold_of = assign_folds(labels[order][rows], study.ids[order][rows], folds, groups)
        found = np.full((len(study), len(study.class_names)), np.nan, dtype=np.float32)
        is_complete = len(rows) == len(study)
        fits = [*range(folds), *([] if is_complete else [-1])]
        for place, fold in enumerate(fits):
            asked = rows[fold_of == fold] if fold >= 0 else np.flatnonzero(labels[order] == UNLABELED)
            train = rows[fold_of != fold]
            if not len(asked) or len(np.unique(labels[order][train])) < 2:
                continue
            part = run.part(place / len(fits), (place + 1) / len(fits))
            outputs = fit_gcn(
                features, nodes, labels[order], train, len(study.class_names), layers=layers, progress=part.report
            )
            found[asked] = outputs.probabilities[asked]
        probabilities = np.empty_like(found)
        probabilities[order] = found
        return {"probabilities": probabilities}

    return np.asarray(run.step("gcn", key, fit)["probabilities"])


def _with_predictions(study: Study, name: str, run: Run) -> tuple[Study, tuple[Note, ...]]:
    called = f"'{name}' predicts labels of 2 to {MAX_CLASSES} classes, and '{study.name}'"
    if not study.has(Need.LABELS):
        raise ModelError(f"{called} has no labels. Name the column that holds them, with --label.")
    if len(study.class_names) > MAX_CLASSES:
        raise ModelError(f"{called} has {len(study.class_names):,}. Leave the model out.")
    if len(np.unique(study.labels[study.labels != UNLABELED])) < 2:
        raise ModelError(f"{called} has labels of one. Leave the model out.")
    if study.has(Need.PROBABILITIES):
        return study, (assumption(f"Probabilities are those of the source, and not those of '{name}'."),)
    found = compute_gcn_probabilities(study, LAYERS[name], run=run)
    known = (study.labels != UNLABELED) & np.isfinite(found[:, 0])
    accuracy = float((found.argmax(axis=1) == study.labels)[known].mean()) if known.any() else float("nan")
    title = f"a graph convolutional network of {LAYERS[name]} layers"
    extended = study.replace(
        probabilities=found, out_of_sample=True, predictor=f"{title}, fitted by MARGIN",
        parts={"probabilities": fingerprint("gcn", VERSION, LAYERS[name], study.fingerprint)},
    )  # fmt: skip
    return extended, (read(f"Probabilities: {title}; {accuracy:.0%} of the labels right in cross-validation."),)


def _with_latent_features(study: Study, run: Run) -> tuple[Study, tuple[Note, ...]]:
    key = fingerprint("vgae", VERSION, study.parts["ids"], study.parts.get("embedding"), study.parts["graph"])

    def fit() -> dict[str, NDArray[np.float32]]:
        order = np.argsort(study.ids, kind="stable")
        features = study.embedding[order] if study.has(Need.EMBEDDING) else None
        nodes = sparse.csr_array(study.graph[order][:, order])
        found = fit_vgae(features, nodes, progress=run.report)
        latent = np.empty_like(found)
        latent[order] = found
        return {"embedding": latent}

    latent = run.step("vgae", key, fit)["embedding"]
    title = f"{latent.shape[1]} dimensions of a variational graph autoencoder"
    return study.replace(embedding=latent, features=title, parts={"embedding": key}), ()
