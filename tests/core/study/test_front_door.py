"""What people bring, read by the library and by the command line: everything as it was meant, or one sentence."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from commands import PROGRESS
from front_door import INPUTS, pictures_seen_once, without_shares

from margin_core.cli import main
from margin_core.errors import MarginError
from margin_core.study import open_source
from margin_core.study.notes import NoteKind, texts_of


@pytest.fixture(scope="module", autouse=True)
def _pictures_seen_once():
    with pictures_seen_once():
        yield


@dataclass
class Size:
    """Looks at a picture for no time at all."""

    class_names: tuple[str, ...]
    fingerprint: str = "size"

    def embed(self, inputs):
        return np.array([[len(picture), np.mean(picture)] for picture in inputs], np.float32)

    def probabilities(self, inputs):
        return np.full((len(inputs), len(self.class_names)), 1 / len(self.class_names))


def labels_of(study):
    names = [*study.class_names, ""]
    counts = Counter(names[label] for label in study.labels.tolist())
    return {name: counts[name] for name in names if counts[name] or name}


def arguments_of(options):
    """Return options of the command line as arguments of the library."""
    pairs = list(zip(options[::2], options[1::2], strict=True))
    kinds = [tuple(value.rsplit(":", 1)) for flag, value in pairs if flag == "--feature"]
    named = {flag.removeprefix("--"): value for flag, value in pairs if flag not in ("--feature", "--root")}
    return named | {"kinds": kinds, "roots": [value for flag, value in pairs if flag == "--root"]}


@pytest.mark.parametrize("given", INPUTS, ids=str)
def test_the_library_reads_it(given, tmp_path):
    source = given.write(tmp_path)
    model = Size(tuple(name for name in given.labels if name)) if given.are_pictures else None
    if given.refused:
        with pytest.raises(MarginError) as error:
            open_source(source, **arguments_of(given.flags(tmp_path)))
        assert str(error.value) == given.refusal(source)
        return
    opened = open_source(source, **({"model": model} | arguments_of(given.flags(tmp_path))))
    assert labels_of(opened.study) == given.labels
    if model is None:  # with the default one, which takes a while, by the command line
        assert opened.study.features == given.features
    assert [without_shares(text) for text in texts_of(opened.notes)] == given.notes(source)
    assert len(texts_of(opened.notes, NoteKind.LOSS)) == given.lost


@pytest.mark.slow
@pytest.mark.parametrize(
    "given", [pytest.param(given, marks=[pytest.mark.slow] * given.are_pictures, id=str(given)) for given in INPUTS]
)
def test_the_command_line_reads_it(given, tmp_path, capsys):
    source, out = given.write(tmp_path), tmp_path / "audit"
    code = main(["audit", str(source), *given.flags(tmp_path), "--out", str(out)])
    printed = without_shares(PROGRESS.sub("", capsys.readouterr().err)).splitlines()  # A busy machine takes a while.
    if given.refused:
        assert (code, printed) == (2, [f"margin: {given.refusal(source)}"])
        assert not out.exists()
        return
    assert code == 0
    summary = json.loads((out / "summary.json").read_text())
    n, missing = sum(given.labels.values()), given.labels.get("", 0)
    assert (summary["samples"], summary["labelled"]) == (n, n - missing)
    assert summary["classes"] == [name for name in given.labels if name]
    assert summary["features"] == given.features
    notes = given.notes(source)
    assert [line.removeprefix("margin: ") for line in printed if line.startswith("margin: ")] == notes
    assert [without_shares(note["text"]) for note in summary["notes"]] == notes
    assert set(map(without_shares, summary["read"])) <= set(printed)
