"""Open a data set, with or without a model, as a `Study`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from margin_core.class_list import parse_class_names
from margin_core.errors import MarginWarning, SourceError
from margin_core.storage.engine import Engine, LocalEngine, Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.storage.workspace import SUFFIX, Workspace
from margin_core.study.content_notes import check_features, describe_content
from margin_core.study.features import with_model
from margin_core.study.graph_model import with_graph_model
from margin_core.study.hub_dataset import fetch_hub_dataset, is_hub_name
from margin_core.study.models.choice import ModelChoice
from margin_core.study.models.device import check_device
from margin_core.study.named_classes import read_named_classes, record_named_classes, with_named_classes
from margin_core.study.notes import Note, in_order, texts_of
from margin_core.study.probe_model import with_probe_model, with_table_model
from margin_core.study.readers import study_folder
from margin_core.study.reference import describe_reference, find_reference, read_reference
from margin_core.study.remote_address import FOLDER as REMOTE
from margin_core.study.remote_address import is_address
from margin_core.study.remote_table import fetch_remote_table
from margin_core.study.roots import resolve_roots
from margin_core.study.samples import ColumnNames, ReadRequest, Samples
from margin_core.study.source import Source, read_source
from margin_core.study.workspace_source import (
    find_source,
    open_made_workspace,
    record_source,
    recorded_columns,
    recorded_model,
    recorded_reference,
)
from margin_core.values import Study
from margin_core.values.handed_in import to_path

VERSION = 1
"""Raised whenever the same samples become another study."""

_HERE = Run()

OnRead = Callable[[tuple[Note, ...]], None]


@dataclass(frozen=True, eq=False)
class Opened:
    """A study, and where it comes from.

    Attributes
    ----------
    study : Study
        The data set, with what the model computed.
    notes : tuple of Note
        What was lost, assumed and read, the gravest first.
    workspace : Workspace or None
        Where heavy steps are stored; None when it was opened in memory.
    source : Path
        What was opened, without links; for a workspace the source it was made from.
    truth : Path or None
        File of the true labels, when a ``study.toml`` names it. Opening never reads it.
    read : Study or None
        The study as it was read from the source, where samples were given labels since; else None.
    labels_upto : int
        Id of the last decision from which labels were given; see `margin_core.review.labels_given`.
    asks_for_own_model : bool
        Whether MARGIN's own model was asked for, which then looks at pictures that came with features, too.
    """

    study: Study
    notes: tuple[Note, ...]
    workspace: Workspace | None
    source: Path
    truth: Path | None = None
    read: Study | None = None
    labels_upto: int = 0
    asks_for_own_model: bool = False

    @property
    def source_study(self) -> Study:
        """The study as it was read: its labels are those of the source, and exports tell what has changed since."""
        return self.study if self.read is None else self.read

    @property
    def engine(self) -> Engine:
        """The engine that stores this study's steps, or stores nothing."""
        return self.workspace or LocalEngine()


