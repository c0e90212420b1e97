"""The bundled digits, prepared once, and asked for heatmaps without another process."""

from shutil import copytree

import pytest
from heatmaps import DIGITS, AtOnce
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.app import ROUTES
from dashboard.study.registry import OpenRequest
from margin_core.audit.audit import audit
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source


@pytest.fixture(scope="session")
def audited_digits(tmp_path_factory):
    """Prepare the bundled digits once; each module works on a copy, in which it finds no heatmap yet."""
    folder = tmp_path_factory.mktemp("digits") / "digits.margin"
    audit(open_source(DIGITS, workspace=Workspace.at(folder)))
    return folder


@pytest.fixture(scope="module")
def digits(audited_digits, tmp_path_factory):
    return copytree(audited_digits, tmp_path_factory.mktemp("digits") / "digits.margin")


@pytest.fixture
def asked_digits(studies, digits, tmp_path):
    key = studies.open(
        OpenRequest(open_source(DIGITS).source, workspace=str(digits), database=f"sqlite:///{tmp_path}/r.sqlite")
    )
    studies.stop(key)  # The map of all samples is not needed here.
    opened = studies.opened(key)
    studies.service(opened.key, "saliency", lambda arguments: AtOnce(opened))
    return opened


@pytest.fixture
def client(asked_digits):
    client = TestClient(Starlette(routes=ROUTES))
    client.base_url = client.base_url.join(f"/margin/{asked_digits.key}/saliency/")
    return client
