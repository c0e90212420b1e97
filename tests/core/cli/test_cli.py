"""What all commands share: help, bad usage, exit codes, and what is printed when something goes wrong."""

import re
from types import SimpleNamespace

import pytest
from commands import made, run

from margin_core import __version__
from margin_core.cli import COMMANDS, RENAMED, main, plugin_commands
from margin_core.errors import SourceError


def test_the_version(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"margin {__version__}\n"


def test_every_command_is_listed_and_has_help(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = re.findall(r"^    (\w+)(?:  +\w|$)", capsys.readouterr().out, re.MULTILINE)
    assert listed == ["open", *COMMANDS]
    for command in listed:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        assert f"usage: margin {command}" in capsys.readouterr().out


def test_every_option_says_what_it_does(capsys):
    for command in ["open", *COMMANDS]:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        options = capsys.readouterr().out.partition("options:\n")[2]
        for option in re.split(r"\n  (?=-)", options):
            assert len(option.split()) > 3, option


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["audit"], ["export", "x"], ["export", "x", "--format", "pdf", "--out", "y"]]
)
def test_bad_usage_ends_with_two(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: margin" in capsys.readouterr().err


@pytest.mark.slow
def test_a_renamed_command_keeps_its_old_name_and_says_so_once(run_margin, source):
    code, out, err = run_margin("trust", source, "--repeats", "1")
    assert (code, err) == (0, "margin: 'trust' is now called 'estimate'; the old name still works.\n")
    assert run_margin("estimate", source, "--repeats", "1") == (0, out, "")
    assert set(RENAMED.values()) <= set(COMMANDS) and not set(RENAMED) & set(COMMANDS)


def test_another_package_adds_a_command_by_an_entry_point(run_margin, monkeypatch):
    assert set(plugin_commands()) == {"open"}
    plugin = SimpleNamespace(
        PURPOSE="greet",
        add_arguments=lambda parser: parser.add_argument("name"),
        run=lambda given: print(given.name) or 0,
    )
    monkeypatch.setattr("margin_core.cli.plugin_commands", lambda called: {"greet": plugin})
    assert run_margin("greet", "ada") == (0, "ada\n", "")


def test_an_interruption_is_reported_and_exits_with_130(run_margin, source, monkeypatch):
    def interrupted(*arguments, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr("margin_core.cli.source.open_source", interrupted)
    assert run_margin("audit", source) == (130, "", "margin: stopped. What was finished is kept.\n")


def test_too_little_memory_is_no_mistake_of_ours(run_margin, source, monkeypatch):
    def greedy(*arguments, **more):
        raise MemoryError("Unable to allocate 4.47 GiB for an array")

    monkeypatch.setattr("margin_core.cli.source.open_source", greedy)
    code, out, err = run_margin("audit", source)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(
        "margin: the memory of this machine is not enough (Unable to allocate 4.47 GiB for an array)."
    )


def test_a_mistake_of_ours_is_one_sentence_and_exits_with_70(run_margin, source, monkeypatch):
    def broken(*arguments, **more):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("margin_core.cli.source.open_source", broken)
    code, out, err = run_margin("audit", source)
    assert (code, out, err.count("\n")) == (70, "", 1)
    assert "ZeroDivisionError: ours" in err and "report it" in err
    assert "--verbose" in err
    assert "Traceback" in run_margin("audit", source, "--verbose")[2]
    monkeypatch.setenv("MARGIN_TRACEBACK", "1")  # its former name
    assert "Traceback" in run_margin("audit", source)[2]


def test_the_cause_of_a_refusal_is_a_detail(run_margin, source, monkeypatch):
    def refuse(*arguments, **more):
        raise SourceError("It cannot be read.") from OSError("bad block")

    monkeypatch.setattr("margin_core.cli.source.open_source", refuse)
    assert run_margin("audit", source) == (2, "", "margin: It cannot be read.\n")
    assert run_margin("audit", source, "--verbose")[2] == (
        "margin: It cannot be read.\nmargin: the cause: OSError: bad block\n"
    )


def test_a_closed_pipe_is_no_traceback(run_margin, monkeypatch):
    def closed(*arguments, **more):
        raise BrokenPipeError

    monkeypatch.setattr("margin_core.cli.tasks.with_plugins", closed)
    assert run_margin("tasks") == (141, "", "")


@pytest.mark.slow
def test_a_source_is_audited_from_any_folder(folder, tmp_path):
    ended = run(
        "audit", "../data/pets.npz", "--out", "here", "--fail-on", "label_flips>1%", "--quiet",
        cwd=made(tmp_path / "elsewhere"),
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, "")
    assert (tmp_path / "elsewhere" / "here" / "findings.csv").is_file()


@pytest.mark.slow
def test_what_cannot_be_done_ends_with_two_and_one_sentence(tmp_path):
    ended = run("open", "nowhere", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"margin: There is nothing at '.*nowhere'\. Check the path\.\n", ended.stderr)
