"""A small study with wrong labels, as a file, and everything the dashboard makes of it."""

import json
import os
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from app_pages import RUNNING
from planted import blobs, quick_map
from reviewing import HEADERS
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.app import ROUTES
from dashboard.study.open_study import OpenStudy
from dashboard.study.registry import OpenRequest, StudyRegistry
from margin_core.audit.audit import audit
from margin_core.cli import main
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source

os.environ.setdefault("OMP_NUM_THREADS", "1")
CLASSES = ("cat", "dog", "*owl*")


def _write_source(folder, **changes):
    """Write 90 pictures of 8 x 8 pixels, 5 of them with a wrong label, and their features."""
    planted = blobs(each=30, flips=5)
    random = np.random.default_rng(1)
    arrays = {
        "inputs": random.integers(0, 256, (90, 8, 8), dtype=np.uint8),
        "embedding": np.asarray(planted.study.embedding),
        "labels": np.asarray(planted.study.labels),
        "class_names": np.array(CLASSES),
        "ids": np.array([f"sample {number:02d}" for number in range(90)]),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pets.npz"
    np.savez(path, allow_pickle=False, **(arrays | changes))
    return path


@pytest.fixture
def write_source():
    return _write_source


@pytest.fixture(scope="session")
def planted():
    return blobs(each=30, flips=5)


@pytest.fixture(scope="session", autouse=True)
def _quick_map():
    """Jobs have the real map; nothing in this process needs it."""
    with quick_map():
        yield


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """Prepare the source once; the others work on copies of it."""
    folder = tmp_path_factory.mktemp("prepared")
    source = _write_source(folder)
    assert main(["prepare", str(source)]) == 0
    return folder


@pytest.fixture
def source(prepared, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    return folder / "pets.npz"


@pytest.fixture
def open_it(source):
    """Open the source, or something else, as a server does: nothing heavy is computed."""

    def opened(path=source, *, may_compute=False, database=None, reviewer="ada"):
        workspace = Workspace.at(path.with_name(path.name + ".margin"), may_compute=may_compute)
        audited = audit(open_source(path, workspace=workspace))
        return OpenStudy(audited, database or workspace.review_database, reviewer)

    return opened


@pytest.fixture
def opened(open_it):
    return open_it()


@pytest.fixture
def studies(tmp_path, monkeypatch):
    """Return a registry of studies for this test alone, with one root."""
    root = tmp_path / "data"
    root.mkdir(exist_ok=True)
    studies = StudyRegistry([root])
    monkeypatch.setattr("dashboard.study.registry.STUDIES", studies)
    yield studies
    studies.close()


@pytest.fixture
def asked(studies, source):
    """Open the source at the studies."""
    return studies.opened(studies.open(OpenRequest(source)))


@pytest.fixture
def app(studies, monkeypatch):
    """Return an empty session of the whole dashboard, without a browser; nobody is there to look at heatmaps."""
    monkeypatch.setattr("dashboard.views.saliency.worker.SaliencyWorker.start", lambda worker: None)
    return AppTest.from_file(f"{dashboard.__path__[0]}/router.py", default_timeout=600)


@pytest.fixture
def started(studies, monkeypatch):
    """List what pages start, without starting it: each command without the key of its study."""
    commands = []
    monkeypatch.setattr(studies, "start", lambda key, *command: commands.append(command))
    return commands


@pytest.fixture
def job_is(studies, monkeypatch):
    """Replace the status of every job of the studies, or report none; `after` something, there is none before."""

    def job_is(status, *, after=True):
        job = None if status is None else SimpleNamespace(status=status)
        monkeypatch.setattr(studies, "job", lambda *command: job if after else None)

    return job_is


@pytest.fixture
def stand_in_for_jobs(monkeypatch):
    """Start no process: jobs are in a state until they are stopped, and all that were made are listed."""

    def stand_in(status=RUNNING):
        jobs = []

        class StandIn:
            def __init__(self, arguments, on_ranked, **more):
                self.arguments, self.status = list(arguments), status
                jobs.append(self)

            def stop(self):
                self.status = replace(self.status, state="stopped", text="Stopped.")

        monkeypatch.setattr("dashboard.study.registry.Job", StandIn)
        return jobs

    return stand_in


@pytest.fixture
def client():
    """Call the routes, without a server."""
    return TestClient(Starlette(routes=ROUTES), raise_server_exceptions=True)


@pytest.fixture
def get(client, asked):
    def get(path, **query):
        return client.get(
            f"/margin/{asked.key}/{path}", params=query or None
        )  # an empty one would take away that of the path

    return get


@pytest.fixture
def post(client, asked):
    """Send decisions as the browser does, or something else instead."""

    def post(*decisions, query="", content=None, headers=HEADERS, **more):
        body = json.dumps({"client": "tab", "decisions": list(decisions), **more}) if content is None else content
        return client.post(f"/margin/{asked.key}/decisions{query}", content=body, headers=headers)

    return post
