"""The dashboard as one ASGI application.

`margin open` serves it with uvicorn (7 ms a rerun instead of 100); ``streamlit run dashboard/app.py`` works too
and opens the bundled photographs of waste.
"""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit.components.v2 import manifest_scanner

from dashboard.resources import FIRST_STUDY, resource
from dashboard.server.guard import Guard
from dashboard.server.moved import MOVED, REDIRECTS
from dashboard.server.program import PROGRAM
from dashboard.server.unknown_page import LeadHome
from dashboard.shared.routes import ROUTES as SHARED_ROUTES
from dashboard.study import registry
from dashboard.study.registry import OpenRequest
from dashboard.views import OPENING, VIEWS

# Streamlit reads the metadata of every installed package, in search of components in packages of their own, before it
# answers anything; ours come with the pages, and there are no others. An eighth of the time to open a study.
manifest_scanner.scan_component_manifests = lambda max_workers=None: []

BUNDLED = resource("sample_data")

ROUTES = [*SHARED_ROUTES, *(route for view in VIEWS for route in view.load_routes())]
"""Everything about a study that the browser asks for by plain HTTP."""


@asynccontextmanager
async def _lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    studies = registry.STUDIES
    if not studies.requests and (BUNDLED / FIRST_STUDY).is_dir():
        studies.allow(BUNDLED)
        studies.open(OpenRequest(BUNDLED / FIRST_STUDY))
    # What is imported by now stays for good; the collector need not scan it again.
    gc.freeze()
    yield {}
    studies.close()


app = st.App(
    Path(__file__).with_name("router.py"),
    routes=[*PROGRAM, *REDIRECTS, *ROUTES],
    middleware=[
        Middleware(Guard, hosts=os.environ.get("MARGIN_HOSTS", "").split(",")),
        Middleware(LeadHome, paths=[*MOVED, OPENING.path, *(view.path for view in VIEWS)]),
    ],
    lifespan=_lifespan,
)
