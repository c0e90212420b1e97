"""What every command keeps to, whatever it does: results on standard output, as text or JSON, messages beside it."""

import io
import json
import math
import os
import re
import shutil
from datetime import datetime
from importlib import import_module

import numpy as np
import pytest
from commands import write_source
from heatmaps import DIGITS
from planted import quick_map

from margin_core.cli import COMMANDS, command_parser, main
from margin_core.cli.result import to_plain
from margin_core.visible_text import visible_text

SLOW = ("impact", "saliency", "surrogate")
SILENT = ("export", "report")
"""Commands whose result is a file: they print nothing but JSON."""

every_command = pytest.mark.parametrize(
    "command", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in COMMANDS]
)
DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
FIGURE = re.compile(r"(?<![\w.])[-+−]?((?>\d[\d,]*(?:\.\d+)?(?:e-?\d+)?))( ?%| MB)?(?!\w)")


@pytest.fixture(scope="module")
def reviewed(ranked, tmp_path_factory):
    """Return a folder with a source of which some labels are corrected."""
    folder = tmp_path_factory.mktemp("reviewed") / "data"
    shutil.copytree(ranked, folder)
    (folder / "made.csv").write_text("id,verdict,label,note\n3,relabel,dog,seen 2 times\n4,keep,,\n5,exclude,,\n")
    assert main(["review", str(folder / "pets.npz"), "--import", str(folder / "made.csv"), "--reviewer", "ada"]) == 0
    return folder


@pytest.fixture
def call(reviewed, tmp_path):
    """Return the words of a command that reports something."""
    source = str(reviewed / "pets.npz")
    calls = {
        "prepare": [source, "--task", "prototypes"],
        "audit": [source, "--task", "label_flips", "--task", "prototypes", "--out", str(tmp_path / "audit")],
        "report": [source, "--out", str(tmp_path / "report.html"), "--force"],
        "tasks": [],
        "review": [source],
        "estimate": [source, "--repeats", "1"],
        "refit": [source],
        "impact": [source],
        "simulate": [source, "--seeds", "1", "--strategy", "random"],
        "adversarial": [DIGITS, "--workspace", str(tmp_path / "digits.margin"), "--set", "samples=60",
                        "--set", "eps=0.3"],
        "surrogate": [source, "--out", str(tmp_path / "weights.safetensors"), "--force"],
        "slice": [source, "--sample", "0", "--sample", "40", "--sample", "80"],
        "saliency": [DIGITS, "--workspace", str(tmp_path / "digits.margin"), "--sample", "digit-0005",
                     "--method", "gradient", "--out", str(tmp_path / "heatmaps.npz"), "--force"],
        "export": [source, "--format", "csv", "--out", str(tmp_path / "labels.csv"), "--force"],
        "workspaces": [str(reviewed)],
    }  # fmt: skip
    assert set(calls) == set(COMMANDS)
    return lambda command, *more: [command, *calls[command], *more]


@every_command
def test_json_is_one_document_that_says_what_the_text_says(command, call, capsys):
    document, text = print_both(command, call, capsys)
    keys = set(import_module(f"margin_core.cli.{command}").KEYS)
    assert set(document) == keys - {"recorded", "already_recorded", "superseded", "undone"}  # which an import gives
    assert bool(text) == (command not in SILENT)
    check_figures(text, document)


def print_both(command, call, capsys):
    with quick_map():
        assert main(call(command)) == 0
        text = capsys.readouterr().out
        assert main(call(command, "--json")) == 0
    document = json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    return document, text


def check_figures(text, document):
    """Check that every date, text and figure of a text stands in a document, too."""
    leaves = list(flatten(document))
    for written in sorted({leaf for leaf in leaves if isinstance(leaf, str)}, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.]){re.escape(visible_text(written))}(?![\w.])", "", text)
    times = {leaf.astimezone() for leaf in map(as_time, leaves) if leaf}
    for date in DATE.findall(text):
        moments = {f"{time:%Y-%m-%d %H:%M}" for time in times} | {f"{as_utc(time):%Y-%m-%d %H:%M}" for time in times}
        assert date in moments, date
    text = DATE.sub("", text)
    numbers = [leaf for leaf in leaves if isinstance(leaf, int | float) and not isinstance(leaf, bool)]
    numbers += [len(part) for part in document.values() if isinstance(part, list)]
    for figure, unit in FIGURE.findall(text):
        plain = figure.replace(",", "")
        places = len(plain.partition(".")[2]) if "e" not in plain else 12
        scales = {"": (1, 100) if "points" in text else (1,), " MB": (1e-6,)}.get(unit, (100,))
        known = {round(abs(number) * scale, places) for number in numbers for scale in scales}
        assert float(plain) in known, f"{figure}{unit} is not in the document"


