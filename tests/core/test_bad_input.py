"""Everything that a user can get wrong, on the command line: exit code 2, one sentence, no traceback, nothing lost."""

import json
import os
import resource
import shutil
import socket
import sqlite3
import struct
import zlib
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
from commands import without_progress
from PIL import Image
from planted import blobs

from dashboard.study import registry
from margin_core.cli import main
from margin_core.review import ReviewStore
from margin_core.study.readers.read_samples import FILES

SAMPLES = 90
MEAN_COLOR = """
import numpy as np

class Eyes:
    fingerprint = "mean color"

    def embed(self, inputs):
        return np.array([np.mean(item, axis=(0, 1)) for item in inputs], np.float32)

    def probabilities(self, inputs):
        return np.full((len(inputs), 2), 0.5)
"""


def arrays(path, **changes):
    study = blobs(each=30, flips=5).study
    given = {"embedding": study.embedding, "labels": study.labels, "class_names": np.array(["cat", "dog", "owl"])}
    np.savez(path, **(given | changes))
    return path


def pictures(folder, *contents):
    """Write four pictures a class, and one more of each of these contents."""
    random = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(4):
            pixels = random.integers(0, 256, (6, 6, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    for number, content in enumerate(contents):
        (folder / "cat" / f"odd {number}.png").write_bytes(content)
    return folder


def only(folder, content):
    (folder / "cat").mkdir(parents=True)
    (folder / "cat" / "1.png").write_bytes(content)
    return folder


def bomb(side=60_000):
    """Return a small PNG that claims to be large; from 89 megapixels on Pillow refuses it by itself."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def text(path, content):
    path.write_text(content)
    return path


def weights(path, **layers):
    import safetensors.numpy

    safetensors.numpy.save_file(layers, path)
    return path


NO_PICTURE = "Study 'pets': the only picture cannot be read. Picture 'cat/1.png' "
EYES = ("--model", "margin_test_eyes:Eyes")

BAD_INPUT = {
    "nothing there": (
        lambda at: ["audit", at / "nowhere"],
        "There is nothing at '{at}/nowhere'. Check the path.",
    ),
    "nothing there to open": (
        lambda at: ["open", at / "nowhere"],
        "There is nothing at '{at}/nowhere'. Check the path.",
    ),
    "nothing there to prepare": (
        lambda at: ["prepare", at / "nowhere"],
        "There is nothing at '{at}/nowhere'. Check the path.",
    ),
    "nothing there to review": (
        lambda at: ["review", at / "nowhere"],
        "There is nothing at '{at}/nowhere'. Check the path.",
    ),
    "a name that is not Unicode text": (
        lambda at: ["audit", os.fsdecode(b"caf\xe9.npz")],
        "'caf\\udce9.npz' is not Unicode text. Rename the file or folder.",
    ),
    "an empty folder": (
        lambda at: (at / "empty").mkdir() or ["audit", at / "empty"],
        "The folder '{at}/empty' is empty. Give a folder that has one sub-folder of pictures for each class.",
    ),
    "a file of no known kind": (
        lambda at: ["audit", text(at / "notes.docx", "hello")],
        "'{at}/notes.docx' is not a source that can be opened. Give a folder of pictures, "
        f"{FILES} or a workspace (.margin).",
    ),
    "no picture that can be read": (
        lambda at: ["audit", only(at / "pets", b"not a picture"), *EYES],
        NO_PICTURE + "cannot be read (it is not a picture in a known format). Replace the file, or leave it out.",
    ),
    "a huge picture": (
        lambda at: ["audit", only(at / "pets", bomb()), *EYES],
        NO_PICTURE + "has more than 64 megapixels, which could fill the memory. Save it smaller, or leave it out.",
    ),
    "a picture that is only too large": (
        lambda at: ["audit", only(at / "pets", bomb(9_000)), *EYES],
        NO_PICTURE + "has more than 64 megapixels, which could fill the memory. Save it smaller, or leave it out.",
    ),
    "no label column": (
        lambda at: ["audit", text(at / "table.csv", "a,b,kind\n1,2,x\n3,4,y\n")],
        "'{at}/table.csv' has no label column (label, labels, class, target, y). Its columns are: a, b, kind. "
        "Name one of these with --label; or, where no sample has a label yet, name the classes with --classes cat,dog.",
    ),
    "a label column that is missing": (
        lambda at: ["audit", text(at / "table.csv", "a,b,kind\n1,2,x\n3,4,y\n"), "--label", "species"],
        "'{at}/table.csv' has no column 'species'. Its columns are: a, b, kind. Name one of these with --label.",
    ),
    "a column of files that is missing": (
        lambda at: ["audit", text(at / "table.csv", "a,label\n1,x\n3,y\n"), "--file", "path"],
        "'{at}/table.csv' has no column 'path'. Its columns are: a, label. Name one of these with --file.",
    ),
    "no labels": (
        lambda at: np.savez(at / "bare.npz", embedding=np.eye(6)) or ["audit", at / "bare.npz"],
        "Study 'bare' has no labels. Name the label column with --label, sort the files into one folder a class, or "
        "pass labels=.",
    ),
    "a reference that is not there": (
        lambda at: ["audit", arrays(at / "pets.npz"), "--against", at / "nowhere"],
        "There is no reference at '{at}/nowhere'. Check the path that --against names.",
    ),
    "a reference that would have to be downloaded": (
        lambda at: ["audit", arrays(at / "pets.npz"), "--against", "hf:somebody/pets"],
        "The reference 'hf:somebody/pets' is not on this machine. Run margin prepare hf:somebody/pets, and give the "
        "workspace (.margin) that it writes as the reference.",
    ),
    "a source as its own reference": (
        lambda at: ["audit", arrays(at / "pets.npz"), "--against", at / "pets.npz"],
        "'{at}/pets.npz' is its own reference, so nothing could differ. Give the earlier data with --against, and the "
        "new as the source.",
    ),
    "a reference with other classes": (
        lambda at: [
            "audit", arrays(at / "pets.npz"), "--against", arrays(at / "old.npz", class_names=np.array(["x", "y", "z"]))
        ],
        "'pets' has the classes 'cat', 'dog', 'owl', and its reference 'old' 'x', 'y', 'z': none in common, and "
        "classes are matched by their names. Name the label columns alike, or give the same classes.",
    ),
    "a reference with other features": (
        lambda at: ["audit", arrays(at / "pets.npz"), "--against", arrays(at / "old.npz", embedding=np.eye(SAMPLES))],
        "Study 'pets' has 4 features, and its reference 'old' 90. Compute both by the same model.",
    ),
    "a reference with other columns": (
        lambda at: [
            "audit", text(at / "new.csv", "a,b,label\n1,2,x\n3,4,y\n"),
            "--against", text(at / "old.csv", "a,c,label\n1,2,x\n3,4,y\n"),
        ],
        "'new' lacks 1 column that 'old' has among its features (c). Give the same columns in both, or leave them out: "
        "--feature c:ignore.",
    ),
    "a reference without features": (
        lambda at: [
            "audit", arrays(at / "pets.npz"),
            "--against", np.savez(at / "old.npz", labels=np.array(["cat", "dog"])) or at / "old.npz",
        ],
        "Study 'pets' has features, and its reference 'old' has none. Compute those of both by the same model.",
    ),
    "a reference of another kind of samples": (
        lambda at: [
            "audit", text(at / "new.csv", "a,b,label\n1,2,x\n3,4,y\n"),
            "--against", text(at / "old.csv", "text,label\na cat sat,x\na dog ran,y\n"),
        ],
        "'new' holds rows of numbers, and its reference 'old' texts. Compare samples of one kind.",
    ),
    "a reference that brings features where they are fitted": (
        lambda at: ["audit", text(at / "new.csv", "a,b,label\n1,2,cat\n3,4,dog\n"), "--against", arrays(at / "o.npz")],
        "The features of 'new' are fitted to its rows of numbers, and its reference 'o' brings features of its own, "
        "which are others. Give the samples of both, or the features of both.",
    ),
    "an unknown class": (
        lambda at: ["audit", arrays(at / "pets.npz", labels=np.array(["cat", "dog", "unicorn"] * 30))],
        "Study 'pets': label 'unicorn' is not among the 3 class names. Add it to class_names or correct the label.",
    ),
    "a class number beyond the classes": (
        lambda at: ["audit", arrays(at / "pets.npz", labels=np.full(SAMPLES, 7))],
        "Study 'pets': label 7 has no class; there are 3 class names (0 to 2, or -1 for no label).",
    ),
    "rows that do not line up": (
        lambda at: ["audit", arrays(at / "pets.npz", labels=np.zeros(89, int))],
        "Study 'pets': rows do not line up (embedding 90, labels 89). Every part needs one row a sample.",
    ),
    "nothing but NaN": (
        lambda at: ["audit", arrays(at / "pets.npz", embedding=np.full((SAMPLES, 4), np.nan))],
        "'{at}/pets.npz': each of the 90 rows of features has a value that is missing or not finite, so nothing can be "
        "compared. Fill some in, or leave out the columns that lack them.",
    ),
    "ids that are not Unicode text": (
        lambda at: [
            "audit",
            arrays(at / "pets.npz", ids=np.array([f"{n}{os.fsdecode(bytes([0xE9]))}.png" for n in range(90)])),
        ],
        "Study 'pets': the id '0\\udce9.png' is not Unicode text. Rename the file that it comes from, or give another "
        "id.",
    ),
    "an .npz with pickled objects": (
        lambda at: ["audit", arrays(at / "pets.npz", labels=np.array(["x", None] * 45, dtype=object))],
        "'{at}/pets.npz' holds pickled Python objects, which are never loaded because they can run code. "
        "Save the arrays as numbers or fixed-width text (array.astype(str)).",
    ),
    "a file that is no archive": (
        lambda at: ["audit", text(at / "pets.npz", "PK not a zip")],
        "'{at}/pets.npz' is not a readable .npz file. Save it again with numpy.savez.",
    ),
    "weights of another architecture": (
        lambda at: [
            "audit", pictures(at / "pets"), "--model",
            f"resnet18:{weights(at / 'w.safetensors', layer=np.zeros((3, 3), np.float32))}",
        ],
        "The weights in '{at}/w.safetensors' do not fit resnet18: 122 missing: bn1.bias, bn1.num_batches_tracked, "
        "bn1.running_mean, ...; 1 too many: layer. Name the architecture that they were saved from.",
    ),
    "weights that are none": (
        lambda at: ["audit", pictures(at / "pets"), "--model", f"resnet18:{text(at / 'w.safetensors', 'nonsense')}"],
        "'{at}/w.safetensors' is not a readable safetensors file: Error while deserializing header: header too large. "
        "Save it again.",
    ),
    "a model that nobody knows": (
        lambda at: ["audit", pictures(at / "pets"), "--model", "resnet19:w.safetensors"],
        None,
    ),
    "a path outside the roots": (
        lambda at: ["audit", text(at / "table.csv", "file,label\n../outside.png,cat\n")],
        "'{at}/table.csv', row 1: '../outside.png' leads outside '{at}'. Move the file below the folder of the "
        "manifest, or declare its folder as a root.",
    ),
    "a root that is no folder": (
        lambda at: ["open", arrays(at / "pets.npz"), "--root", at / "nowhere"],
        "--root '{at}/nowhere' is not a folder. Name a folder below which things may be opened.",
    ),
    "a root that is no folder, without a browser": (
        lambda at: ["audit", arrays(at / "pets.npz"), "--root", at / "nowhere"],
        "--root '{at}/nowhere' is not a folder. Name a folder below which things may be opened.",
    ),
    "a workspace of a newer version": (
        lambda at: [
            "audit", arrays(at / "pets.npz"), "--workspace", described(at / "w.margin", json.dumps({"format": 99})),
        ],
        "The workspace '{at}/w.margin' was written by a newer version (format 99; this one reads up to 1). "
        "Upgrade MARGIN, or name another folder with --workspace.",
    ),
    "a workspace that says nothing readable": (
        lambda at: ["audit", arrays(at / "pets.npz"), "--workspace", described(at / "w.margin", "{")],
        "The workspace description '{at}/w.margin/workspace.json' cannot be read (Expecting property name enclosed in "
        "double quotes: line 1 column 2 (char 1)). Delete that one file to have it made again; decisions are stored "
        "elsewhere.",
    ),
    "a workspace whose source is gone": (
        lambda at: ["audit", described(at / "w.margin", json.dumps({"format": 1, "source": "gone.npz"})).parent
                    / "w.margin"],
        "The workspace '{at}/w.margin' was made from '{at}/gone.npz', which is not there any more. "
        "Put it back, or open the data set where it is now with --workspace.",
    ),
    "a database that is none": (
        lambda at: ["review", arrays(at / "pets.npz"), "--database", "nonsense"],
        None,
    ),
    "no folder of workspaces": (
        lambda at: ["workspaces", at / "nowhere"],
        "'{at}/nowhere' is not a folder. Name one in which to look for workspaces.",
    ),
}  # fmt: skip
"""What is wrong, the command that meets it (made in the folder `at`), and the message."""


def described(folder, content):
    folder.mkdir()
    text(folder / "workspace.json", content)
    return folder


@pytest.fixture
def at(tmp_path, monkeypatch):
    (tmp_path / "margin_test_eyes.py").write_text(MEAN_COLOR)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(registry, "STUDIES", registry.StudyRegistry())
    (tmp_path / "at").mkdir()
    return tmp_path / "at"


@pytest.fixture
def error_of(capsys, at):
    """Run a command that cannot work; return the one sentence it prints, having lost nothing."""

    def error_of(arguments):
        before = contents(at)
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert (code, out) == (2, "")
        err = without_progress(err)
        *read, sentence = err.splitlines()  # What was read before stands above it.
        assert err.endswith("\n") and sentence.startswith("margin: ")
        assert not [line for line in read if line.startswith("margin: ")]
        after = contents(at)
        assert {path: after.get(path) for path in before} == before
        assert not [path for path in after if "unfinished" in path or path.endswith(".part")]
        return sentence.removeprefix("margin: ")

    return error_of


def contents(folder):
    """Read all files but the digests, which only save time, and the decisions, whose database has its own journal."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files if not path.name.startswith(("contents.", "review."))}


@pytest.mark.parametrize("wrong", BAD_INPUT)
def test_bad_input_is_reported_in_one_sentence(error_of, at, wrong):
    command, sentence = BAD_INPUT[wrong]
    message = error_of(command(at))
    if sentence is not None:
        assert message == sentence.replace("{at}", str(at))


# ----- what depends on more than files -----


def test_a_port_that_is_taken(error_of, at):
    source = arrays(at / "pets.npz")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert error_of(["open", source, "--port", port]) == (
            f"Cannot listen on 127.0.0.1:{port} (Address already in use). Choose another with --port {port + 1}, "
            "or close what runs there."
        )


@pytest.fixture(scope="module")
def ranked(tmp_path_factory):
    """A source whose steps are all remembered, with a decision."""
    folder = tmp_path_factory.mktemp("ranked")
    source = arrays(folder / "pets.npz")
    table = text(folder / "made.csv", "id,verdict\n4,keep\n")
    assert main(["audit", str(source), "--out", str(folder / "out")]) == 0
    assert main(["review", str(source), "--import", str(table)]) == 0
    return folder


@pytest.fixture
def known(ranked, at):
    return shutil.copytree(ranked, at / "ranked")


def decided(known):
    with closing(ReviewStore(known / "pets.npz.margin" / "review.sqlite")) as store:
        return [decision.sample_id for decision in store.decisions()]


@pytest.mark.slow
def test_a_database_that_is_locked(error_of, known, monkeypatch):
    table = text(known / "more.csv", "id,verdict\n5,keep\n")
    monkeypatch.setattr("margin_core.cli.source.ReviewStore", lambda where: ReviewStore(where, wait=0.05))
    with closing(sqlite3.connect(known / "pets.npz.margin" / "review.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "locked" in error_of(["review", known / "pets.npz", "--import", table])
        other.execute("ROLLBACK")
    assert decided(known) == ["4"]


@pytest.fixture
def full_disk(monkeypatch):
    """Limit the size of files: writing fails where a full disk would fail, whoever runs the test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [300, 1500, 2500])
def test_a_disk_that_is_full_below_the_workspace(error_of, at, full_disk, size):
    """A small array fits into the buffer of the C library, which fails where NumPy does not look."""
    source = arrays(at / "pets.npz")
    full_disk(size)
    message = error_of(["audit", source, "--out", at / "out"])
    assert message.startswith(("Cannot write to the workspace", "Cannot write '"))
    assert "File too large. Free some space" in message
    for written in at.rglob("*.npy"):
        np.load(written)  # fails where a file was cut off


def test_a_disk_that_is_full_below_the_results(error_of, known, full_disk):
    full_disk(4000)
    assert error_of(["audit", known / "pets.npz", "--out", known / "out"]) == (
        f"Cannot write '{known}/out/findings.csv': File too large. Free some space or choose another folder; "
        "nothing that was there before is lost."
    )


def test_a_disk_that_is_full_below_the_decisions(error_of, known, full_disk):
    table = text(
        known / "more.csv", "id,verdict,note\n" + "".join(f"{n},keep,{'seen ' * 200}\n" for n in range(SAMPLES))
    )
    full_disk(40_000)
    assert error_of(["review", known / "pets.npz", "--import", table]) == (
        f"Cannot write the decisions in '{known}/pets.npz.margin/review.sqlite': the disk reports an error "
        "(disk I/O error). Check the disk and try again. What was recorded before is safe."
    )
    full_disk(resource.RLIM_INFINITY)
    assert decided(known) == ["4"]


# ----- a few that are bad among many that are good: reported, counted, and not in the way -----


def unscored(out):
    """List the ids at the end of the ranking that have no score."""
    frame = pd.read_parquet(out / "findings.parquet")
    assert frame["role"].eq("unscored").is_monotonic_increasing
    return sorted(frame[frame["role"] == "unscored"]["id"])


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken", bomb()], ids=["empty", "text", "broken", "huge"]
)
def test_a_picture_that_cannot_be_read_is_counted_and_not_ranked(capsys, at, content):
    source = pictures(at / "pets", content)
    assert main(["audit", str(source), *EYES, "--out", str(at / "out"), "--quiet"]) == 0
    assert capsys.readouterr().err == (
        "margin: 1 picture cannot be read and has no features.\n"
        "margin: The model's outputs are taken to be the classes of the study, in their order.\n"
    )
    summary = json.loads((at / "out" / "summary.json").read_text())
    assert {"kind": "loss", "text": "1 picture cannot be read and has no features."} in summary["notes"]
    kinds = [note["kind"] for note in summary["notes"]]
    assert kinds == sorted(kinds, key=["loss", "assumption"].index)
    assert "assumption" in kinds
    assert unscored(at / "out") == ["cat/odd 0.png"]


def test_rows_with_nan_are_ranked_last_and_reported_as_unscored(capsys, at):
    embedding = np.array(blobs(each=30, flips=5).study.embedding)
    embedding[[3, 50]] = np.nan
    assert main(["audit", str(arrays(at / "pets.npz", embedding=embedding)), "--out", str(at / "out"), "--quiet"]) == 0
    note = "2 samples have no features that can be compared (a value is missing or not finite): kept, but not ranked."
    assert capsys.readouterr().err == f"margin: {note}\n"
    assert json.loads((at / "out" / "summary.json").read_text())["notes"] == [{"kind": "loss", "text": note}]
    assert unscored(at / "out") == ["3", "50"]


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:-9], lambda raw: raw[:40], lambda raw: b"", lambda raw: b"{" + raw]
)
def test_a_remembered_step_that_is_damaged_is_computed_again(capsys, caplog, known, damage):
    out, again = known / "out", known / "again"
    for file in (known / "pets.npz.margin" / "steps").rglob("*.npy"):
        file.write_bytes(damage(file.read_bytes()))
    assert main(["audit", str(known / "pets.npz"), "--out", str(again), "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    assert "The stored step 'graph' in " in caplog.text
    assert (again / "findings.csv").read_bytes() == (out / "findings.csv").read_bytes()
    assert decided(known) == ["4"]
