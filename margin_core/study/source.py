"""A source as it was read, before a model looks at its samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from margin_core.study.models.choice import ModelChoice
from margin_core.study.readers import study_folder
from margin_core.study.readers.outputs import with_outputs
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.readers.study_folder import read_study_folder
from margin_core.study.samples import ReadRequest, Samples


@dataclass(frozen=True, eq=False, kw_only=True)
class Source:
    """The samples of a source, and the model that belongs to them.

    Attributes
    ----------
    samples : Samples
    choice : ModelChoice
        The model that is named, else that of a ``study.toml``.
    has_stored_features : bool
        Whether the samples bring the features of this model.
    features : str
        What the features are called; empty where the source does not say.
    truth : Path or None
        File of the true labels, when a ``study.toml`` names it.
    classes : tuple of str
        Classes that a ``study.toml`` names besides those of the samples.
    """

    samples: Samples
    choice: ModelChoice
    has_stored_features: bool = False
    features: str = ""
    truth: Path | None = None
    classes: tuple[str, ...] = ()


def read_source(request: ReadRequest, choice: ModelChoice) -> Source:
    """Read a source, whether it describes itself (``study.toml``) or not.

    Parameters
    ----------
    request : ReadRequest
    choice : ModelChoice
        The model that a person names, if any.

    Returns
    -------
    Source

    Raises
    ------
    SourceError, AccessError
        As for `read_samples`.
    """
    path = request.path
    if not (path / study_folder.FILE).is_file():
        return Source(samples=read_samples(request), choice=choice)
    folder = read_study_folder(path)
    # A folder that describes itself is complete: nothing outside belongs to it, whatever the roots.
    columns = request.columns.or_else(folder.columns)
    samples = read_samples(replace(request, path=folder.source, columns=columns, roots=()))
    samples = replace(samples, name=folder.name or path.name)
    if folder.outputs is not None:
        samples = with_outputs(samples, folder.outputs)
    has_features = samples.embedding is not None and choice.layer is None
    is_given = folder.model is not None and not ModelChoice(folder.model).is_own
    return Source(
        samples=samples,
        choice=choice.or_else(ModelChoice(folder.model)),
        has_stored_features=choice.model is None and has_features and is_given,
        features=folder.features or "",
        truth=folder.truth,
        classes=folder.columns.classes,
    )
