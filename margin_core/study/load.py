"""Open a data set, with or without a model, as a `Study`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from margin_core.errors import SourceError
from margin_core.storage.engine import Engine, LocalEngine, Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.storage.workspace import SUFFIX, Workspace
from margin_core.study.features import with_model
from margin_core.study.models import load_model
from margin_core.study.models.model_spec import ModelSpec
from margin_core.study.models.named_model import NamedModel
from margin_core.study.readers import arrays, study_folder
from margin_core.study.readers.arrays import is_array_folder, read_array_folder, read_arrays
from margin_core.study.readers.image_folder import read_image_folder
from margin_core.study.readers.study_folder import read_study_folder
from margin_core.study.roots import resolved_roots, within_roots
from margin_core.study.samples import ColumnNames, Request, Samples, counted
from margin_core.values import Study, usable_rows

VERSION = 1
"""Raised whenever the same samples become another study."""

MANIFESTS = (".csv", ".tsv", ".parquet", ".pq")
"""Suffixes of the tables that `margin_core.study.readers.manifest` reads."""

_HERE = Run()
_NO_COLUMNS = ColumnNames()


@dataclass(frozen=True, eq=False)
class Opened:
    """A study, and where it came from.

    Attributes
    ----------
    study : Study
    notes : tuple of str
        What was left out, replaced or could not be read, a sentence each.
    workspace : Workspace or None
        Where heavy steps are remembered; None when it was opened in memory.
    source : Path
        What was opened, without links; for a workspace the source that it was made from.
    truth : Path or None
        Where the correct labels are, when a ``study.toml`` says so. Opening never reads it.
    """

    study: Study
    notes: tuple[str, ...]
    workspace: Workspace | None
    source: Path
    truth: Path | None = None

    @property
    def engine(self) -> Engine:
        """What remembers this study's steps, or remembers nothing."""
        return self.workspace or LocalEngine()


def load_study(
    source: str | Path,
    *,
    model: Any | None = None,
    layer: str | None = None,
    allow_code: bool = False,
    label: str | None = None,
    file: str | None = None,
    id: str | None = None,
    split: str | None = None,
    weight: str | None = None,
    group: str | None = None,
    workspace: Workspace | Path | None = None,
    run: Run = _HERE,
    roots: Sequence[str | Path] = (),
) -> Study:
    """Open a data set, with or without a model.

    Parameters
    ----------
    source : str or Path
        A folder of pictures (one sub-folder a class), a ``.csv``, ``.tsv`` or ``.parquet`` manifest, an
        ``.npz`` or ``.npy``, a folder of ``.npy``, a folder with a ``study.toml``, or a workspace.
    model : str or Model, optional
        How to find a model (see `margin_core.study.models.load_model`), or a model itself. Default: the given
        embedding, else EfficientNet-Lite0 for pictures.
    layer : str, optional
        The layer of the model whose output is the embedding. Default: the last before the classes.
    allow_code : bool
        Whether `model` may name code (``package.module:factory``). A model that a file names never may.
    label, file, id, split, weight, group : str, optional
        The column of a manifest that plays this part; default: found by its name.
    workspace : Workspace or Path, optional
        Where heavy steps are remembered. Default: nowhere, nothing is written.
    run : Run
        Its progress is told what happens, and stops it by raising `Cancelled`.
    roots : sequence of path
        Folders besides that of the source in which files named by a manifest may lie; a source named by a
        workspace must then lie in one of them.

    Returns
    -------
    Study

    Raises
    ------
    SourceError
        The source cannot be read, or its parts do not line up.
    ModelError
        The model cannot be loaded, or does not fit the data.
    AccessError
        The source leads outside its folder and the roots.
    WorkspaceError
        The workspace cannot be read or written.

    Notes
    -----
    The first time, pictures cost what the model costs; 100,000 samples open again in under a second.
    """
    return open_source(
        source, model=model, layer=layer, allow_code=allow_code, label=label, file=file, id=id, split=split,
        weight=weight, group=group, workspace=workspace, run=run, roots=roots,
    ).study  # fmt: skip


