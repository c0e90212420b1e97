"""The program with the toy task of docs/howto/own-task.md added, in a folder of its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "howto" / "own-task.md"
COPIED = ("margin_core", "dashboard", "assets", "tests", ".streamlit")
LINKED = ("sample_data",)
FILES = ("margin_dashboard.py", "pyproject.toml")

FILE = re.compile(r"^`([\w/.]+)`:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"^The line in `([\w/.]+)`:\n\n((?:```diff\n.*?^```\n+)+)", re.MULTILINE | re.DOTALL)
CHANGE = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def with_the_toy(folder: Path) -> Path:
    """Copy the program to a folder, and do what the page says; return the folder."""
    for name in COPIED:
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copyfile(REPOSITORY / name, folder / name)
    for name in LINKED:
        (folder / name).symlink_to(REPOSITORY / name)
    text = PAGE.read_text(encoding="utf-8")
    for name, content in FILE.findall(text):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    for name, changes in LINE.findall(text):
        for change in CHANGE.findall(changes):
            _apply(folder / name, change.splitlines())
    return folder


def added_files() -> list[str]:
    """List the files that the page adds."""
    return [name for name, _ in FILE.findall(PAGE.read_text(encoding="utf-8"))]


def changed_files() -> list[str]:
    """List the files to which the page adds a line."""
    return [name for name, _ in LINE.findall(PAGE.read_text(encoding="utf-8"))]


def _apply(path: Path, change: list[str]) -> None:
    before = "".join(f"{line[1:]}\n" for line in change if line[0] in " -")
    after = "".join(f"{line[1:]}\n" for line in change if line[0] in " +")
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"docs/howto/own-task.md changes what {path.name} does not hold once:\n{before}"
    path.write_text(text.replace(before, after), encoding="utf-8")
