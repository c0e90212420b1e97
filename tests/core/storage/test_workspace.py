import errno
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from margin_core.errors import NotComputed, WorkspaceError
from margin_core.storage.stored_workspaces import clean_workspace, find_workspaces
from margin_core.storage.workspace import Workspace, workspace_folder


def arrays(value=1):
    return {"a": np.full((2, 3), value), "nothing": np.empty((0, 5)), "text": np.array(["x", "yz"])}


@pytest.mark.parametrize(
    ("source", "folder"),
    [("pets", "pets.margin"), ("pets.csv", "pets.csv.margin"), ("pets.margin", "pets.margin")],
)
def test_it_lies_beside_its_source_unless_named(tmp_path, source, folder):
    assert workspace_folder(tmp_path / source) == tmp_path / folder
    assert workspace_folder(tmp_path / source, tmp_path / "w") == tmp_path / "w"


def test_a_step_is_run_once(tmp_path):
    workspace, runs = Workspace.at(tmp_path / "w"), []

    def work():
        runs.append(1)
        return arrays()

    assert not workspace.has_step("graph", "k1")
    first = workspace.step("graph", "k1", work)
    again = Workspace.at(tmp_path / "w").step("graph", "k1", work)
    assert runs == [1]
    assert workspace.has_step("graph", "k1")
    for found in (first, again):
        assert set(found) == set(arrays())
        for name, array in arrays().items():
            np.testing.assert_array_equal(found[name], array)
            assert not found[name].flags.writeable
    assert isinstance(again["a"], np.memmap)


def test_name_and_key_tell_steps_apart(tmp_path):
    workspace = Workspace.at(tmp_path / "w")
    for value, (name, key) in enumerate([("graph", "k1"), ("graph", "k2"), ("head", "k1")]):
        assert workspace.step(name, key, lambda value=value: arrays(value))["a"][0, 0] == value


DAMAGES = {
    "cut": lambda raw: raw[:-1],
    "cut in the header": lambda raw: raw[:40],
    "empty": lambda raw: b"",
    "other bytes": lambda raw: b"hello" + raw[5:],
    "a header that does not end": lambda raw: raw.replace(b"}", b" "),
    "gone": None,
}


@pytest.fixture(params=DAMAGES)
def damaged(tmp_path, request):
    """A workspace in which one array of a step is damaged, or all are gone."""
    workspace = Workspace.at(tmp_path / "w")
    workspace.step("graph", "k", arrays)
    for path in (tmp_path / "w" / "steps" / "graph-k").glob("*.npy"):
        if DAMAGES[request.param] is None:
            path.unlink()
        elif path.stem == "a":
            path.write_bytes(DAMAGES[request.param](path.read_bytes()))
    return workspace


def test_a_damaged_step_is_computed_again_and_reported(damaged, caplog):
    again = damaged.step("graph", "k", lambda: arrays(2))
    assert again["a"].tolist() == [[2, 2, 2]] * 2
    assert caplog.messages == [f"The stored step 'graph' in '{damaged.folder}' is damaged; it is computed again."]
    damaged.step("graph", "k", lambda: pytest.fail("computed"))
    assert [item.name for item in (damaged.folder / "steps").iterdir()] == ["graph-k"]


def test_a_damaged_step_is_left_alone_where_nothing_may_be_computed(damaged):
    before = [path.read_bytes() for path in sorted(damaged.folder.rglob("*.npy"))]
    with pytest.raises(NotComputed):
        replace(damaged, may_compute=False).step("graph", "k", arrays)
    assert [path.read_bytes() for path in sorted(damaged.folder.rglob("*.npy"))] == before