def flatten(value):
    match value:
        case dict():
            for part in value.values():
                yield from flatten(part)
        case list():
            for part in value:
                yield from flatten(part)
        case _:
            yield value


def as_time(leaf):
    try:
        return datetime.fromisoformat(leaf) if isinstance(leaf, str) and "T" in leaf else None
    except ValueError:
        return None


def as_utc(time):
    from datetime import UTC

    return time.astimezone(UTC)


@every_command
def test_quiet_says_nothing_beside_the_result(command, call, capsys):
    with quick_map():
        assert main(call(command)) == 0
        loud = capsys.readouterr()
        assert main(call(command, "--quiet")) == 0
    quiet = capsys.readouterr()
    assert (quiet.out, quiet.err) == (loud.out, "")


@every_command
def test_a_reader_that_has_gone_is_no_mistake(command, call, capfd, monkeypatch):
    read, write = os.pipe()
    os.close(read)
    with quick_map(), open(write, "w") as closed, monkeypatch.context() as patched:
        patched.setattr("sys.stdout", closed)
        assert main(call(command, "--json")) == 141
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a file of Linux")
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_disk_that_is_full_under_standard_output_is_one_sentence(capfd, monkeypatch, form):
    with open("/dev/full", "w") as full, monkeypatch.context() as patched:
        patched.setattr("sys.stdout", full)
        assert main(["tasks", *form]) == 2
    assert capfd.readouterr().err == (
        "margin: Cannot write the result to standard output: No space left on device. Free some space, or send it "
        "elsewhere.\n"
    )


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_terminal_without_unicode_gets_every_name(tmp_path, monkeypatch, form):
    source = write_source(tmp_path / "pets.npz", class_names=np.array(["cat", "犬", "\U0001f989"]))
    written = io.BytesIO()
    with monkeypatch.context() as patched, io.TextIOWrapper(written, encoding="ascii") as stream:
        patched.setattr("sys.stdout", stream)
        assert main(["slice", str(source), "--sample=0", "--sample=40", "--sample=80", *form]) == 0
        text = written.getvalue().decode("ascii")
    assert ({"犬", "\U0001f989"} <= {one["class"] for one in json.loads(text)["shares"]}) if form else "\\u72ac" in text


def test_every_command_has_the_common_options(capsys):
    for name in ("open", *COMMANDS):
        with pytest.raises(SystemExit):
            command_parser(name).parse_args([name, "--help"])
        options = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
        assert {"--quiet", "--verbose"} <= options, name
        assert ("--json" in options) == (name != "open"), name


def test_every_key_of_every_document_is_explained():
    for name in COMMANDS:
        keys = import_module(f"margin_core.cli.{name}").KEYS
        assert keys and all(len(meaning) > 8 for meaning in keys.values()), name


def test_what_somebody_elses_code_prints_is_no_part_of_the_document(call, capsys, monkeypatch):
    from margin_core.cli import review

    def chatter(*arguments, **more):
        print("epoch 1 of 1")
        return original(*arguments, **more)

    original = review.open_store
    monkeypatch.setattr(review, "open_store", chatter)
    assert main(call("review", "--json")) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["decided"] == 3
    assert "epoch 1 of 1\n" in printed.err


@pytest.mark.parametrize(
    ("words", "pair"),
    [
        (["--json", "--progress", "json"], "--json and --progress json"),
        (["--json", "--out", "-"], "--json and --out -"),
    ],
)
def test_one_thing_at_a_time_is_on_standard_output(call, refused, words, pair):
    assert refused(*call("report", *words)) == f"{pair} both write to standard output. Give one of them."


def test_numbers_that_json_has_not_are_null():
    assert to_plain({"a": math.nan, "b": [math.inf, 1.5], "c": (True, None)}) == {
        "a": None,
        "b": [None, 1.5],
        "c": [True, None],
    }
    with pytest.raises(TypeError):
        to_plain(object())


def test_a_mistyped_command_is_answered_with_the_nearest(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["audti", "SOURCE"])
    assert ended.value.code == 2
    assert "'audti' is not a command. Near to it: audit." in capsys.readouterr().err