def load_study(
    source: str | Path,
    *,
    model: Any | None = None,
    layer: str | None = None,
    allow_code: bool = False,
    download: bool = False,
    device: str | None = None,
    label: str | None = None,
    file: str | None = None,
    id: str | None = None,
    split: str | None = None,
    weight: str | None = None,
    group: str | None = None,
    kinds: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    labels: str | Path | None = None,
    sheet: str | None = None,
    edges: str | Path | None = None,
    nodes: str | Path | None = None,
    against: str | Path | None = None,
    classes: str | Sequence[str] = (),
    workspace: Workspace | str | Path | None = None,
    run: Run = _HERE,
    roots: Sequence[str | Path] = (),
) -> Study:
    """Open a data set, with or without a model.

    Parameters
    ----------
    source : str or Path
        A folder of pictures (one sub-folder a class) or a ``.zip`` of it, a ``.csv``, ``.tsv`` or ``.parquet``
        manifest or a folder of Parquet shards, an ``.npz`` or ``.npy``, a folder of ``.npy``, WebDataset shards
        (``.tar``, or a folder of them), what Datasets saved to disk, an export of COCO, Label Studio or FiftyOne
        (``.json``), a graph (``.graphml``, ``.gml``, or an ``.npz`` with ``edges``), a data set of the Hugging Face Hub
        (``hf:owner/name``), a folder with a ``study.toml``, or a workspace.
    model : str or Model, optional
        Description of a model (see `margin_core.study.models.load_model`), or a model. ``margin``: MARGIN's own, also
        for pictures that came with features of another model. ``gradient_boosting``, ``mlp``: fitted to the rows of a
        table, with cross-validated probabilities; ``gcn``, ``gcn3`` and ``vgae``: to the given graph of a study.
        Default: the given embedding, otherwise EfficientNet-Lite0 for pictures.
    layer : str, optional
        The layer of the model whose output is the embedding. Default: the last one before the logits.
    allow_code : bool
        Whether `model` may name code (``package.module:factory``). A model that a file names never may.
    download : bool
        Whether published weights that `model` names may be downloaded where the cache of their library has none.
    device : {'auto', 'cpu', 'cuda', 'mps'}, optional
        Where networks compute features. Default: that of `run`, which is a graphics processor where torch finds one.
    label, file, id, split, weight, group : str, optional
        The column of a manifest with this role; default: recognized by its name.
    kinds : mapping of str to str, optional
        How columns of a table are used, by their names: ``number``, ``boolean``, ``category``, ``date``,
        ``date-month-first``, ``text`` (the samples are these texts), ``id`` (not a feature) or ``ignore`` (left out).
        Default: recognized by the values.
    labels : str or Path, optional
        A table that holds the labels by id, where they stand apart from the samples. `label`, `id`, `split`, `weight`
        and `group` are columns of it then.
    sheet : str, optional
        The sheet of a workbook (``.xlsx``) that is read; of `labels` where the source is no workbook. Default: the
        first.
    edges : str or Path, optional
        A table of the edges between the samples: two columns of their ids, and perhaps one of weights.
    nodes : str or Path, optional
        The source of the samples, where `source` is such a table of edges.
    against : str or Path, optional
        A reference, such as last month's data: another source of the same kind of samples, which these are compared
        with (`Study.reference`). The model, and the columns that are named, are those of both. Features that are fitted
        to samples (columns of tables, words of texts) are fitted to both together.
    classes : str or sequence of str, optional
        Classes besides those of the source, for samples that are labeled later; as one text with commas between them.
    workspace : Workspace, Path or str, optional
        Where expensive steps are stored. Default: nothing is stored.
    run : Run
        Receives the progress; stops the opening by raising `Cancelled`.
    roots : sequence of path
        Folders besides that of the source in which files named by a manifest may lie; a source named by a
        workspace must then lie in one of them.

    Returns
    -------
    Study
        The same for the same content of the source, columns and model.

    Raises
    ------
    SourceError
        The source cannot be read, or its parts do not match, or it cannot be compared with its reference.
    ModelError
        The model cannot be loaded, or does not fit the data.
    ParameterError
        A `layer` without a model.
    AccessError
        The source leads outside its folder and the roots.
    WorkspaceError
        The workspace cannot be read or written.

    Warns
    -----
    MarginWarning
        What was left out, replaced or assumed; `open_source` returns the same sentences.

    Notes
    -----
    The first time, pictures are evaluated by the model; afterwards, 100,000 samples open in under a second.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from margin_core import load_study
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "points.npz"
    ...     np.savez(path, embedding=np.eye(4), labels=np.array(["cat", "dog", "cat", "dog"]))
    ...     study = load_study(path)
    >>> study.name, len(study), study.class_names
    ('points', 4, ('cat', 'dog'))
    """
    opened = open_source(
        source, model=model, layer=layer, allow_code=allow_code, download=download, device=device, label=label,
        file=file, id=id, split=split, weight=weight, group=group, kinds=kinds, labels=labels, sheet=sheet,
        edges=edges, nodes=nodes, classes=classes, against=against, workspace=workspace, run=run,
        roots=roots,
    )  # fmt: skip
    for note in texts_of(opened.notes):
        warnings.warn(f"'{source}': {note}", MarginWarning, stacklevel=2)
    return opened.study


