"""margin workspaces."""

import os
import re
import time

import pytest


def test_workspaces_are_listed_and_cleaned(run_margin, folder):
    workspace = folder / "pets.npz.margin"
    code, out, err = run_margin("workspaces", folder)
    assert (code, err) == (0, "")
    line, total = out.splitlines()
    assert re.fullmatch(
        rf"{workspace}  0\.\d MB  last opened \d{{4}}-\d\d-\d\d \d\d:\d\d  made from {folder}/pets\.npz", line
    )
    assert re.fullmatch(r"1 workspace; 0\.\d MB can be computed again\.", total)
    assert run_margin("workspaces", folder, "--clean")[1] == "0 of 1 workspace cleaned, 0.0 MB freed.\n"
    assert (workspace / "steps").is_dir()
    table = folder / "made.csv"
    table.write_text("id,verdict\n4,keep\n")
    run_margin("review", folder / "pets.npz", "--import", table)
    (folder / "pets.npz").rename(folder / "moved.npz")
    assert "which is gone  holds decisions\n" in run_margin("workspaces", folder)[1]
    assert run_margin("workspaces", folder, "--clean")[1].startswith(
        f"{workspace}: cleaned, its decisions are kept\n1 of 1"
    )
    assert not (workspace / "steps").exists()
    (folder / "moved.npz").rename(folder / "pets.npz")
    assert ", 1 decided: " in run_margin("review", folder / "pets.npz")[1]


def test_workspaces_that_nobody_opens_are_cleaned_after_some_days(run_margin, folder):
    described = folder / "pets.npz.margin" / "workspace.json"
    os.utime(described, (time.time() - 10 * 86_400,) * 2)
    assert run_margin("workspaces", folder, "--clean", "--days", "11")[1].startswith("0 of 1 ")
    assert run_margin("workspaces", folder, "--clean", "--days", "9")[1].startswith(
        f"{described.parent}: cleaned\n1 of 1 "
    )
    assert not described.parent.exists()


def test_opening_again_makes_a_workspace_young(run_margin, source, folder):
    os.utime(folder / "pets.npz.margin" / "workspace.json", (5, 5))
    run_margin("review", source)
    assert run_margin("workspaces", folder, "--clean", "--days", "1")[1].startswith("0 of 1 ")


@pytest.mark.parametrize("arguments", [["--days", "3"], ["--clean", "--days", "-1"]])
def test_days_without_cleaning_mean_nothing(refused, folder, arguments):
    assert refused("workspaces", folder, *arguments) == (
        "--days says from how many days on --clean removes a workspace, 0 or more. Give both, or neither."
    )


@pytest.mark.parametrize("clean", [(), ("--clean",)])
def test_a_folder_that_is_not_there_is_no_empty_list(refused, tmp_path, clean):
    assert refused("workspaces", tmp_path / "nope", *clean) == (
        f"'{tmp_path / 'nope'}' is not a folder. Name one in which to look for workspaces."
    )


@pytest.mark.parametrize("below", [(), ("deeper",)])
def test_a_file_is_no_workspace(refused, source, tmp_path, below):
    file = tmp_path / "file.txt"
    file.write_text("mine")
    for command in (["audit", source, "--out", tmp_path / "out"], ["review", source], ["prepare", source]):
        assert refused(*command, "--workspace", file.joinpath(*below)) == (
            f"'{file}' is a file, so no workspace can be there. Name a folder with --workspace."
        )
    assert file.read_text() == "mine"
