"""Examples drawn the same way each time, and no clock: a busy machine must not fail a test. Commands run in-process."""

import pytest
from commands import without_progress
from hypothesis import settings

from margin_core.cli import main

settings.register_profile("margin", deadline=None, derandomize=True, database=None, max_examples=40)
settings.load_profile("margin")


@pytest.fixture
def run_margin(capsys):
    """Run a command; return its exit code, standard output, and standard error without the progress."""

    def run_margin(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, without_progress(captured.err)

    return run_margin