def open_source(
    source: str | Path,
    *,
    model: Any | None = None,
    layer: str | None = None,
    allow_code: bool = False,
    download: bool = False,
    device: str | None = None,
    label: str | None = None,
    file: str | None = None,
    id: str | None = None,
    split: str | None = None,
    weight: str | None = None,
    group: str | None = None,
    kinds: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    labels: str | Path | None = None,
    sheet: str | None = None,
    edges: str | Path | None = None,
    nodes: str | Path | None = None,
    against: str | Path | None = None,
    classes: str | Sequence[str] = (),
    workspace: Workspace | str | Path | None = None,
    run: Run = _HERE,
    roots: Sequence[str | Path] = (),
    on_read: OnRead | None = None,
) -> Opened:
    """Open a data set as a study, and return where it comes from too.

    Parameters
    ----------
    source, model, layer, allow_code, download, device
    label, file, id, split, weight, group, kinds, labels, sheet
    edges, nodes, against, classes, workspace, run, roots
        As for `load_study`.
    on_read : callable, optional
        Called with what is known once the source is read, before a model looks at it, which may take long.

    Returns
    -------
    Opened
        The study with its notes, workspace and source.

    Raises
    ------
    SourceError, ModelError, AccessError, WorkspaceError
        As for `load_study`.
    """
    if is_hub_name(source):
        source = fetch_hub_dataset(source, _folder_for(source, workspace or run.engine))
    roots = [roots] if isinstance(roots, str | Path) else list(roots)
    if is_address(source):
        folder = _folder_for(source, workspace or run.engine)
        source = fetch_remote_table(source, roots, folder, file=file, sheet=sheet, progress=run.progress)
        roots = [*(root for root in roots if not is_address(root)), folder / REMOTE]
    path = _existing(to_path("load_study", source))
    path = path.parent if path.name == study_folder.FILE else path
    columns = ColumnNames(
        label=label, file=file, id=id, split=split, weight=weight, group=group, kinds=_pairs(kinds),
        sheet=sheet, **{
            name: None if table is None else str(_existing(to_path(f"load_study: {name}", table)))
            for name, table in (("labels", labels), ("edges", edges), ("nodes", nodes))
        },
        classes=parse_class_names(classes) if isinstance(classes, str) else tuple(map(str, classes)),
    )  # fmt: skip
    choice = ModelChoice(model, layer, allow_code, download)
    allowed = resolve_roots(roots)
    if workspace is not None and not isinstance(workspace, Workspace):
        workspace = Workspace.at(to_path("load_study: workspace", workspace))
    elif workspace is None and isinstance(run.engine, Workspace):
        workspace = run.engine
    compared = None if against is None else find_reference(against)
    if path.suffix == SUFFIX and path.is_dir():
        workspace = workspace or open_made_workspace(path)
        facts = Workspace(path).facts() or {}
        columns = columns.or_else(recorded_columns(facts, allowed))
        choice = choice.or_else(recorded_model(facts, allowed))
        compared = compared or recorded_reference(path, facts, allowed)
        path = find_source(path, facts, allowed)
    run = run if workspace is None else replace(run, engine=workspace)
    if device is not None:
        check_device(device)
        run = replace(run, device=device)
    request = ReadRequest(path, columns, allowed, workspace, run.part(0.0, 0.1))
    found = read_source(request, choice)
    if compared is None:
        study, notes = _build_source(found, run.part(0.1, 1.0), on_read or _say_nothing)
    else:
        study, notes = _build_compared(found, request, compared, choice, run, on_read or _say_nothing)
    named = (*found.classes, *read_named_classes(workspace), *columns.classes)
    study = with_named_classes(study, named)
    notes = (*notes, *check_features(study, path, run), *describe_content(study))
    if workspace is not None:
        record_source(workspace, path, columns, choice, compared)
        if named := tuple(dict.fromkeys(name for name in named if name not in found.classes)):
            record_named_classes(workspace, named)
    return Opened(study, in_order(notes), workspace, path, found.truth, asks_for_own_model=found.choice.is_own)


def _build_compared(
    source: Source, request: ReadRequest, path: Path, choice: ModelChoice, run: Run, on_read: OnRead
) -> tuple[Study, tuple[Note, ...]]:
    """Return a study with its reference, whose features are those of the same model or were fitted to both."""
    from margin_core.study.joint_features import fit_jointly  # slow to import, and most studies have no reference

    reference = read_reference(path, request, choice)
    samples, others = fit_jointly(source.samples, reference.samples, request)
    # What one of both names holds for the other: features of two models could not be compared.
    shared = source.choice.or_else(reference.choice)
    source = replace(source, samples=samples, choice=shared)
    reference = replace(reference, samples=others, choice=reference.choice.or_else(shared))
    found, lost = _build_reference(reference, run.part(0.1, 0.5))
    study, notes = _build_source(source, run.part(0.5, 1.0), on_read)
    lost = (*lost, *check_features(found, path, run))
    study = study.replace(reference=found)
    return study, (*notes, *describe_reference(study, lost))


