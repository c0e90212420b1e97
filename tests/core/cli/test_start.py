"""What a shell waits for: completion of words, the version and the help, without anything heavy."""

import os
import subprocess
import sys

import pytest
from commands import REPOSITORY

from margin_core.cli import COMMANDS
from margin_core.tasks import TASKS

HEAVY = {
    "torch", "sklearn", "streamlit", "pandas", "plotly", "faiss", "numpy", "scipy", "pyarrow", "sqlalchemy", "skimage",
    "PIL", "onnxruntime", "argcomplete",
}  # fmt: skip


def run_python(*arguments, **environment):
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_nothing_heavy_is_imported_for(option):
    code = (
        "import atexit, sys; from margin_core.cli import main; "
        "atexit.register(lambda: print(*{name.partition('.')[0] for name in sys.modules})); main(sys.argv[1:])"
    )
    *_, modules = run_python("-c", code, option).splitlines()
    assert "margin_core" in modules.split()
    assert not HEAVY & set(modules.split())


@pytest.mark.parametrize(("given", "used"), [({}, "1000"), ({"GOMP_SPINCOUNT": "7"}, "7")])
def test_threads_spin_briefly_unless_the_user_says_otherwise(given, used):
    code = (
        "import atexit, os; from margin_core.cli import main; os.environ.pop('GOMP_SPINCOUNT', None); "
        f"os.environ.update({given}); atexit.register(lambda: print(os.environ['GOMP_SPINCOUNT'])); main(['--version'])"
    )
    assert run_python("-c", code).split()[-1] == used


@pytest.fixture
def complete(tmp_path):
    """Return what a shell offers behind the words of a line."""

    def complete(line):
        offered = tmp_path / "offered"
        run_python(
            "-m", "margin_core", _ARGCOMPLETE="1", _ARGCOMPLETE_IFS="\n", _ARGCOMPLETE_STDOUT_FILENAME=str(offered),
            COMP_LINE=line, COMP_POINT=str(len(line)), COMP_TYPE="9",
        )  # fmt: skip
        return {word.strip() for word in offered.read_text().splitlines()}

    return complete


@pytest.mark.slow  # A process of its own for each line.
def test_a_shell_completes_commands_options_and_names_of_tasks(complete):
    assert set(COMMANDS) | {"open"} <= complete("margin ")
    assert complete("margin work") == {"workspaces"}
    assert {"--task", "--fail-on", "--json", "--quiet"} <= complete("margin audit here --")
    assert "--port" in complete("margin open --")
    assert complete("margin audit here --task ") == {task.name for task in TASKS}
    assert complete("margin export here --format log-j") == {"log-jsonl"}


def test_the_marker_of_global_completion_is_where_shells_look():
    with (REPOSITORY / "margin_core" / "cli" / "__init__.py").open() as source:
        assert "PYTHON_ARGCOMPLETE_OK" in source.read(1024)
