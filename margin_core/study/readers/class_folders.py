"""Labels that are folders: which level of the paths of pictures is the class, which the split, and what is litter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from margin_core.study.notes import Note, assumption, read
from margin_core.study.samples import encode_classes, listed
from margin_core.values import Ints, Texts

SPLITS = {
    spelling: split
    for split, names in {
        "train": ("train", "training"),
        "val": ("val", "valid", "validation", "dev"),
        "test": ("test", "testing", "eval"),
    }.items()
    for name in names
    for spelling in (name, f"{name}set", f"{name}_set", f"{name}-set", f"{name} set", f"{name}_images")
}
"""Folders at the top, in lower case, that are parts of the data set rather than classes, when there are only such."""

TO_LABEL = frozenset({"unlabeled", "unlabelled"})
"""Folders at the top, in lower case, whose pictures are to be labeled."""

UNLABELED_SPLIT = "unlabeled"

LITTER = frozenset(
    {"__macosx", "@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found", "thumbs.db",
     "ehthumbs.db", "desktop.ini", "__pycache__"}
)  # fmt: skip
"""What systems leave behind in folders, in lower case; names that start with a dot are left out as well."""


def is_litter(name: str) -> bool:
    """Return whether a file or folder is hidden, or one that systems leave behind.

    Parameters
    ----------
    name : str
        Without the folders above it.

    Returns
    -------
    bool
    """
    return name.startswith(".") or name.lower() in LITTER


def litter_note(count: int) -> Note:
    """Return the note of hidden files and what systems leave behind.

    Parameters
    ----------
    count : int
        At least 1.

    Returns
    -------
    Note
    """
    hidden = "hidden file or one of the system's" if count == 1 else "hidden files or ones of the system"
    return assumption(f"{count:,} {hidden} left out.")


@dataclass(frozen=True)
class ClassFolders:
    """The classes and splits that the folders of n pictures name.

    Attributes
    ----------
    paths : tuple of str, length n
        Of the pictures, in posix form.
    above : str
        The folders around all classes; empty where there is none.
    split, label : tuple of str, length n
        Of each picture; empty where there is none.
    """

    paths: tuple[str, ...]
    above: str
    split: tuple[str, ...]
    label: tuple[str, ...]

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The classes, or None where there is none.

        Sorted by text, numbers too: so torchvision numbers the folders for the models trained on them.
        """
        return tuple(sorted(set(self.label) - {""})) or None

    @property
    def labels(self) -> Ints | None:
        """The class numbers ``(n,)``, or None where there is no class."""
        return encode_classes(self.label, self.class_names) if self.class_names else None

    @property
    def columns(self) -> dict[str, Texts]:
        """The split of each picture, where there are splits."""
        return {"split": np.array(self.split)} if any(self.split) else {}

    def notes(self, source: str) -> Iterator[Note]:
        """Yield what the labels are, and the level that they more likely stand at.

        Parameters
        ----------
        source : str
            What `paths` start from, for a message.

        Yields
        ------
        Note
        """
        if self.above:
            yield assumption(f"All pictures lie in '{self.above}', which is read as a folder around the classes.")
        names = self.class_names
        splits = sorted(set(self.split) - {"", UNLABELED_SPLIT})
        if names is None and splits:
            yield assumption(
                f"Below the folders of splits ({listed(splits)}) are no folders of classes: no picture has a label. "
                "Read the labels from a table with --labels FILE."
            )
        if names is None:
            return
        where = ", below the folder of its split" if self.columns else ""
        yield read(f"Label: the folder of each picture{where}.")
        below: dict[str, set[str]] = {name: set() for name in names}
        for path, label, split in zip(self.paths, self.label, self.split, strict=True):
            parts = path.removeprefix(f"{self.above}/" if self.above else "").split("/")[bool(split) : -1]
            if label and len(parts) > 1:
                below[label].add(parts[1])
        inner = below[names[0]]
        if len(inner) > 1 and all(folders == inner for folders in below.values()):
            has = (
                f"The class {names[0]} has" if len(names) == 1 else f"Each of the classes {listed(names)} has the same"
            )
            inside = "/".join(part for part in (source, self.above, names[0]) if part)
            yield assumption(
                f"{has} sub-folders ({listed(sorted(inner))}). If these are the classes, open '{inside}', or list the "
                "pictures with their labels in a .csv."
            )
        if all(map(str.isdecimal, names)) and names != tuple(sorted(names, key=int)):
            yield read(
                f"Folders of numbers are classes in the order of their texts, as in ImageFolder ({listed(names)})."
            )


def find_class_folders(paths: Sequence[str]) -> ClassFolders:
    """Find the folders that are classes: below a folder around all of them, and below splits.

    Parameters
    ----------
    paths : sequence of str, length n
        Of pictures, in posix form, relative to the source.

    Returns
    -------
    ClassFolders
    """
    folders = [path.split("/")[:-1] for path in paths]
    above: list[str] = []
    # A folder around others; one that holds pictures itself is a class.
    while len({parts[0] if parts else "" for parts in folders}) == 1 and all(len(parts) > 1 for parts in folders):
        if folders[0][0].lower() in SPLITS:
            break
        above.append(folders[0][0])
        folders = [parts[1:] for parts in folders]
    tops = [parts[0].lower() if parts else "" for parts in folders]
    at_the_top = set(tops) - {"", *TO_LABEL}
    if at_the_top and at_the_top <= set(SPLITS):
        names = SPLITS | dict.fromkeys(TO_LABEL, UNLABELED_SPLIT)
        split = [names.get(top, "") for top in tops]
        label = [parts[1] if len(parts) > 1 else "" for parts in folders]
    else:
        split, label = [""] * len(folders), [parts[0] if parts else "" for parts in folders]
    label = ["" if top in TO_LABEL else name for top, name in zip(tops, label, strict=True)]
    return ClassFolders(tuple(paths), "/".join(above), tuple(split), tuple(label))