def _build_source(source: Source, run: Run, on_read: OnRead) -> tuple[Study, tuple[Note, ...]]:
    if source.has_stored_features:
        # The folder has the features of its model already; computing them again would only cost time.
        study, notes = _build_with_stored_features(source.samples, source.choice.load(run), run), source.samples.notes
    else:
        study, notes = _build_with_model(source.samples, source.choice, run, on_read)
    return replace(study, features=source.features or study.features), notes


def _build_reference(source: Source, run: Run) -> tuple[Study, tuple[Note, ...]]:
    """Return the study of a reference: with the features of a model, and none of MARGIN's fitted to it."""
    study, notes = _build(source.samples, _part_fingerprints(source.samples, run)), source.samples.notes
    if not source.has_stored_features:
        study, of_model = with_model(study, source.choice.load(run), run)
        notes = (*notes, *of_model)
    return replace(study, features=source.features or study.features), notes


def _say_nothing(notes: tuple[Note, ...]) -> None:
    pass


def _build_with_model(
    samples: Samples, choice: ModelChoice, run: Run, on_read: OnRead
) -> tuple[Study, tuple[Note, ...]]:
    read = _build(samples, _part_fingerprints(samples, run))
    on_read(in_order((*samples.notes, *describe_content(read))))
    study, notes = with_model(read, choice.load(run), run)
    if choice.table_model is not None:
        return with_table_model(study, choice.table_model, run), (*samples.notes, *notes)
    if choice.graph_model is not None:
        study, more = with_graph_model(study, choice.graph_model, run)
        return with_probe_model(study, run), (*samples.notes, *notes, *more)
    return with_probe_model(study, run, may_embed=choice.is_own), (*samples.notes, *notes)


def _build_with_stored_features(samples: Samples, model: Any, run: Run) -> Study:
    study = _build(samples, _part_fingerprints(samples, run))
    return replace(study, maybe_model=model, parts={**study.parts, "model": model.fingerprint})


def _folder_for(source: object, workspace: object) -> Path:
    """Return the folder of the workspace that a data set from elsewhere is downloaded into."""
    if isinstance(workspace, Workspace):
        return workspace.folder
    if isinstance(workspace, str | Path):
        return Path(workspace)
    raise SourceError(
        f"'{source}' is downloaded into a workspace. Name one, such as "
        f"workspace='{str(source).rpartition('/')[2].rpartition(':')[2]}{SUFFIX}'."
    )


def _existing(path: Path) -> Path:
    try:
        resolved = path.expanduser().resolve()
        if resolved.exists():
            return resolved
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(f"'{path}' is not a usable path ({error}). Check the path.") from None
    raise SourceError(f"There is nothing at '{path}'. Check the path.")


def _build(samples: Samples, parts: dict[str, str]) -> Study:
    return Study.build(
        name=samples.name, ids=samples.ids, labels=samples.labels, class_names=samples.class_names,
        embedding=samples.embedding, probabilities=samples.probabilities, inputs=samples.inputs,
        columns=samples.columns, features=samples.features, out_of_sample=samples.out_of_sample, graph=samples.graph,
        space=samples.space, parts=parts,
    )  # fmt: skip


def _part_fingerprints(samples: Samples, run: Run) -> dict[str, str]:
    """Return the fingerprints of the parts of a source; one that was opened before is not hashed again."""
    if samples.key is None:
        return {}

    def work() -> dict[str, np.ndarray]:
        parts = _build(samples, {}).parts
        return {"names": np.array(list(parts)), "fingerprints": np.array(list(parts.values()))}

    known = run.step("parts", fingerprint("parts", VERSION, samples.key), work)
    return dict(zip(known["names"].tolist(), known["fingerprints"].tolist(), strict=True))


def _pairs(kinds: Mapping[str, str] | Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    try:
        pairs = kinds.items() if isinstance(kinds, Mapping) else kinds or ()
        return tuple(sorted({(str(name), str(kind)) for name, kind in pairs}))
    except (TypeError, ValueError):
        raise SourceError(
            "load_study: kinds must have a kind for each name of a column, such as {'city': 'category'}; "
            f"got a {type(kinds).__name__}."
        ) from None