def test_a_step_that_may_not_be_read_is_not_taken_for_damaged(tmp_path, monkeypatch):
    workspace = Workspace.at(tmp_path / "w")
    workspace.step("graph", "k", arrays)

    def forbidden(*args, **kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(np, "load", forbidden)
    with pytest.raises(WorkspaceError) as caught:
        workspace.step("graph", "k", lambda: pytest.fail("computed"))
    assert str(caught.value) == (
        f"Cannot read the workspace '{tmp_path / 'w'}': Permission denied. "
        "Allow reading it, or name another folder with --workspace."
    )


def test_it_may_be_forbidden_to_compute(tmp_path):
    workspace = Workspace.at(tmp_path / "w", may_compute=False)
    with pytest.raises(NotComputed) as caught:
        workspace.step("graph", "k", lambda: pytest.fail("computed"))
    assert str(caught.value).startswith(f"'{tmp_path / 'w'}' does not hold the step 'graph' yet. ")
    Workspace.at(tmp_path / "w").step("graph", "k", arrays)
    np.testing.assert_array_equal(workspace.step("graph", "k", lambda: pytest.fail("computed"))["a"], arrays()["a"])


def test_only_the_newest_of_a_name_are_kept(tmp_path):
    workspace = Workspace(tmp_path)
    for number, name in enumerate(["fit-a", "fit-b", "fit-c", "other-d"]):
        kind, key = name.split("-")
        workspace.step(kind, key, lambda: {"a": np.ones(1)})
        os.utime(tmp_path / "steps" / name, (number, number))
    workspace.keep_newest("fit", 2)
    assert sorted(path.name for path in (tmp_path / "steps").iterdir()) == ["fit-b", "fit-c", "other-d"]
    workspace.keep_newest("none", 0)
    Workspace(tmp_path / "nowhere").keep_newest("fit", 1)


def test_steps_that_no_late_revision_has_used_are_removed(tmp_path):
    def names():
        return sorted(path.name for path in (tmp_path / "steps").iterdir())

    def used(revision, *keys):
        workspace = Workspace(tmp_path, revision=revision)
        for key in keys:
            workspace.step("fit", key, lambda: {"a": np.ones(1)})
        for marker in (tmp_path / "steps").glob("*/revision"):
            if marker.read_text() == revision:
                os.utime(marker, (0, next(clock)))
        return workspace

    clock = iter(range(1, 99))
    Workspace(tmp_path).step("fit", "plain", lambda: {"a": np.ones(1)})
    used("one", "a", "shared", "plain")
    used("two", "b", "shared")
    used("three", "c", "plain")
    Workspace(tmp_path, may_compute=False, revision="four").step("fit", "a", lambda: pytest.fail("computed"))
    used("two", "b").keep_newest_revisions(2)
    assert names() == ["fit-b", "fit-c", "fit-plain", "fit-shared"]
    used("five", "d").keep_newest_revisions(1)
    assert names() == ["fit-d", "fit-plain"]


def test_work_that_fails_leaves_nothing_behind(tmp_path):
    workspace = Workspace.at(tmp_path / "w")

    def fail():
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        workspace.step("graph", "k", fail)
    assert not workspace.has_step("graph", "k")
    with pytest.raises(ValueError, match="allow_pickle"):
        workspace.step("graph", "k", lambda: {"ok": np.arange(3), "objects": np.array([None])})
    assert not list((tmp_path / "w" / "steps").iterdir())


def test_a_full_disk_is_reported_and_leaves_nothing_behind(tmp_path, monkeypatch):
    workspace = Workspace.at(tmp_path / "w")

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(WorkspaceError) as caught:
        workspace.step("graph", "k", arrays)
    assert str(caught.value) == (
        f"Cannot write to the workspace '{tmp_path / 'w'}': No space left on device. "
        "Free some space, or name another folder with --workspace."
    )
    assert not list((tmp_path / "w" / "steps").iterdir())
    monkeypatch.undo()
    assert workspace.step("graph", "k", arrays)["a"].shape == (2, 3)


@pytest.mark.parametrize("size", [100, 200, 1000, 5000])
def test_a_disk_that_fills_up_within_an_array_is_noticed(tmp_path, size):
    """The end of a small array waits in a buffer that NumPy leaves to the C library, errors included."""
    workspace = Workspace.at(tmp_path / "w")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        with pytest.raises(WorkspaceError, match=r"^Cannot write to the workspace '.*/w': File too large\. Free some"):
            workspace.step("graph", "k", lambda: {"a": np.arange(1000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list((tmp_path / "w" / "steps").iterdir())


def test_scratch_of_a_killed_process_is_removed_but_not_that_of_a_living_one(tmp_path):
    steps = tmp_path / "w" / "steps"
    for name, age in (("old", 7200), ("young", 10)):
        (steps / f".unfinished-{name}").mkdir(parents=True)
        (steps / f".unfinished-{name}" / "a.npy").write_bytes(b"half")
        os.utime(steps / f".unfinished-{name}", (time.time() - age,) * 2)
    Workspace.at(tmp_path / "w")
    assert [item.name for item in steps.iterdir()] == [".unfinished-young"]


def test_another_process_may_finish_the_same_step_first(tmp_path):
    ours, theirs = Workspace.at(tmp_path / "w"), Workspace.at(tmp_path / "w")

    def work():
        theirs.step("graph", "k", lambda: arrays(2))
        return arrays(1)

    assert ours.step("graph", "k", work)["a"][0, 0] == 2
    assert [item.name for item in (tmp_path / "w" / "steps").iterdir()] == ["graph-k"]


@pytest.mark.slow
def test_processes_that_make_the_same_step_at_once_all_get_it(tmp_path):
    program = (
        "import sys, numpy as np; from pathlib import Path; from margin_core.storage.workspace import Workspace\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for key in range(25):\n"
        "    made = Workspace.at(Path(sys.argv[1])).step('s', str(key), lambda: {'a': np.full(20_000, key)})\n"
        "    assert (made['a'] == key).all() and len(made['a']) == 20_000\n"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(tmp_path / "w")]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, error_output = process.communicate(timeout=600)
        assert process.returncode == 0, error_output
    assert sorted(item.name for item in (tmp_path / "w" / "steps").iterdir()) == sorted(f"s-{key}" for key in range(25))


def test_a_description_comes_back(tmp_path):
    workspace = Workspace.at(tmp_path / "w")
    workspace.describe({"source": "pets", "label": None})
    assert Workspace.at(tmp_path / "w").facts() == {"format": 1, "source": "pets", "label": None}


def test_a_newer_workspace_is_refused(tmp_path):
    (tmp_path / "workspace.json").write_text(json.dumps({"format": 2}))
    with pytest.raises(WorkspaceError) as caught:
        Workspace.at(tmp_path)
    assert str(caught.value) == (
        f"The workspace '{tmp_path}' was written by a newer version (format 2; this one reads up to 1). "
        "Upgrade MARGIN, or name another folder with --workspace."
    )


@pytest.mark.parametrize("content", [b"{half", b"\xff\xfe\x00", b""])
def test_a_damaged_description_is_reported(tmp_path, content):
    path = tmp_path / "workspace.json"
    path.write_bytes(content)
    with pytest.raises(WorkspaceError) as caught:
        Workspace.at(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"The workspace description '{path}' cannot be read (")
    assert message.endswith("). Delete that one file to have it made again; decisions are stored elsewhere.")


@pytest.mark.parametrize("content", ["[1]", '{"format": "one"}', "null"])
def test_a_foreign_description_is_reported(tmp_path, content):
    path = tmp_path / "workspace.json"
    path.write_text(content)
    with pytest.raises(WorkspaceError) as caught:
        Workspace.at(tmp_path)
    assert str(caught.value) == f"'{path}' is not a workspace description. Delete it."


def test_where_the_other_parts_lie(tmp_path):
    workspace = Workspace.at(tmp_path / "w")
    assert workspace.thumbnails == tmp_path / "w" / "thumbnails"
    assert workspace.review_database == tmp_path / "w" / "review.sqlite"


# ----- what is kept, and what may go -----


def made(source, *, decided=False):
    """Make a workspace beside a source, with a step, a thumbnail, digests, and perhaps decisions."""
    workspace = Workspace.at(workspace_folder(source))
    workspace.step("graph", "k", arrays)
    workspace.describe({"source": source.name})
    workspace.thumbnails.mkdir()
    (workspace.thumbnails / "1.webp").write_bytes(b"picture")
    workspace.contents.write_bytes(b"digests")
    if decided:
        workspace.review_database.write_bytes(b"decisions")
    return workspace


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_workspaces_are_found_in_every_folder(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "here.csv").touch()
    made(tmp_path / "here.csv")
    made(tmp_path / "deep" / "er" / "gone.csv", decided=True)
    (tmp_path / "nothing.margin").mkdir()
    (tmp_path / "newer.margin").mkdir()
    (tmp_path / "newer.margin" / "workspace.json").write_text('{"format": 99}')
    (tmp_path / "link.margin").symlink_to(tmp_path / "here.csv.margin")
    deep, here = find_workspaces(tmp_path)
    assert (here.folder, here.source) == (tmp_path / "here.csv.margin", tmp_path / "here.csv")
    assert (here.is_orphan, here.has_decisions) == (False, False)
    assert (deep.is_orphan, deep.has_decisions) == (True, True)
    steps = (here.folder / "steps").rglob("*.npy")
    assert here.size == sum(path.stat().st_size for path in steps) + len(b"picture" + b"digests")
    assert [kept.folder for kept in find_workspaces(here.folder)] == [here.folder]


def test_opening_is_noted(tmp_path):
    (tmp_path / "here.csv").touch()
    workspace = made(tmp_path / "here.csv")
    os.utime(workspace.folder / "workspace.json", (5, 5))
    assert [kept.opened for kept in find_workspaces(tmp_path)] == [5]
    workspace.record_opening()
    assert time.time() - next(find_workspaces(tmp_path)).opened < 3600
    Workspace.at(tmp_path / "nowhere").record_opening()
    assert not (tmp_path / "nowhere").exists()


def test_cleaning_takes_all_that_can_be_computed_again(tmp_path):
    workspace = made(tmp_path / "gone.csv")
    (kept,) = find_workspaces(tmp_path)
    assert clean_workspace(kept) == kept.size > 0
    assert not workspace.folder.exists()


@pytest.mark.parametrize("mine", ["review.sqlite", "review.sqlite-wal", "notes.txt"])
def test_cleaning_never_touches_decisions_or_what_margin_did_not_write(tmp_path, mine):
    workspace = made(tmp_path / "gone.csv")
    (workspace.folder / mine).write_bytes(b"mine")
    (kept,) = find_workspaces(tmp_path)
    clean_workspace(kept)
    assert names(workspace.folder) == {"workspace.json", mine}
    assert (workspace.folder / mine).read_bytes() == b"mine"
    assert Workspace.at(workspace.folder).facts()["source"] == "gone.csv"


def test_cleaning_takes_a_link_but_not_what_it_leads_to(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").touch()
    workspace = Workspace.at(tmp_path / "gone.csv.margin")
    workspace.describe({"source": "gone.csv"})
    (workspace.folder / "steps").symlink_to(elsewhere)
    clean_workspace(next(find_workspaces(tmp_path)))
    assert names(elsewhere) == {"mine"}
    assert not workspace.folder.exists()
