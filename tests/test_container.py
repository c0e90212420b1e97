"""The container file, as far as it can be checked without an image registry."""

import json
import re
import shlex
from pathlib import Path

import pytest

from dashboard.server.guard import LOCAL
from dashboard.server.serve import host_names
from margin_core.cli import command_parser

ROOT = Path(__file__).resolve().parents[1]
TEXT = re.sub(r"^#.*\n", "", (ROOT / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
LINES = [line.split(maxsplit=1) for line in re.sub(r"\\\n", " ", TEXT).splitlines() if line.strip()]
KNOWN = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def values_of(instruction):
    return [rest for name, rest in LINES if name == instruction]


def copied():
    """The names in the repository that are copied into the image."""
    here = [shlex.split(rest) for rest in values_of("COPY") if "--from" not in rest]
    return [name for names in here for name in names[:-1]]


def test_every_instruction_is_one():
    assert LINES[0][0] == "FROM" and {name for name, _ in LINES} == KNOWN


def test_every_copied_source_exists_and_is_let_through():
    admitted = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {name.split("/")[0] for name in copied()} == admitted
    assert not [name for name in copied() if not (ROOT / name).exists()]


def test_the_wheel_can_be_built_from_what_is_copied():
    from test_package import FILES, FOLDERS  # what the tested build is made of

    assert {*FILES, *FOLDERS} <= set(copied())


def test_it_runs_as_a_user_without_rights_who_may_write_to_the_volume():
    (user,), (volume,) = values_of("USER"), values_of("VOLUME")
    made = " ".join(values_of("RUN"))
    assert user not in ("root", "0")
    assert re.search(rf"useradd [^&]*\b{user}\b", made) and f"chown {user}:{user} {volume}" in made
    assert [name for name, _ in LINES].index("USER") < [name for name, _ in LINES].index("CMD")
    assert f"XDG_DATA_HOME={volume}" in values_of("ENV")


def test_its_command_is_one_that_works():
    entry, command = json.loads(values_of("ENTRYPOINT")[0]), json.loads(values_of("CMD")[0])
    assert entry == ["margin"]
    parsed = command_parser(command[0]).parse_args(command)
    assert (parsed.host, str(parsed.port)) == ("0.0.0.0", values_of("EXPOSE")[0])


def test_it_is_reached_by_the_names_of_this_machine():
    assert not {"0.0.0.0", "*"} & {*LOCAL, *host_names("0.0.0.0")}
    assert "localhost" in LOCAL and "127.0.0.1" in LOCAL


def test_its_health_is_asked_where_the_server_answers():
    check = values_of("HEALTHCHECK")[0]
    command = json.loads(check[check.index("CMD") + 3 :])
    compile(command[-1], "healthcheck", "exec")
    assert f"http://127.0.0.1:{values_of('EXPOSE')[0]}/_stcore/health" in command[-1]


@pytest.mark.parametrize("comment", ["-p 127.0.0.1:8501:8501"])
def test_the_way_to_run_it_publishes_the_port_on_this_machine_only(comment):
    for page in ("Containerfile", "docs/install.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert comment in text and not re.search(r"-p \d+:", text)
