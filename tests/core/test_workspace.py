import errno
import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from margin_core.errors import NotRemembered, WorkspaceError
from margin_core.workspace import Workspace, workspace_folder


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

    assert not workspace.remembers("graph", "k1")
    first = workspace.step("graph", "k1", work)
    again = Workspace.at(tmp_path / "w").step("graph", "k1", work)
    assert runs == [1]
    assert workspace.remembers("graph", "k1")
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


def test_it_may_be_forbidden_to_compute(tmp_path):
    workspace = Workspace.at(tmp_path / "w", may_compute=False)
    with pytest.raises(NotRemembered) as caught:
        workspace.step("graph", "k", lambda: pytest.fail("computed"))
    assert str(caught.value).startswith(f"'{tmp_path / 'w'}' does not hold the step 'graph' yet. ")
    Workspace.at(tmp_path / "w").step("graph", "k", arrays)
    np.testing.assert_array_equal(workspace.step("graph", "k", lambda: pytest.fail("computed"))["a"], arrays()["a"])


def test_work_that_fails_leaves_nothing_behind(tmp_path):
    workspace = Workspace.at(tmp_path / "w")

    def fail():
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        workspace.step("graph", "k", fail)
    assert not workspace.remembers("graph", "k")
    with pytest.raises(ValueError, match="allow_pickle"):
        workspace.step("graph", "k", lambda: {"ok": np.arange(3), "objects": np.array([None])})
    assert not list((tmp_path / "w" / "steps").iterdir())


def test_a_full_disk_is_said_and_leaves_nothing_behind(tmp_path, monkeypatch):
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


def test_processes_that_make_the_same_step_at_once_all_get_it(tmp_path):
    program = (
        "import sys, numpy as np; from pathlib import Path; from margin_core.workspace import Workspace\n"
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
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
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
def test_a_damaged_description_is_said(tmp_path, content):
    path = tmp_path / "workspace.json"
    path.write_bytes(content)
    with pytest.raises(WorkspaceError) as caught:
        Workspace.at(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"The workspace description '{path}' cannot be read (")
    assert message.endswith("). Delete that one file to have it made again; decisions are kept elsewhere.")


@pytest.mark.parametrize("content", ["[1]", '{"format": "one"}', "null"])
def test_a_strange_description_is_said(tmp_path, content):
    path = tmp_path / "workspace.json"
    path.write_text(content)
    with pytest.raises(WorkspaceError) as caught:
        Workspace.at(tmp_path)
    assert str(caught.value) == f"'{path}' is not a workspace description. Delete it."


def test_where_the_other_parts_lie(tmp_path):
    workspace = Workspace.at(tmp_path / "w")
    assert workspace.thumbnails == tmp_path / "w" / "thumbnails"
    assert workspace.review_database == tmp_path / "w" / "review.sqlite"
