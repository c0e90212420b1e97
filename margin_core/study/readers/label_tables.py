"""Tables beside pictures of a single class, which likely hold the labels that the folders do not."""

from __future__ import annotations

from pathlib import Path

from margin_core.study.readers.column_names import read_column_names
from margin_core.study.readers.known_names import LABELS, LIKELY_LABELS


def is_table_of_labels(path: Path) -> bool:
    """Return whether a file is a table of which a column is called a label.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bool
    """
    names = [name.strip().lower() for name in read_column_names(path)]
    return len(names) > 1 and not LIKELY_LABELS.union(LABELS).isdisjoint(names)


def name_table(source: Path, folder: str, table: str, remedy: str) -> str:
    """Return the sentence in which pictures of one class beside a table of labels are refused.

    Parameters
    ----------
    source : Path
    folder : str
        The one class.
    table : str
        Relative to the source.
    remedy : str
        How to go on, a sentence.

    Returns
    -------
    str
    """
    return f"'{source}': all pictures are of one class, '{folder}', and '{table}' holds labels. {remedy}"