def open_source(
    source: str | Path,
    *,
    model: Any | None = None,
    layer: str | None = None,
    allow_code: bool = False,
    label: str | None = None,
    file: str | None = None,
    id: str | None = None,
    split: str | None = None,
    weight: str | None = None,
    group: str | None = None,
    workspace: Workspace | Path | None = None,
    run: Run = _HERE,
    roots: Sequence[str | Path] = (),
) -> Opened:
    """Open a data set and say where it came from; see `load_study`, which takes the same parameters."""
    path = _existing(Path(source))
    path = path.parent if path.name == study_folder.FILE else path
    columns = ColumnNames(label=label, file=file, id=id, split=split, weight=weight, group=group)
    choice = _ModelChoice(model, layer, allow_code)
    allowed = resolved_roots(roots)
    if isinstance(workspace, Path):
        workspace = Workspace.at(workspace)
    elif workspace is None and isinstance(run.engine, Workspace):
        workspace = run.engine
    if path.suffix == SUFFIX and path.is_dir():
        workspace = workspace or _made_earlier(path)
        facts = Workspace(path).facts() or {}
        columns = _over(columns, _columns_of(facts))
        choice = choice.or_else(_model_of(facts, allowed))
        path = _source_of(path, facts, allowed)
    run = run if workspace is None else Run(workspace, run.progress)
    opened = _open(path, columns, choice, workspace, run, allowed)
    _refuse_blank(opened)
    if workspace is not None:
        _describe(workspace, path, columns, choice)
    return opened


@dataclass(frozen=True, eq=False)
class _ModelChoice:
    """Which model is to look at the samples, and who says so."""

    model: Any | None = None
    layer: str | None = None
    allow_code: bool = False

    def or_else(self, other: _ModelChoice) -> _ModelChoice:
        """Take another choice where this one names no model."""
        return self if self.model is not None else other

    def load(self, run: Run) -> Any | None:
        """Give the model: code at once, weights when they are needed."""
        if not isinstance(self.model, str):
            return self.model
        if ModelSpec.of(self.model).is_code:
            return load_model(self.model, layer=self.layer, allow_code=self.allow_code)
        return NamedModel(self.model, self.layer, run)


def _open(
    path: Path,
    columns: ColumnNames,
    choice: _ModelChoice,
    workspace: Workspace | None,
    run: Run,
    roots: tuple[Path, ...],
) -> Opened:
    request = Request(path, columns, roots, workspace, run.part(0.0, 0.1))
    if not (path / study_folder.FILE).is_file():
        return Opened(*_study_of(_read(request), choice, run), workspace, path)
    folder = read_study_folder(path)
    # A folder that describes itself is complete: nothing outside belongs to it, whatever the roots.
    samples = _read(replace(request, path=folder.source, columns=_over(columns, folder.columns), roots=()))
    samples = replace(samples, name=folder.name or path.name)
    if choice.model is None and samples.embedding is not None and folder.model is not None:
        # The folder brings what its model saw; asking the model again would only cost time.
        study, notes = _with_its_model(samples, _ModelChoice(folder.model).load(run), run), samples.notes
    else:
        study, notes = _study_of(samples, choice.or_else(_ModelChoice(folder.model)), run)
    return Opened(replace(study, features=folder.features or study.features), notes, workspace, path, folder.truth)


def _study_of(samples: Samples, choice: _ModelChoice, run: Run) -> tuple[Study, tuple[str, ...]]:
    study, notes = with_model(_built(samples, _known_parts(samples, run)), choice.load(run), run.part(0.1, 1.0))
    return study, (*samples.notes, *notes)


def _with_its_model(samples: Samples, model: Any, run: Run) -> Study:
    study = _built(samples, _known_parts(samples, run))
    return replace(study, maybe_model=model, parts={**study.parts, "model": model.fingerprint})


def _existing(path: Path) -> Path:
    try:
        resolved = path.expanduser().resolve()
        if resolved.exists():
            return resolved
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(f"'{path}' is not a usable path ({error}). Check the path.") from None
    raise SourceError(f"There is nothing at '{path}'. Check the path.")


def _refuse_blank(opened: Opened) -> None:
    """Raise when no sample has features; a library user may build such a study, but nobody opens one on purpose."""
    points = opened.study.maybe_embedding
    if points is not None and not any(usable_rows(points[at : at + 1024]).any() for at in range(0, len(points), 1024)):
        raise SourceError(
            f"'{opened.source}': each of the {counted(len(points), 'row')} of features has a value that is missing or "
            "not finite, so nothing can be compared. Fill some in, or leave out the columns that lack them."
        )


