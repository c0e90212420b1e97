"""Pages keep their word: Python runs, commands parse, links lead somewhere, and the site builds without a warning."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GENERATED = {"api.md", "command-line.md"}
PAGES = [page for page in PAGES if page.name not in GENERATED]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())

OTHERS = {"explanation/boundary.md", "explanation/prototypes.md", "explanation/ranking.md", "howto/models.md"}
"""Pages whose Python names a folder of the reader, or code of theirs: their names are imported, and no more."""


def blocks(page, language):
    return [text for found, text in BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


def slug(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@every_page
def test_links_lead_to_a_file_and_a_heading(page):
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists() or there.name in GENERATED, f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, f"{page.name}: {target}"


@every_page
def test_commands_parse(page, capsys):
    from margin_core.cli import main

    for text in (*blocks(page, ""), *blocks(page, "sh"), *blocks(page, "bash")):
        for line in text.splitlines():
            if not line.split() or Path(line.split()[0]).name != "margin":
                continue
            words = shlex.split(line, comments=True)
            with pytest.raises(SystemExit) as stop:
                main([*words[1:], "--help"])
            assert stop.value.code == 0, f"{page.name}: {line}\n{capsys.readouterr().err}"


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.stem)
def test_python_of_a_page_runs(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    if page.name == "own-task.md":
        return  # tests/test_toy_task.py adds it to a copy of the program.
    shared: dict[str, object] = {}
    for text in blocks(page, "python"):
        if page.relative_to(ROOT / "docs").as_posix() in OTHERS if page.name != "README.md" else False:
            compile(text, str(page), "exec")
            text = "".join(f"{line}\n" for line in text.splitlines() if line.startswith(("from ", "import ")))
        exec(compile(text, str(page), "exec"), shared)


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_asks_the_network_for_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", ROOT / "docs", tmp_path],
        cwd=ROOT, capture_output=True, text=True, timeout=300, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    pages = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html"))
    assert not re.findall(r"<(?:script|img|iframe)[^>]+src=\"(?:https?:)?//|<link[^>]+stylesheet[^>]+https?://", pages)
    assert (tmp_path / "searchindex.js").is_file() and "margin_core.Study.build" in pages
