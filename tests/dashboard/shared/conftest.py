"""Components without a browser: what one is sent, and what becomes of what it reports."""

import runpy
from importlib.util import find_spec

import pytest


@pytest.fixture
def mounting(monkeypatch):
    """Load the module of a component so that mounting it sends to a list, and reports some states at once."""

    def mounting(module, **states):
        sent = []

        def mount(**given):
            sent.append(given)
            return states

        monkeypatch.setattr("dashboard.shared.components.register", lambda name: mount)
        return runpy.run_path(find_spec(module).origin), sent

    return mounting