def _read(request: Request) -> Samples:
    """Choose the reader by what the path is."""
    path, suffix = request.path, request.path.suffix.lower()
    if path.is_dir():
        return read_array_folder(request) if is_array_folder(path) else read_image_folder(request)
    if suffix in MANIFESTS:
        from margin_core.study.readers.manifest import (
            read_manifest,  # pyarrow is slow to import, and few sources need it
        )

        return read_manifest(request)
    if suffix in arrays.SUFFIXES:
        return read_arrays(request)
    raise SourceError(
        f"'{path}' is not a source that can be opened. Give a folder of pictures, a manifest "
        f"({', '.join(MANIFESTS)}), arrays ({', '.join(arrays.SUFFIXES)}) or a workspace ({SUFFIX})."
    )


def _built(samples: Samples, parts: dict[str, str]) -> Study:
    return Study.build(
        name=samples.name, ids=samples.ids, labels=samples.labels, class_names=samples.class_names,
        embedding=samples.embedding, probabilities=samples.probabilities, inputs=samples.inputs,
        columns=samples.columns, features=samples.features, out_of_sample=samples.out_of_sample, parts=parts,
    )  # fmt: skip


def _known_parts(samples: Samples, run: Run) -> dict[str, str]:
    """Give the fingerprints of the parts of a source that was opened before, without hashing them again."""
    if samples.key is None:
        return {}

    def work() -> dict[str, np.ndarray]:
        parts = _built(samples, {}).parts
        return {"names": np.array(list(parts)), "fingerprints": np.array(list(parts.values()))}

    known = run.step("parts", fingerprint("parts", VERSION, samples.key), work)
    return dict(zip(known["names"].tolist(), known["fingerprints"].tolist(), strict=True))


def _over(given: ColumnNames, otherwise: ColumnNames) -> ColumnNames:
    return replace(otherwise, **{name: value for name, value in vars(given).items() if value is not None})


def _made_earlier(folder: Path) -> Workspace:
    if not (folder / "workspace.json").is_file():
        raise SourceError(f"'{folder}' is not a workspace: it has no workspace.json. Open the data set itself.")
    return Workspace.at(folder)


def _source_of(folder: Path, facts: Mapping[str, Any], roots: tuple[Path, ...]) -> Path:
    """Give the source that a workspace was made from."""
    source = facts.get("source")
    if not isinstance(source, str):
        raise SourceError(f"The workspace '{folder}' does not say what it was made from. Open the data set itself.")
    path = folder.parent / source
    if roots:
        within_roots(path, roots)
    if not path.exists():
        raise SourceError(
            f"The workspace '{folder}' was made from '{path}', which is not there any more. "
            "Put it back, or open the data set where it is now with --workspace."
        )
    return path.resolve()


def _columns_of(facts: Mapping[str, Any]) -> ColumnNames:
    columns = facts.get("columns")
    known = columns.items() if isinstance(columns, dict) else ()
    return ColumnNames(**{part: name for part, name in known if part in vars(_NO_COLUMNS) and isinstance(name, str)})


def _model_of(facts: Mapping[str, Any], roots: tuple[Path, ...]) -> _ModelChoice:
    """Give the model that a workspace was made with; being named by a file, it may not be code."""
    model, layer = facts.get("model"), facts.get("layer")
    if not isinstance(model, str):
        return _ModelChoice()
    weights = ModelSpec.of(model).weights
    if roots and weights is not None:
        within_roots(weights, roots)
    return _ModelChoice(model, layer if isinstance(layer, str) else None)


def _describe(workspace: Workspace, source: Path, columns: ColumnNames, choice: _ModelChoice) -> None:
    """Write down what was opened, so that the workspace can be opened by itself."""
    known = workspace.facts() or {}
    beside = source.parent == workspace.folder.resolve().parent
    facts = known | {
        "source": source.name if beside else str(source),
        "columns": {name: value for name, value in vars(columns).items() if value is not None},
        "model": str(ModelSpec.of(choice.model).absolute()) if isinstance(choice.model, str) else None,
        "layer": choice.layer,
    }
    if facts != known:
        workspace.describe(facts)
    else:
        workspace.record_opening()
