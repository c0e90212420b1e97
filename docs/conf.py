"""The site: `make docs` builds it into build/docs, with warnings as errors and nothing from the network."""

from __future__ import annotations

import contextlib
import io
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

os.environ["COLUMNS"] = "100"  # the width at which argparse wraps its help

from margin_core import __version__
from margin_core.cli import main

HERE = Path(__file__).parent
PACKAGES = (
    "margin_core", "margin_core.graph", "margin_core.influence", "margin_core.tasks", "margin_core.values",
    "margin_core.study", "margin_core.study.models", "margin_core.review", "margin_core.review.estimates",
    "margin_core.review.impact", "margin_core.review.export", "margin_core.figures", "margin_core.domain",
    "margin_core.function", "margin_core.interpretation",
)  # fmt: skip
"""Whose `__all__` the reference lists."""

project = "MARGIN"
author = "The MARGIN authors"
copyright = author
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns: list[str] = []
html_theme = "furo"
html_math_renderer = "source"  # MathJax would come from the network
html_title = "MARGIN"
html_show_sphinx = False
myst_heading_anchors = 4
suppress_warnings = ["myst.xref_missing", "ref.python"]  # files beside docs/; fields that two classes share
autodoc_typehints = "none"
autodoc_member_order = "bysource"


def write_api() -> None:
    """Write one page with every public name, by package."""
    out = ["# API", "", "Every public name, from its docstring.", ""]
    for package in PACKAGES:
        module = import_module(package)
        out += [f"## {package}", ""]
        for name in sorted(getattr(module, "__all__", ())):
            value = getattr(module, name)
            if isinstance(value, type) and value.__module__.startswith("margin_core"):
                kind = "autoclass"
            elif callable(value) and getattr(value, "__module__", "").startswith("margin_core"):
                kind = "autofunction"
            else:
                out += [f"- `{name}`", ""]
                continue
            members = ":members:\n" if kind == "autoclass" else ""
            index = ":no-index:\n" if package != _first_home(name, value) else ""
            out += [f"```{{eval-rst}}\n.. {kind}:: {package}.{name}\n" + _indent(members + index) + "```", ""]
    (HERE / "reference" / "api.md").write_text("\n".join(out), encoding="utf-8")


def write_command_line() -> None:
    """Write one page with the help of every command."""
    from margin_core.cli import COMMANDS

    keys = "The keys of what `--json` prints: [JSON of the commands](json.md)."
    common = "What all commands share, and completion: [use the command line in scripts](../howto/scripting.md)."
    out = ["# Command line", "", f"Generated from `--help`. {common} {keys} [Exit codes](exit-codes.md).", ""]
    for command in ("", "open", *COMMANDS):
        text = io.StringIO()
        with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
            main([*command.split(), "--help"])
        out += [f"## margin {command}".rstrip(), "", "```text", text.getvalue().rstrip(), "```", ""]
    (HERE / "reference" / "command-line.md").write_text("\n".join(out), encoding="utf-8")


def json_page() -> str:
    """Return the page with the keys of every command's JSON; it is kept in the repository, for whoever reads there."""
    from margin_core.cli import COMMANDS

    out = ["# JSON of the commands", "", "What each command prints with `--json`: one document, with these keys.", ""]
    out += ["The keys of `summary.json`: [files](files.md#margin-audit).", ""]
    for command in COMMANDS:
        keys = import_module(f"margin_core.cli.{command}").KEYS
        out += [f"## margin {command}", "", "| key | meaning |", "|---|---|"]
        out += [*(f"| `{key}` | {meaning} |" for key, meaning in keys.items()), ""]
    return "\n".join(out)


def _indent(text: str) -> str:
    return "".join(f"   {line}\n" for line in text.splitlines())


def _first_home(name: str, value: object) -> str:
    return next(p for p in PACKAGES if getattr(import_module(p), "__dict__", {}).get(name, value) is value
                and name in getattr(import_module(p), "__all__", ()))  # fmt: skip


def setup(app: Sphinx) -> None:
    """Write the generated pages, and show formulas as they stand in the docstrings."""
    app.add_html_math_renderer("source", (_math, None), (_math, None))
    write_api()
    write_command_line()
    (HERE / "reference" / "json.md").write_text(json_page(), encoding="utf-8")


def _math(translator: Any, node: nodes.Element) -> None:
    text = translator.encode(node.astext())
    translator.body.append(f"<code class='math'>{text}</code>")
    raise nodes.SkipNode
