"""Pages keep their word: Python runs, commands parse, links lead somewhere, and the site builds without a warning."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

from margin_core.cli import RENAMED, command_parser

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GENERATED = {"api.md", "command-line.md"}
PAGES = [page for page in PAGES if page.name not in GENERATED]
BLOCK = re.compile(r"^```([^`\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INCLUDED = "{literalinclude} "
MENTION = re.compile(r"`margin ([^`\n]+)`")
HIDDEN = {"saliency": "--serve", "slice": "--rows"}
"""Options that no help shows: of the dashboard, and of an earlier release; docs/decisions name them."""
LINK = re.compile(r"\]\(([^)\s]+)\)")
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


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


def commands_of(page):
    """Yield the words of each command in a page's blocks of shell, without ``margin`` and what follows a pipe."""
    for text in (*blocks(page, ""), *blocks(page, "sh"), *blocks(page, "bash"), *blocks(page, "console")):
        for line in text.replace("\\\n", " ").splitlines():
            words = words_of(line.removeprefix("$ "))
            if words and Path(words[0]).name == "margin":
                yield words[1:]


def words_of(line):
    tokens = shlex.shlex(line, posix=True, punctuation_chars="|>&;")
    tokens.whitespace_split = True
    return [*takewhile(lambda token: not set(token) <= set("|>&;"), tokens)]


def refusal(words, capsys):
    """Return what the command line says against the words of a command; empty where it takes them."""
    try:
        command_parser(words[0] if words else "").parse_args(words)
    except SystemExit as stop:
        return capsys.readouterr().err if stop.code else ""
    return ""


def unknown_options(words, capsys):
    """Return the options of a command mentioned in a sentence that it does not have."""
    with contextlib.suppress(SystemExit):
        command_parser(words[0]).parse_args([words[0], "--help"])
    known = re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out)
    return [option for option in re.findall(r"--[a-z][a-z-]*", " ".join(words)) if option not in (*known, "--help")]


@every_page
def test_commands_parse(page, capsys):
    for words in commands_of(page):
        assert not (message := refusal(words, capsys)), f"{page.name}: margin {shlex.join(words)}\n{message}"


@every_page
def test_commands_in_sentences_have_the_options_that_are_named(page, capsys):
    for text in MENTION.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        words = text.replace("[", " ").replace("]", " ").split()
        name = words[0] if words else ""
        if re.fullmatch("[a-z]+", name) and name not in RENAMED:
            unknown = [option for option in unknown_options(words, capsys) if option != HIDDEN.get(name)]
            assert not unknown, f"{page.name}: margin {text} has no {', '.join(unknown)}"


@pytest.mark.parametrize("name", [path.name for path in sorted((ROOT / "examples").glob("*.py"))])
def test_commands_in_examples_parse(name, capsys):
    text = (ROOT / "examples" / name).read_text(encoding="utf-8")
    for line in re.findall(r"^#\s+margin (.+)$", text, re.MULTILINE):
        assert not (message := refusal(words_of(line), capsys)), f"{name}: margin {line}\n{message}"


def test_words_end_at_a_pipe():
    assert words_of("margin audit x --fail-on 'label_flips>2%' > y.json  # gate") == [
        "margin", "audit", "x", "--fail-on", "label_flips>2%"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("audit SOURCE --colour", "unrecognized arguments: --colour"),
        ("audit SOURCE --task toys", "invalid choice: 'toys'"),
        ("audits SOURCE", "'audits' is not a command"),
        ("export SOURCE --format csv", "required: --out"),
    ],
)
def test_what_the_command_line_has_not_is_noticed(capsys, line, message):
    assert message in refusal(line.split(), capsys)
    assert refusal(["audit", "SOURCE", "--task", "prototypes", "--out", "x", "--json"], capsys) == ""
    assert unknown_options(["audit", "SOURCE", "--task", "--colour"], capsys) == ["--colour"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::margin_core.errors.MarginWarning")  # A page may show what is assumed.
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.stem)
def test_python_of_a_page_runs(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    if page.name == "own-task.md":
        return  # tests/test_toy_task.py adds it to a copy of the program.
    shared: dict[str, object] = {}
    for language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language.startswith(INCLUDED):  # what follows goes on from the example that is shown above it
            text = (page.parent / language.removeprefix(INCLUDED)).read_text(encoding="utf-8")
        if language == "python" or language.endswith(".py"):
            exec(compile(text, str(page), "exec"), shared)


def test_a_block_after_an_example_is_one():
    page = ROOT / "docs" / "tutorials" / "arrays-in-a-notebook.md"
    assert any("explanation_figure(explain(" in text for text in blocks(page, "python"))


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
