import socket

import pytest

from dashboard.server import serve, start
from dashboard.study import registry
from dashboard.study.registry import StudyRegistry
from margin_core.errors import AccessError, SourceError
from margin_core.storage.workspace import Workspace


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Serve without serving: return what would have been asked for."""
    studies = StudyRegistry()
    asked, listeners = [], []
    monkeypatch.setattr(registry, "STUDIES", studies)
    monkeypatch.setattr(studies, "open", lambda request, say=None: asked.append(request) or listeners.append(say))
    monkeypatch.setattr(serve, "run_shell", lambda load, hosts, host, port: load() and None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MARGIN_HOSTS", "")

    def started(source=None, *, host="127.0.0.1", port=None, roots=(), **more):
        options = {"model": None, "columns": {}, "workspace": None, "database": None} | more
        serve.serve(source, host=host, port=port or free_port(), roots=roots, **options)
        return asked[0], studies

    started.listeners = listeners
    return started


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_without_a_source_the_photographs_are_opened(started):
    request, studies = started()
    assert request.source == start.ROOT / "sample_data" / "trashnet"
    assert studies.roots[0] == start.ROOT / "sample_data"


def test_every_path_is_made_whole_before_the_folder_changes(started, tmp_path):
    (tmp_path / "data.csv").touch()
    from pathlib import Path

    request, studies = started(
        Path("data.csv"), model="resnet18:w.safetensors", workspace="w.margin", database="sqlite:///d.sqlite"
    )
    assert request.source == tmp_path / "data.csv"
    assert request.model == f"resnet18:{tmp_path / 'w.safetensors'}"
    assert request.workspace == str(tmp_path / "w.margin")
    assert request.database == f"sqlite:///{tmp_path / 'd.sqlite'}"
    assert tmp_path in studies.roots


@pytest.mark.parametrize("where", [".", "elsewhere"])
def test_a_workspace_opens_the_folder_of_its_data_set(started, tmp_path, where):
    data, workspace = tmp_path / "pets", tmp_path / where / "pets.margin"
    data.mkdir()
    Workspace.at(workspace).describe({"source": str(data)})
    request, studies = started(workspace)
    assert request.source == workspace
    assert studies.roots == (start.ROOT / "sample_data", data)


@pytest.mark.parametrize(
    "database", ["postgresql+psycopg://me@lab/reviews", "sqlite:///:memory:", "sqlite:////full/path", "nonsense"]
)
def test_other_databases_are_left_as_they_are(database):
    assert start.absolute_url(database) == database


def test_a_model_that_is_code_is_only_allowed_here(started):
    request, _ = started(model="pets.model:make")
    assert (request.model, request.allow_code) == ("pets.model:make", True)


def test_a_port_that_is_taken(started):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            serve.PortTaken, match=rf"Cannot listen on 127\.0\.0\.1:{port} \(Address already in use\)\. Choose another"
        ):
            started(port=port)


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_a_port_that_is_none(started, port):
    with pytest.raises(serve.PortTaken, match=f"There is no port {port}"):
        started(port=port)


def test_a_root_that_is_no_folder(started, tmp_path):
    with pytest.raises(AccessError, match="is not a folder"):
        started(roots=[tmp_path / "nowhere"])


def test_a_source_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr(registry, "STUDIES", StudyRegistry())
    with pytest.raises(SourceError, match="There is nothing at"):
        serve.serve(
            tmp_path / "nowhere", model=None, columns={}, workspace=None, database=None, host="127.0.0.1",
            port=free_port(), roots=[],
        )  # fmt: skip


def test_names_to_be_reached_by():
    """Served on every address, the server answers to this machine's own names and to no others."""
    assert serve.host_names("127.0.0.1") == ["127.0.0.1"]
    assert serve.host_names("fe80::1") == ["[fe80::1]"]
    assert socket.gethostname() in serve.host_names("0.0.0.0")
    assert "0.0.0.0" not in serve.host_names("0.0.0.0")


def test_who_wants_to_know_what_was_read_is_told_when_it_is(started):
    notes = []
    started(say=notes.append)
    started.listeners[0](["all of it"])
    assert notes == [["all of it"]]
    started()
    assert started.listeners[1] is None
