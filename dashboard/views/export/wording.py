"""What the page of exports says."""

from __future__ import annotations

from pathlib import Path

from margin_core.study.samples import counted

TITLE = "Export"
HELP = "The data set that was opened is never changed; exports are new files."
NO_CHANGES = "Nothing has been changed yet; exports hold the labels as they were given."
FILES = {
    "Corrected labels": ("All samples with their labels before and after review.", ("csv", "parquet")),
    "Only the changes": ("Samples that were relabeled or excluded.", ("changes-csv", "changes-parquet")),
    "Decision log": ("Who decided what and when, undone decisions included.", ("log-csv", "log-parquet", "log-jsonl")),
}
"""What is exported as files: what each holds, and its formats."""

MODEL = "MARGIN's own model"
DOWNLOAD_MODEL = "safetensors"


def of_model(title: str) -> str:
    """Return what the exported model is."""
    return f"{title[:1].upper()}{title[1:]}, fitted to the labels as given. Read back with --model FILE."


FORMATS = {"csv": "CSV", "parquet": "Parquet", "jsonl": "JSON lines"}
FOLDER = "As a folder of pictures"
FOLDER_HELP = (
    "One folder per class, without excluded samples, on the machine that runs MARGIN, below an allowed folder."
)
FOLDERS = {
    "image-folder": "Links to the pictures: takes no space, but the originals must stay where they are",
    "image-folder-copies": "Copies of the pictures: takes disk space, independent of the originals",
}
NEW_FOLDER, PICTURES, WRITE, WRITING = "New folder", "Pictures", "Write folder", "Writing the pictures"


def written(count: int, path: Path) -> str:
    """Return how many pictures were written, and where."""
    return f"{count:,} pictures written to {path}"


def labels_given(count: int) -> str:
    """Return how many labels were given to samples that had none."""
    return f"**{count:,}** {'sample has' if count == 1 else 'samples have'} been given a label here."


def changes(relabeled: int, excluded: int, kept: int) -> str:
    """Return how much was changed."""
    return (
        f"**{counted(relabeled + excluded, 'change')}**: {relabeled:,} relabeled, {excluded:,} excluded; "
        f"{counted(kept, 'label')} confirmed."
    )
