"""A source that is ranked once, and commands run within the tests' own process."""

import shutil

import pytest
from commands import without_progress, write_source

from margin_core.cli import main


@pytest.fixture(scope="session")
def ranked(tmp_path_factory):
    """Rank a source once, so that each test finds the heavy steps done."""
    folder = tmp_path_factory.mktemp("ranked")
    source = write_source(folder / "pets.npz")
    assert main(["audit", str(source), "--out", str(folder / "audit")]) == 0
    return folder


@pytest.fixture
def folder(ranked, tmp_path):
    shutil.copytree(ranked, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def source(folder):
    return str(folder / "pets.npz")


@pytest.fixture
def run_margin(capsys):
    """Run a command; return its exit code, standard output, and standard error without the progress."""

    def run_margin(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, without_progress(captured.err)

    return run_margin


@pytest.fixture
def refused(run_margin):
    """Run a command that cannot work; return the one sentence it prints."""

    def refused(*arguments):
        code, out, err = run_margin(*arguments)
        assert code == 2
        assert out == ""
        assert err.startswith("margin: ")
        assert err.count("\n") == 1
        assert "Traceback" not in err
        return err.removeprefix("margin: ").strip()

    return refused
