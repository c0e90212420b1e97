"""A folder with a ``study.toml`` that names the parts of a study.

::

    name = "Digits"
    source = "samples.npz"          # a folder of pictures, a manifest or arrays, below this folder
    model = "small_cnn:model.safetensors"
    outputs = "outputs.npz"         # features and probabilities of that model by id, where the source has none
    label = "kind"                  # and file, id, split, weight, group, as on the command line
    features = "the hidden layer of a small CNN"
    truth = "truth.npz"             # the correct labels, where they are known; never read when opening
    kinds = {city = "category"}     # how columns are used, as by --feature on the command line
    labels = "labels.csv"           # a table of labels by id, where they stand apart
edges = "edges.csv"             # a table of the edges between the samples, by id
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from margin_core.errors import SourceError
from margin_core.study.models.model_spec import ModelSpec
from margin_core.study.roots import is_inside
from margin_core.study.samples import FILES, ColumnNames

FILE = "study.toml"

_COLUMNS = tuple(column.name for column in fields(ColumnNames))
_KEYS = ("name", "source", "model", "outputs", "features", "truth", *_COLUMNS)


@dataclass(frozen=True)
class StudyFolder:
    """The content of a ``study.toml``.

    Attributes
    ----------
    source : Path
        Without links, inside the folder.
    columns : ColumnNames
        Which column has which role.
    name, features, model : str or None
        As for a `Study`; a weights file in `model` is given by its full path, inside the folder.
    outputs : Path or None
        File of features and probabilities, inside the folder.
    truth : Path or None
        File of the true labels, inside the folder.
    """

    source: Path
    columns: ColumnNames
    name: str | None = None
    model: str | None = None
    features: str | None = None
    outputs: Path | None = None
    truth: Path | None = None


def read_study_folder(folder: Path) -> StudyFolder:
    """Read the ``study.toml`` of a folder.

    Parameters
    ----------
    folder : Path
        Without links.

    Returns
    -------
    StudyFolder
        With full paths.

    Raises
    ------
    SourceError
        The file is damaged, names no source, has an unknown key, or leads outside the folder.
    """
    path = folder / FILE
    try:
        with path.open("rb") as stream:
            facts = tomllib.load(stream)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"'{path}' cannot be read: {error}. Correct it; each line reads key = \"text\".") from error
    for key, value in facts.items():
        if key not in _KEYS:
            raise SourceError(f"'{path}' has an unknown key '{key}'. It may have: {', '.join(_KEYS)}.")
        if key == "kinds":
            if not isinstance(value, dict) or not all(isinstance(kind, str) for kind in value.values()):
                raise SourceError(f"'{path}': kinds must be a table of texts, such as {{city = \"category\"}}.")
        elif key == "classes":
            if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
                raise SourceError(f'\'{path}\': classes must be a list of texts, such as ["cat", "dog"].')
        elif not isinstance(value, str):
            raise SourceError(f"'{path}': {key} must be text; got {value!r}. Put it in quotes.")
    if "source" not in facts:
        raise SourceError(f"'{path}' does not say what to open. Add source = \"...\", a path inside its folder.")
    return StudyFolder(
        source=_inside(folder, "source", facts["source"]),
        columns=ColumnNames(
            **{key: facts[key] for key in _COLUMNS if key in facts and key not in ("kinds", "classes", *FILES)},
            **{key: str(_inside(folder, key, facts[key])) for key in FILES if key in facts},
            kinds=tuple(sorted(facts.get("kinds", {}).items())),
            classes=tuple(facts.get("classes", ())),
        ),
        name=facts.get("name"),
        model=_model_inside(folder, facts["model"]) if "model" in facts else None,
        features=facts.get("features"),
        outputs=_inside(folder, "outputs", facts["outputs"]) if "outputs" in facts else None,
        truth=_inside(folder, "truth", facts["truth"]) if "truth" in facts else None,
    )


def _inside(folder: Path, key: str, value: str) -> Path:
    resolved = (folder / value).resolve()
    if not is_inside(resolved, (folder,)):
        raise SourceError(
            f"'{folder / FILE}': {key} '{value}' leads outside its folder. Put everything that it names inside."
        )
    return resolved


def _model_inside(folder: Path, value: str) -> str:
    spec = ModelSpec.of(value)
    if spec.weights is None:
        return value
    return str(ModelSpec(spec.architecture, str(_inside(folder, "model", spec.weights))))
