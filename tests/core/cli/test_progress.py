"""How commands report their progress where there is a terminal, where there is none, and where nobody wants any."""

import io
import re

import pytest
from commands import without_reading

from margin_core.cli import main
from margin_core.cli.progress import SECONDS_BEFORE_LINES, SECONDS_BETWEEN_LINES, ProgressLog


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def run_in_terminal(monkeypatch):
    """Run a command whose standard error is a terminal; return its exit code and what the terminal got."""

    def run_in_terminal(*arguments, kind="xterm"):
        stream = Terminal()
        with monkeypatch.context() as patched:
            patched.setenv("TERM", kind)
            patched.delenv("NO_COLOR", raising=False)
            patched.setattr("sys.stderr", stream)
            return main(list(arguments)), stream.getvalue()

    return run_in_terminal


@pytest.fixture
def from_the_start(monkeypatch):
    """Write lines to a log in the first second, too."""
    monkeypatch.setattr("margin_core.cli.progress.SECONDS_BEFORE_LINES", 0.0)


def test_a_log_gets_a_line_for_each_stage(source, capsys, from_the_start):
    assert main(["audit", source, "--out", f"{source}.audit"]) == 0
    *lines, last = without_reading(capsys.readouterr().err).splitlines()
    assert last == f"Written to {source}.audit"
    assert len(lines) > 2 and all(re.fullmatch(r" {0,2}\d{1,3}%  \S.*", line) for line in lines)
    fractions = [int(line.split("%")[0]) for line in lines]
    assert fractions == sorted(fractions) and fractions[-1] == 100


def test_a_long_stage_gets_a_line_now_and_then(capsys):
    now = 0.0
    log = ProgressLog(clock=lambda: now)
    for place in range(1, 11):
        now = place * SECONDS_BETWEEN_LINES / 4
        log(place / 20, f"Reading pictures: {place} of 1,000")
    log(0.5, "Done")
    log(0.4, "Ranking")  # a step back
    log(1.0, "Done")
    assert capsys.readouterr().err == (
        "  5%  Reading pictures: 1 of 1,000\n 25%  Reading pictures: 5 of 1,000\n"
        " 45%  Reading pictures: 9 of 1,000\n 50%  Ranking\n100%  Done\n"
    )


def test_what_is_over_at_once_leaves_no_progress(capsys):
    now = 0.0
    log = ProgressLog(clock=lambda: now)
    log(0.0, "Reading")
    now = SECONDS_BEFORE_LINES / 2
    log(1.0, "Done")
    assert capsys.readouterr().err == ""


def test_details_are_the_seconds(source, capsys):
    assert main(["review", source, "--verbose"]) == 0
    lines = without_reading(capsys.readouterr().err).splitlines()
    assert lines and all(re.search(r"  \(\d+\.\d s\)$", line) for line in lines)


def test_quiet_has_no_progress(source, capsys, from_the_start, run_in_terminal):
    assert main(["review", source, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    assert "%" not in run_in_terminal("review", source, "--quiet")[1]


def test_a_terminal_has_one_line_that_is_written_over(source, run_in_terminal):
    code, printed = run_in_terminal("review", source)
    assert code == 0
    assert printed.startswith("\r\x1b[K  0%  ") and printed.endswith("\n\r\x1b[K")
    assert re.sub(r"(Read|Classes|Features): .*\n", "", printed).count("\n") == 1
    assert not re.search(r"\x1b\[[\d;]*m", printed)  # There is no color, so none that NO_COLOR would take away.


def test_a_dumb_terminal_gets_what_a_log_gets(source, run_in_terminal, from_the_start):
    code, printed = run_in_terminal("review", source, kind="dumb")
    assert code == 0 and printed.count("\n") > 1
    assert "\x1b" not in printed and "\r" not in printed


def test_a_message_does_not_end_up_behind_the_progress(source, run_in_terminal, monkeypatch):
    def broken(*arguments, run, **more):
        run.report(0.5, "Half")
        raise ZeroDivisionError

    monkeypatch.setattr("margin_core.cli.source.open_source", broken)
    code, printed = run_in_terminal("review", source)
    assert code == 70 and "Half\r\x1b[Kmargin: a mistake in MARGIN" in printed
