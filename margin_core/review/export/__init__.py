"""The results of a review as files: corrected labels, a corrected data set, the log.

`FORMATS` lists every format; the command line and the export page are built from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from margin_core.errors import ReviewError
from margin_core.review.decision import Decision, study_key
from margin_core.review.export.content import with_content
from margin_core.review.export.image_folder import copy, link, write_image_folder
from margin_core.review.export.labels import corrected_labels, only_changes
from margin_core.review.export.model_file import write_own_model
from margin_core.review.export.tables import write_csv, write_json_lines, write_parquet
from margin_core.review.store import log_frame
from margin_core.values import Study
from margin_core.values.handed_in import to_path

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FORMATS", "Exported", "Format", "corrected_labels", "export", "only_changes"]

Write = Callable[[Study, Sequence[Decision], Path], int]
MakeFrame = Callable[[Study, Sequence[Decision]], "pd.DataFrame"]


@dataclass(frozen=True)
class Format:
    """One format of the export.

    Parameters
    ----------
    name : str
        For ``--format``.
    description : str
        One sentence for a person.
    suffix : str
        Of the file; empty for a folder.
    write : callable (study, decisions, path) -> int
        Writes it and returns how many samples, decisions or outputs it holds.
    noun : str
        What it counts, for a person.
    """

    name: str
    description: str
    suffix: str
    write: Write
    noun: str = "row"


@dataclass(frozen=True)
class Exported:
    """The file that an export has written, and how much it holds.

    Parameters
    ----------
    path : Path
    count : int
        Samples or decisions that it holds.
    """

    path: Path
    count: int


def _all(study: Study, decisions: Sequence[Decision]) -> pd.DataFrame:
    return with_content(study, corrected_labels(study, decisions))


def _changes(study: Study, decisions: Sequence[Decision]) -> pd.DataFrame:
    return only_changes(_all(study, decisions))


def _log(study: Study, decisions: Sequence[Decision]) -> pd.DataFrame:
    key = study_key(study)
    return log_frame(decision for decision in decisions if decision.study == key)


def _table(make: MakeFrame, write: Callable[[pd.DataFrame, Path], None]) -> Write:
    def write_table(study: Study, decisions: Sequence[Decision], path: Path) -> int:
        frame = make(study, decisions)
        write(frame, path)
        return len(frame)

    return write_table


def _linked(study: Study, decisions: Sequence[Decision], path: Path) -> int:
    return write_image_folder(study, decisions, path, link)


def _copied(study: Study, decisions: Sequence[Decision], path: Path) -> int:
    return write_image_folder(study, decisions, path, copy)


FORMATS = (
    Format("csv", "Every sample with its label before and after review, and its text or values, for spreadsheets.",
           ".csv", _table(_all, write_csv)),
    Format("parquet", "Every sample with its label before and after review, and its text or values, with exact types.",
           ".parquet", _table(_all, write_parquet)),
    Format("changes-csv", "Only the samples whose label changed or that are excluded, for spreadsheets.", ".csv",
           _table(_changes, write_csv)),
    Format("changes-parquet", "Only the samples whose label changed or that are excluded, with exact types.",
           ".parquet", _table(_changes, write_parquet)),
    Format("image-folder", "The corrected data set, one folder a class, as links to the pictures (arrays as PNG).",
           "", _linked),
    Format("image-folder-copies", "The corrected data set, one folder a class, as copies of the pictures.",
           "", _copied),
    Format("log-csv", "Every decision ever made, undone ones included, for spreadsheets.", ".csv",
           _table(_log, write_csv)),
    Format("log-parquet", "Every decision ever made, undone ones included, with exact types.", ".parquet",
           _table(_log, write_parquet)),
    Format("log-jsonl", "Every decision ever made, undone ones included, one JSON object a line.", ".jsonl",
           _table(_log, write_json_lines)),
    Format("model", "MARGIN's own model of a study that came without one, for --model; .onnx by that suffix.",
           ".safetensors", write_own_model, "output"),
)  # fmt: skip
"""Every format, in the order in which to offer them."""


def export(study: Study, decisions: Sequence[Decision], format: str, path: str | Path) -> Exported:
    """Write the results of a review to a file or folder.

    Parameters
    ----------
    study : Study
    decisions : sequence of Decision
        The log in order, as `ReviewStore.decisions` gives it; decisions on other studies are left out.
    format : str
        A name in `FORMATS`.
    path : str or Path
        A file is replaced, whole or not at all; a folder must be absent or empty.

    Returns
    -------
    Exported

    Raises
    ------
    ReviewError
        An unknown format, a folder that holds something, inputs that are no pictures.
    MissingPart
        An image folder of a study without inputs.
    WorkspaceError
        The disk is full or cannot be written.
    """
    chosen = next((known for known in FORMATS if known.name == format), None)
    if chosen is None:
        raise ReviewError(f"There is no format '{format}'. There are: {', '.join(known.name for known in FORMATS)}.")
    if not isinstance(study, Study) or isinstance(decisions, str) or not isinstance(decisions, Sequence):
        raise ReviewError(
            "export takes a study, then the decisions of a log. Write export(study, store.decisions(), 'csv', path)."
        )
    target = to_path("export", path)
    return Exported(target, chosen.write(study, decisions, target))
