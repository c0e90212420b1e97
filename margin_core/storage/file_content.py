"""What a file is by its first bytes, where its name says something else."""

from __future__ import annotations

from pathlib import Path

FALLBACK_ENCODING = "cp1252"
"""Of a text that is not UTF-8."""

_LFS = b"version https://git-lfs.github.com/spec/"
_ZIP = b"PK\x03\x04"

_BY_BEGIN = (
    (_ZIP, "is an Excel workbook or another zip archive. Give it the suffix .xlsx, or that of what it is"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a workbook of an old Excel. Save it as .xlsx or as CSV"),
    (b"PAR1", "is a Parquet file. Give it the suffix .parquet"),
    (b"\x93NUMPY", "is an array of NumPy. Give it the suffix .npy"),
    (b"%PDF-", "is a PDF. Export its table as CSV"),
)


def describe_lfs_pointer(path: Path) -> str:
    """Return a sentence if a file is only what Git LFS leaves in place of one.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str
        Empty where it is something else, or cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return describe_begin(path, stream.read(len(_LFS))) if path.is_file() else ""
    except OSError:
        return ""


def describe_begin(path: Path, begin: bytes, *, is_text: bool = False) -> str:
    """Return a sentence if the first bytes of a file show that it is not what its name says.

    Parameters
    ----------
    path : Path
        Named in the sentence.
    begin : bytes
    is_text : bool
        Whether a text is expected: then other formats are named, too.

    Returns
    -------
    str
        Empty where they do not.
    """
    if begin.startswith(_LFS):
        return f"'{path}' is a pointer of Git LFS and not the file itself. Fetch it with `git lfs pull`."
    known = _BY_BEGIN if is_text else ()
    return next((f"'{path}' {what}." for magic, what in known if begin.startswith(magic)), "")
