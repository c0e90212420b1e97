"""Adding a task takes what docs/howto/own-task.md says, and nothing else: the page is done to a copy of the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from toy import REPOSITORY, added_files, changed_files, with_the_toy

TESTS = (
    "core/test_every_task.py", "core/test_docstrings.py", "dashboard/views/test_every_view.py",
    "dashboard/views/test_every_wording.py", "dashboard/views/toy", "test_architecture.py", "test_dangers.py",
    "test_mirror.py",
)  # fmt: skip
"""What is run in the copy: the laws of all tasks and views, of docstrings and folders, and the toy's own test."""

pytestmark = pytest.mark.slow  # Processes of their own, which import everything anew.


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_the_toy(tmp_path_factory.mktemp("program"))


@pytest.fixture
def python(program: Path):
    """Run the copy of the program, whatever is installed."""

    def run(*arguments: str | Path) -> str:
        done = subprocess.run(
            [sys.executable, *map(str, arguments)], cwd=program, capture_output=True, text=True, timeout=600,
            env=os.environ | {"PYTHONPATH": str(program), "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_it_takes_one_file_one_folder_and_a_line_in_two_files():
    assert changed_files() == ["margin_core/tasks/__init__.py", "dashboard/views/__init__.py"]
    task, *view, test = added_files()
    assert task == "margin_core/tasks/toy.py"
    assert {Path(name).parent.as_posix() for name in view} == {"dashboard/views/toy"}
    assert test == "tests/dashboard/views/toy/test_routes.py"
    assert not [name for name in added_files() if (REPOSITORY / name).exists()]


def test_the_command_line_knows_it(python):
    output = python("-m", "margin_core", "tasks")
    assert "toy" in output and "Whose largest feature is unlike that of its neighbors?" in output


def test_an_audit_puts_its_question(python, tmp_path):
    python("-m", "margin_core", "audit", "sample_data/digits", "--task", "toy", "--out", tmp_path)
    findings = pd.read_csv(tmp_path / "findings.csv")
    assert len(findings) == 1797 and set(findings["role"]) == {"sample"}
    assert findings["score"].is_monotonic_decreasing and findings["score"].between(0, 1).all()
    assert (findings["largest"] > 0).all()


def test_menu_route_and_color_are_read_off_the_views(python):
    output = python(
        "-c",
        "from dashboard.app import ROUTES; from dashboard.views import VIEWS\n"
        "print([(view.title, str(view.section)) for view in VIEWS if view.path == 'toy'])\n"
        "print([route.path for route in ROUTES if route.path.endswith('/toy')])\n"
        "print([channel.title for view in VIEWS for channel in view.channels() if channel.name == 'toy'])",
    )
    assert output.splitlines() == ["[('Toy', 'Data')]", "['/margin/{study:str}/toy']", "['toy score']"]


def test_the_linter_finds_nothing(python):
    python("-m", "ruff", "check", ".")
    python("-m", "ruff", "format", "--check", ".")


def test_all_that_holds_for_every_task_and_view_holds_for_it(python):
    names = [f"tests/{name}" for name in TESTS]
    output = python(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", *names, "-k", "toy or circle or documented or test_mirror"
    )
    assert int(output.split(" passed")[0].split()[-1]) > 20
