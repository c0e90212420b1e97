"""A source that is ranked once, and what a command prints that cannot work."""

import shutil

import pytest
from commands import write_source

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
