"""The components' files are served by name and version, and nothing else is."""

import re
from pathlib import PurePosixPath
from posixpath import normpath

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.server.program import FILES, PROGRAM, VERSION, loader


@pytest.fixture
def client():
    with TestClient(Starlette(routes=PROGRAM)) as opened:
        yield opened


def test_every_file_is_sent_once_for_ever(client):
    for name in FILES:
        answer = client.get(f"/margin/program/{VERSION}/{name}")
        assert answer.content == FILES[name], name
        assert "immutable" in answer.headers["cache-control"], name
        kind = "text/javascript" if name.endswith(".js") else "text/css"
        assert answer.headers["content-type"].startswith(kind), name


@pytest.mark.parametrize(
    "path",
    [f"{VERSION}/server/program.py", f"{VERSION}/../program.py", f"{VERSION}/views/map", "0000/views/map/component.js"],
)
def test_what_is_not_listed_does_not_exist(client, path):
    assert client.get(f"/margin/program/{path}").status_code == 404


def test_every_import_leads_to_a_file():
    scripts = [name for name in FILES if name.endswith(".js")]
    imports = {
        normpath(PurePosixPath(name).parent / wanted)
        for name in scripts
        for wanted in re.findall(r'^import .* from "(.+)";$', FILES[name].decode(), re.MULTILINE)
    }
    assert imports and imports <= set(FILES)


def test_a_rerun_carries_a_few_lines_only():
    assert len(loader("shared/review/component")) < 600 and f"/margin/program/{VERSION}" in loader(
        "shared/review/component"
    )
